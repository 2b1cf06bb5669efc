import type { Checked } from './checked.ts';
import { evaluatorOf } from './evaluate-constant.ts';
import { childrenOf, isOpen, mapChildren } from './visit.ts';

/**
 * Computes what does not depend on the request, and drops what can never be asked: behind a false of `&&`, in the branch
 * of `?:` that is not taken. Means the same as before: an error stays one, and is absorbed by what absorbs it.
 */
export function foldConstants(node: Checked): Checked {
  const whole = foldWhole(node);
  if (whole !== null) return whole;
  const folded = mapChildren(node, foldConstants);
  switch (folded.kind) {
    case 'logic':
      return foldLogic(folded);
    case 'call':
      return foldCall(folded);
    case 'has':
      return folded.isDeclared ? folded : boolAt(folded, false);
    case 'constant':
    case 'variable':
    case 'get':
    case 'match':
    case 'list':
    case 'map':
    case 'loop':
    case 'error':
      return folded;
  }
}

/** A part without variables, as a literal; null when it has variables, no literal, or no value. */
function foldWhole(node: Checked): Checked | null {
  if (node.kind === 'constant' || childrenOf(node).length === 0 || isOpen(node)) return null;
  const evaluation = evaluatorOf(node, [])?.([]);
  if (evaluation?.kind !== 'literal') return null;
  const { start, end, type } = node;
  return { kind: 'constant', constant: evaluation.literal, isGiven: false, type, start, end };
}

function boolAt({ start, end, type }: Checked, value: boolean): Checked {
  return { kind: 'constant', constant: { type: 'bool', value }, isGiven: false, type, start, end };
}

export function boolOf(node: Checked | undefined): boolean | null {
  return node?.kind === 'constant' && node.constant.type === 'bool' ? node.constant.value : null;
}

function foldLogic(node: Checked & { readonly kind: 'logic' }): Checked {
  const decides = node.operator === '||';
  if (node.operands.some((operand) => boolOf(operand) === decides)) return boolAt(node, decides);
  const operands = node.operands.filter((operand) => boolOf(operand) === null);
  const [only] = operands;
  if (only === undefined) return boolAt(node, !decides);
  // Alone, an operand that is no bool would be a value and not an error.
  if (operands.length === 1 && only.type.kind === 'bool') return only;
  return operands.length === 1 ? node : { ...node, operands };
}

function foldCall(node: Checked & { readonly kind: 'call' }): Checked {
  const [first, yes, no] = node.args;
  const decided = boolOf(first);
  if (node.form.name === '_?_:_' && decided !== null && yes !== undefined && no !== undefined)
    return decided ? yes : no;
  if (node.form.name === '!_' && decided !== null) return boolAt(node, !decided);
  // It only says to the reader what the checker knows.
  if (node.form.name === 'dyn' && first !== undefined) return { ...first, type: node.type };
  return node;
}
