import assert from 'node:assert/strict';
import type { Const, Expr, Fold } from '../../schemas/types/expression.ts';
import type { Checked, Constant } from './checked.ts';

/** Numbers the patterns of an expression: the index of one in the table that goes with the expression. */
export type PatternIndex = (pattern: string) => number;

/** The name of a macro's accumulator; no source can write it. */
const ACCU = '@result';

/** Checked CEL as the data that a bundle carries (`schemas/expression.schema.json`). Macros become folds. */
export function emitExpression(node: Checked, patternIndex: PatternIndex): Expr {
  const emit = (child: Checked) => emitExpression(child, patternIndex);
  switch (node.kind) {
    case 'constant':
      return emitConstant(node.constant);
    case 'variable':
      return { k: 'var', name: node.name };
    case 'get':
      return { k: 'get', of: emit(node.of), name: node.name };
    case 'has':
      return node.isDeclared ? { k: 'has', of: emit(node.of), name: node.name } : FALSE;
    case 'call':
      return call(node.overload.id, ...node.args.map(emit));
    case 'logic':
      return balanced(node.operator === '&&' ? 'logical_and' : 'logical_or', node.operands.map(emit));
    case 'match':
      return { k: 'match', of: emit(node.of), pattern: patternIndex(node.pattern) };
    case 'list':
      return { k: 'list', items: node.items.map(emit) };
    case 'map':
      return { k: 'map', entries: node.entries.map(({ key, value }) => ({ key: emit(key), value: emit(value) })) };
    case 'loop':
      return emitLoop(node, patternIndex);
    case 'error':
      return assert.fail('an expression with errors has no data');
  }
}

export function emitConstant(constant: Constant): Const {
  switch (constant.type) {
    case 'null':
      return { k: 'const', t: 'null', v: null };
    case 'bool':
      return { k: 'const', t: 'bool', v: constant.value };
    case 'int':
    case 'uint':
      return { k: 'const', t: constant.type, v: String(constant.value) };
    case 'double':
      return { k: 'const', t: 'double', v: Object.is(constant.value, -0) ? '-0' : String(constant.value) };
    case 'bytes':
      return { k: 'const', t: 'bytes', v: Buffer.from(constant.value).toString('base64') };
    case 'string':
    case 'timestamp':
    case 'duration':
    case 'type':
      return { k: 'const', t: constant.type, v: constant.value };
  }
}

const TRUE: Expr = { k: 'const', t: 'bool', v: true };
const FALSE: Expr = { k: 'const', t: 'bool', v: false };

function call(fn: string, ...args: readonly Expr[]): Expr {
  return { k: 'call', fn, args };
}

/** Halves a chain again and again: a long one is not deep, and its order stays. */
function balanced(fn: string, operands: readonly Expr[]): Expr {
  const [only] = operands;
  if (only !== undefined && operands.length === 1) return only;
  const middle = Math.ceil(operands.length / 2);
  return call(fn, balanced(fn, operands.slice(0, middle)), balanced(fn, operands.slice(middle)));
}

type Loop = Checked & { readonly kind: 'loop' };

/** The comprehension that a macro stands for (cel-spec, "Macros"; cel-go `ext/comprehensions`). */
function emitLoop(node: Loop, patternIndex: PatternIndex): Fold {
  const [iter = '', iter2 = null] = node.variables;
  const frame = { k: 'fold', range: emitExpression(node.range, patternIndex), iter, iter2, accu: ACCU } as const;
  const accu: Expr = { k: 'var', name: ACCU };
  const condition = node.condition === null ? TRUE : emitExpression(node.condition, patternIndex);
  const result = node.result === null ? { k: 'var' as const, name: iter } : emitExpression(node.result, patternIndex);
  const filtered = (step: Expr): Expr => (node.condition === null ? step : call('conditional', condition, step, accu));
  switch (node.macro) {
    case 'all': {
      const step = call('logical_and', accu, condition);
      return { ...frame, init: TRUE, cond: call('not_strictly_false', accu), step, result: accu };
    }
    case 'exists': {
      const cond = call('not_strictly_false', call('logical_not', accu));
      return { ...frame, init: FALSE, cond, step: call('logical_or', accu, condition), result: accu };
    }
    case 'exists_one': {
      const one: Expr = { k: 'const', t: 'int', v: '1' };
      const step = call('conditional', condition, call('add_int64', accu, one), accu);
      const init: Expr = { k: 'const', t: 'int', v: '0' };
      return { ...frame, init, cond: TRUE, step, result: call('equals', accu, one) };
    }
    case 'map':
    case 'filter':
    case 'transformList': {
      const step = filtered(call('add_list', accu, { k: 'list', items: [result] }));
      return { ...frame, init: { k: 'list', items: [] }, cond: TRUE, step, result: accu };
    }
    case 'transformMap': {
      const step = filtered(call('map_insert', accu, { k: 'var', name: iter }, result));
      return { ...frame, init: { k: 'map', entries: [] }, cond: TRUE, step, result: accu };
    }
    case 'transformMapEntry': {
      const step = filtered(call('map_insert_map', accu, result));
      return { ...frame, init: { k: 'map', entries: [] }, cond: TRUE, step, result: accu };
    }
  }
}
