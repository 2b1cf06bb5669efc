/** The part of CEL that the reference understands: small, and every form of it has one meaning that fits in a line. */
export type Expression = Condition | Term;

/** Of type bool. */
export type Condition =
  | { readonly is: 'constant'; readonly value: boolean }
  | { readonly is: 'path'; readonly path: Path }
  | { readonly is: 'has'; readonly path: Path }
  | { readonly is: 'not'; readonly of: Condition }
  | { readonly is: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly is: 'choose'; readonly test: Condition; readonly yes: Condition; readonly no: Condition }
  | { readonly is: 'compare'; readonly operator: Comparison; readonly left: Term; readonly right: Term }
  | { readonly is: 'in'; readonly item: Term; readonly list: Term }
  | { readonly is: 'text'; readonly method: TextTest; readonly of: Term; readonly with: string }
  | { readonly is: 'some' | 'every' | 'one'; readonly list: Term; readonly variable: string; readonly body: Condition };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
type TextTest = 'startsWith' | 'endsWith' | 'contains';

export type Term =
  | { readonly is: 'path'; readonly path: Path }
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'null' }
  | { readonly is: 'int'; readonly value: bigint }
  | { readonly is: 'double'; readonly value: number }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'list'; readonly items: readonly Term[] }
  | { readonly is: 'size'; readonly of: Term }
  | { readonly is: 'element'; readonly of: Term; readonly at: number }
  | {
      readonly is: 'arithmetic';
      readonly operator: '+' | '-' | '*' | '/' | '%';
      readonly left: Term;
      readonly right: Term;
    }
  | { readonly is: 'now' }
  | { readonly is: 'instant'; readonly iso: string }
  | { readonly is: 'part'; readonly method: TimePart };

type TimePart = 'getFullYear' | 'getMonth' | 'getDayOfWeek' | 'getHours';

/** `args.who.id`: a variable and the members below it. */
export interface Path {
  readonly root: 'args' | 'claims' | 'principal' | 'client' | 'tool' | 'gateway';
  readonly names: readonly string[];
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The expression as people write it. Everything inside is in brackets, so that precedence is not what is tested here. */
export function writeExpression(expression: Expression): string {
  const write = (of: Expression): string => {
    const text = writeExpression(of);
    return /^[\w.]+$|^"[^"]*"$/.test(text) ? text : `(${text})`;
  };
  switch (expression.is) {
    case 'constant':
      return String(expression.value);
    case 'path':
      return writePath(expression.path);
    case 'has':
      return `has(${writePath(expression.path)})`;
    case 'not':
      return `!${write(expression.of)}`;
    case 'and':
      return `${write(expression.left)} && ${write(expression.right)}`;
    case 'or':
      return `${write(expression.left)} || ${write(expression.right)}`;
    case 'choose':
      return `${write(expression.test)} ? ${write(expression.yes)} : ${write(expression.no)}`;
    case 'compare':
    case 'arithmetic':
      return `${write(expression.left)} ${expression.operator} ${write(expression.right)}`;
    case 'in':
      return `${write(expression.item)} in ${write(expression.list)}`;
    case 'text':
      return `${write(expression.of)}.${expression.method}(${JSON.stringify(expression.with)})`;
    case 'some':
    case 'every':
    case 'one': {
      const macro = { some: 'exists', every: 'all', one: 'exists_one' }[expression.is];
      return `${write(expression.list)}.${macro}(${expression.variable}, ${writeExpression(expression.body)})`;
    }
    case 'variable':
      return expression.name;
    case 'null':
      return 'null';
    case 'int':
      return String(expression.value);
    case 'double':
      return Number.isInteger(expression.value) ? expression.value.toFixed(1) : String(expression.value);
    case 'string':
      return JSON.stringify(expression.value);
    case 'list':
      return `[${expression.items.map(writeExpression).join(', ')}]`;
    case 'size':
      return `size(${writeExpression(expression.of)})`;
    case 'element':
      return `${write(expression.of)}[${expression.at}]`;
    case 'now':
      return 'now';
    case 'instant':
      return `timestamp(${JSON.stringify(expression.iso)})`;
    case 'part':
      return `now.${expression.method}()`;
  }
}

function writePath({ root, names }: Path): string {
  return root + names.map((name) => (IDENTIFIER.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('');
}

/** What of a value is looked at: that it is there, all but its elements, or all of it. */
export type Look = 'asked' | 'size' | 'whole';

/** All paths that an expression reads. */
export function pathsOf(expression: Expression): readonly { readonly path: Path; readonly look: Look }[] {
  switch (expression.is) {
    case 'path':
      return [{ path: expression.path, look: 'whole' }];
    case 'has':
      return [{ path: expression.path, look: 'asked' }];
    case 'size':
      if (expression.of.is === 'path') return [{ path: expression.of.path, look: 'size' }];
      return pathsOf(expression.of);
    case 'not':
    case 'text':
    case 'element':
      return pathsOf(expression.of);
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
      return [...pathsOf(expression.left), ...pathsOf(expression.right)];
    case 'choose':
      return [expression.test, expression.yes, expression.no].flatMap(pathsOf);
    case 'in':
      return [...pathsOf(expression.item), ...pathsOf(expression.list)];
    case 'some':
    case 'every':
    case 'one':
      return [...pathsOf(expression.list), ...pathsOf(expression.body)];
    case 'list':
      return expression.items.flatMap(pathsOf);
    case 'constant':
    case 'variable':
    case 'null':
    case 'int':
    case 'double':
    case 'string':
    case 'now':
    case 'instant':
    case 'part':
      return [];
  }
}
