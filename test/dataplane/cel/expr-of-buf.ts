import type { Expr as BufExpr, Constant } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { functionForm } from '../../../dataplane/cel/overloads.ts';
import type { Const, Expr } from '../../../schemas/types/expression.ts';

/** Why an expression is not of our dialect. */
export class Excluded extends Error {}

const TYPE_NAMES = new Set([
  'bool',
  'bytes',
  'double',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
]);

/**
 * An expression that Buf's parser read, without its types: every call is of the overload that looks at the values. It is
 * what the evaluator can be tested with, apart from our own parser and checker.
 */
export function exprOfBuf(node: BufExpr | undefined, variables: ReadonlySet<string>, patterns: string[]): Expr {
  return new Converter(patterns).convert(node, variables);
}

class Converter {
  readonly #patterns: string[];

  constructor(patterns: string[]) {
    this.#patterns = patterns;
  }

  convert(node: BufExpr | undefined, names: ReadonlySet<string>): Expr {
    if (node === undefined) throw new Excluded('an empty node');
    const { exprKind } = node;
    switch (exprKind.case) {
      case 'constExpr':
        return constant(exprKind.value);
      case 'identExpr':
        return qualified([exprKind.value.name.replace(/^\./, '')], names);
      case 'selectExpr': {
        const { operand, field, testOnly } = exprKind.value;
        const path = testOnly ? null : pathOf(node);
        if (path !== null) return qualified(path, names);
        return { k: testOnly ? 'has' : 'get', of: this.convert(operand, names), name: field };
      }
      case 'callExpr': {
        const { target, function: name, args } = exprKind.value;
        const operands = target === undefined ? args : [target, ...args];
        if (name === 'matches') return this.#match(operands, names);
        if (name.startsWith('strings.') || target?.exprKind.case === 'identExpr') {
          const namespace = target?.exprKind.case === 'identExpr' ? target.exprKind.value.name : '';
          if (['math', 'strings', 'base64', 'proto', 'cel', 'optional'].includes(namespace)) {
            throw new Excluded(`the extension ${namespace}`);
          }
        }
        const form = functionForm(name, target !== undefined, operands.length);
        if (form === null) throw new Excluded(`no function ${name}`);
        return { k: 'call', fn: form.dynamic.id, args: operands.map((arg) => this.convert(arg, names)) };
      }
      case 'listExpr':
        if (exprKind.value.optionalIndices.length > 0) throw new Excluded('optional values');
        return { k: 'list', items: exprKind.value.elements.map((item) => this.convert(item, names)) };
      case 'structExpr': {
        if (exprKind.value.messageName !== '') throw new Excluded('protobuf messages');
        const entries = exprKind.value.entries.map(({ keyKind, value, optionalEntry }) => {
          if (keyKind.case !== 'mapKey' || optionalEntry) throw new Excluded('optional values');
          return { key: this.convert(keyKind.value, names), value: this.convert(value, names) };
        });
        return { k: 'map', entries };
      }
      case 'comprehensionExpr': {
        const fold = exprKind.value;
        const withAccu = new Set(names).add(fold.accuVar);
        const inside = new Set(withAccu).add(fold.iterVar);
        if (fold.iterVar2 !== '') inside.add(fold.iterVar2);
        return {
          k: 'fold',
          range: this.convert(fold.iterRange, names),
          iter: fold.iterVar,
          iter2: fold.iterVar2 === '' ? null : fold.iterVar2,
          accu: fold.accuVar,
          init: this.convert(fold.accuInit, names),
          cond: this.convert(fold.loopCondition, inside),
          step: this.convert(fold.loopStep, inside),
          result: this.convert(fold.result, withAccu),
        };
      }
      case undefined:
        throw new Excluded('an empty node');
    }
  }

  #match([text, pattern]: readonly BufExpr[], names: ReadonlySet<string>): Expr {
    const source = pattern?.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind : null;
    if (source?.case !== 'stringValue') throw new Excluded('a pattern that is no literal');
    const known = this.#patterns.indexOf(source.value);
    const index = known < 0 ? this.#patterns.push(source.value) - 1 : known;
    return { k: 'match', of: this.convert(text, names), pattern: index };
  }
}

/** `a.b.c` as its parts; null when it does not begin with a name. */
function pathOf(node: BufExpr): readonly string[] | null {
  const { exprKind } = node;
  if (exprKind.case === 'identExpr') return [exprKind.value.name.replace(/^\./, '')];
  if (exprKind.case !== 'selectExpr' || exprKind.value.testOnly || exprKind.value.operand === undefined) return null;
  const before = pathOf(exprKind.value.operand);
  return before === null ? null : [...before, exprKind.value.field];
}

/** The longest beginning that is a variable or a type, and members of it. */
function qualified(path: readonly string[], names: ReadonlySet<string>): Expr {
  for (let length = path.length; length > 0; length--) {
    const name = path.slice(0, length).join('.');
    const isType = !names.has(name) && TYPE_NAMES.has(name);
    if (!names.has(name) && !isType) continue;
    const root: Expr = isType ? { k: 'const', t: 'type', v: name } : { k: 'var', name };
    return path.slice(length).reduce<Expr>((of, member) => ({ k: 'get', of, name: member }), root);
  }
  throw new Excluded(`an unbound name`);
}

function constant({ constantKind }: Constant): Const {
  switch (constantKind.case) {
    case 'nullValue':
      return { k: 'const', t: 'null', v: null };
    case 'boolValue':
      return { k: 'const', t: 'bool', v: constantKind.value };
    case 'int64Value':
      return { k: 'const', t: 'int', v: String(constantKind.value) };
    case 'uint64Value':
      return { k: 'const', t: 'uint', v: String(constantKind.value) };
    case 'doubleValue':
      return { k: 'const', t: 'double', v: Object.is(constantKind.value, -0) ? '-0' : String(constantKind.value) };
    case 'stringValue':
      return { k: 'const', t: 'string', v: constantKind.value };
    case 'bytesValue':
      return { k: 'const', t: 'bytes', v: Buffer.from(constantKind.value).toString('base64') };
    case 'durationValue':
    case 'timestampValue':
    case undefined:
      throw new Excluded('a constant of another type');
  }
}
