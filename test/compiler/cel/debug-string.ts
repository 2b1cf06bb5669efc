import type { Literal, LoopMacro, Node } from '../../../compiler/cel/ast.ts';

/**
 * A tree as cel-go's `ToDebugString` writes it, `^#…#` being its kind of node: what the conformance data has for every
 * expression. Macros are written as the comprehensions they stand for.
 */
export function debugString(node: Node): string {
  return new Writer().write(node, '');
}

const MEMBER_NAMES = new Map([['in', '@in']]);

class Writer {
  write(node: Node, indent: string): string {
    return `${this.#body(node, indent)}^#${kindOf(node)}#`;
  }

  #body(node: Node, indent: string): string {
    const write = (child: Node) => this.write(child, indent);
    switch (node.kind) {
      case 'literal':
        return literalText(node.literal);
      case 'name':
        return `${node.absolute ? '.' : ''}${node.name}`;
      case 'member':
        return `${write(node.of)}.${node.name.text}`;
      case 'has':
        return `${write(node.of)}.${node.name.text}~test-only~`;
      case 'index':
        return this.#call('_[_]', [node.of, node.index], indent);
      case 'call': {
        const call = this.#call(node.name.text, node.args, indent);
        return node.target === null ? call : `${write(node.target)}.${call}`;
      }
      case 'unary':
        return this.#unary(node, indent);
      case 'binary':
        return this.#call(
          MEMBER_NAMES.get(node.operator.text) ?? `_${node.operator.text}_`,
          [node.left, node.right],
          indent,
        );
      case 'logic':
        return this.#balanced(`_${node.operator}_`, node.operands, indent).body;
      case 'conditional':
        return this.#call('_?_:_', [node.condition, node.yes, node.no], indent);
      case 'list':
        return node.items.length === 0
          ? '[]'
          : `[${lines(
              node.items.map((item) => (i: string) => this.write(item, i)),
              indent,
            )}]`;
      case 'map': {
        const entries = node.entries.map(
          ({ key, value }) =>
            (i: string) =>
              `${this.write(key, i)}:${this.write(value, i)}^#*expr.Expr_CreateStruct_Entry#`,
        );
        return entries.length === 0 ? '{}' : `{${lines(entries, indent)}}`;
      }
      case 'loop':
        return isExpanded(node) ? this.#loop(node, indent) : this.#unexpanded(node, indent);
      case 'error':
        return '<error>';
    }
  }

  #call(name: string, args: readonly Node[], indent: string): string {
    return callText(
      name,
      args.map((arg) => (i) => this.write(arg, i)),
      indent,
    );
  }

  /** cel-go drops pairs of the same sign. */
  #unary(node: Node & { kind: 'unary' }, indent: string): string {
    let inner = node.operand;
    let count = 1;
    while (inner.kind === 'unary' && inner.operator.text === node.operator.text) {
      inner = inner.operand;
      count++;
    }
    if (count % 2 === 0) return this.#body(inner, indent);
    return this.#call(node.operator.text === '!' ? '!_' : '-_', [inner], indent);
  }

  /** cel-go halves a chain of one logical operator again and again. */
  #balanced(name: string, operands: readonly Node[], indent: string): { body: string; text: string } {
    const [only] = operands;
    if (operands.length === 1 && only !== undefined) return { body: '', text: this.write(only, indent) };
    const middle = Math.ceil(operands.length / 2);
    const halves = [operands.slice(0, middle), operands.slice(middle)];
    const body = callText(
      name,
      halves.map((half) => (i: string) => this.#balanced(name, half, i).text),
      indent,
    );
    return { body, text: `${body}^#*expr.Expr_CallExpr#` };
  }

  #unexpanded(node: Loop, indent: string): string {
    const variables = node.variables.map(
      ({ text }) =>
        () =>
          `${text}^#*expr.Expr_IdentExpr#`,
    );
    const bodies = [node.condition, node.result].flatMap((body) =>
      body === null ? [] : [(i: string) => this.write(body, i)],
    );
    return `${this.write(node.target, indent)}.${callText(node.name.text, [...variables, ...bodies], indent)}`;
  }

  #loop(node: Loop, outer: string): string {
    const indent = `${outer}  `;
    const { init, cond, step, result } = loopParts(node.macro);
    const parts = (text: Part) => text(node, (child, i) => this.write(child, i), indent);
    const variables = node.variables.map(({ text }) => `\n${indent}${text},`).join('');
    return (
      `__comprehension__(\n${indent}// Variable${variables}\n${indent}// Target\n${indent}${this.write(node.target, indent)},` +
      `\n${indent}// Accumulator\n${indent}@result,\n${indent}// Init\n${indent}${parts(init)},` +
      `\n${indent}// LoopCondition\n${indent}${parts(cond)},\n${indent}// LoopStep\n${indent}${parts(step)},` +
      `\n${indent}// Result\n${indent}${parts(result)})`
    );
  }
}

type Loop = Node & { kind: 'loop' };
/** Macros with two variables were not switched on where the data comes from. */
function isExpanded(node: Loop): boolean {
  return node.variables.length === 1;
}

type Part = (node: Loop, write: (node: Node, indent: string) => string, indent: string) => string;
const CALL = '^#*expr.Expr_CallExpr#';
const ACCU = '@result^#*expr.Expr_IdentExpr#';
const TRUE = 'true^#*expr.Constant_BoolValue#';

function part(name: string, ...args: Part[]): Part {
  return (node, write, indent) =>
    `${callText(
      name,
      args.map((arg) => (i) => arg(node, write, i)),
      indent,
    )}${CALL}`;
}
const constant =
  (text: string): Part =>
  () =>
    text;
const condition: Part = (node, write, indent) => (node.condition === null ? '?' : write(node.condition, indent));
const appended: Part = (node, write, indent) => {
  const item = (i: string) =>
    node.result === null ? `${node.variables[0]?.text}^#*expr.Expr_IdentExpr#` : write(node.result, i);
  return `[${lines([item], indent)}]^#*expr.Expr_ListExpr#`;
};

function loopParts(macro: LoopMacro): { init: Part; cond: Part; step: Part; result: Part } {
  const accu = constant(ACCU);
  const add = part('_+_', accu, appended);
  const list = '[]^#*expr.Expr_ListExpr#';
  switch (macro) {
    case 'all':
      return {
        init: constant(TRUE),
        cond: part('@not_strictly_false', accu),
        step: part('_&&_', accu, condition),
        result: accu,
      };
    case 'exists':
      return {
        init: constant('false^#*expr.Constant_BoolValue#'),
        cond: part('@not_strictly_false', part('!_', accu)),
        step: part('_||_', accu, condition),
        result: accu,
      };
    case 'exists_one': {
      const one = constant('1^#*expr.Constant_Int64Value#');
      return {
        init: constant('0^#*expr.Constant_Int64Value#'),
        cond: constant(TRUE),
        step: part('_?_:_', condition, part('_+_', accu, one), accu),
        result: part('_==_', accu, one),
      };
    }
    case 'filter':
      return { init: constant(list), cond: constant(TRUE), step: part('_?_:_', condition, add, accu), result: accu };
    case 'map': {
      const step: Part = (node, write, indent) =>
        node.condition === null ? add(node, write, indent) : part('_?_:_', condition, add, accu)(node, write, indent);
      return { init: constant(list), cond: constant(TRUE), step, result: accu };
    }
    case 'transformList':
    case 'transformMap':
    case 'transformMapEntry':
      throw new Error('the data has no such macro');
  }
}

function callText(name: string, args: readonly ((indent: string) => string)[], indent: string): string {
  return args.length === 0 ? `${name}()` : `${name}(${lines(args, indent)})`;
}

function lines(items: readonly ((indent: string) => string)[], indent: string): string {
  const inner = `${indent}  `;
  return `\n${inner}${items.map((item) => item(inner)).join(`,\n${inner}`)}\n${indent}`;
}

function kindOf(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return `*expr.Constant_${{ null: 'Null', bool: 'Bool', int: 'Int64', uint: 'Uint64', double: 'Double', string: 'String', bytes: 'Bytes' }[node.literal.type]}Value`;
    case 'name':
      return '*expr.Expr_IdentExpr';
    case 'member':
    case 'has':
      return '*expr.Expr_SelectExpr';
    case 'unary': {
      let inner: Node = node;
      let count = 0;
      while (inner.kind === 'unary' && inner.operator.text === node.operator.text) {
        inner = inner.operand;
        count++;
      }
      return count % 2 === 0 ? kindOf(inner) : '*expr.Expr_CallExpr';
    }
    case 'index':
    case 'call':
    case 'binary':
    case 'logic':
    case 'conditional':
      return '*expr.Expr_CallExpr';
    case 'list':
      return '*expr.Expr_ListExpr';
    case 'map':
      return '*expr.Expr_StructExpr';
    case 'loop':
      return isExpanded(node) ? '*expr.Expr_ComprehensionExpr' : '*expr.Expr_CallExpr';
    case 'error':
      return 'error';
  }
}

const ESCAPES = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

function literalText(literal: Literal): string {
  switch (literal.type) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
      return String(literal.value);
    case 'uint':
      return `${literal.value}u`;
    case 'double':
      return doubleText(literal.value);
    case 'string':
      return quoted(literal.value);
    case 'bytes':
      return `b${quotedBytes(literal.value)}`;
  }
}

/** Go's `strconv.FormatFloat(value, "g", -1, 64)`. */
function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -4 && exponent < 6) return String(value);
  const [mantissa, power] = value.toExponential().split('e');
  const digits = (power ?? '').replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa}e${(power ?? '').startsWith('-') ? '-' : '+'}${digits}`;
}

/** Go's `strconv.Quote`. */
function quoted(text: string): string {
  return `"${Array.from(text, quotedCharacter).join('')}"`;
}

function quotedCharacter(character: string): string {
  const escape = ESCAPES.get(character);
  if (escape !== undefined) return escape;
  if (/[\p{L}\p{M}\p{N}\p{S}\p{P} ]/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function quotedBytes(bytes: Uint8Array): string {
  try {
    return quoted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return `"${Array.from(bytes, (byte) => (byte < 0x80 ? quotedCharacter(String.fromCharCode(byte)) : `\\x${byte.toString(16)}`)).join('')}"`;
  }
}
