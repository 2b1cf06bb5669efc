import { functionForm, type FunctionForm, type TypeForm } from '../../dataplane/cel/overloads.ts';
import type { Node, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import { reportNoOverload, reportUnknownFunction } from './explain-call.ts';
import { factsWhen } from './facts.ts';
import type { Inference } from './inference.ts';
import { wrong } from './inference.ts';
import type { Scope } from './scope.ts';
import { BOOL, DYN, hasPart, isNumber, listOf, mapOf, sameType, type Type, withoutNull } from './types.ts';
import type { Bindings } from './unify.ts';

/** `f(x)` and `x.f(y)`. */
export function inferCall(inference: Inference, node: Node & { readonly kind: 'call' }, scope: Scope): Checked {
  const { target, name } = node;
  const receiver = target === null ? [] : [inference.infer(target, scope)];
  const form = functionForm(name.text, target !== null, receiver.length + node.args.length);
  if (form === null) {
    reportUnknownFunction(inference, node, receiver[0] ?? null);
    if (!isLikeMacro(node, scope)) for (const arg of node.args) inference.infer(arg, scope);
    return wrong(node);
  }
  const args = [...receiver, ...node.args.map((arg) => inference.infer(arg, scope))];
  return resolve(inference, form, args, name, node);
}

/** `list.any(x, …)`: the first argument is meant to be a variable of its own. */
function isLikeMacro({ target, args }: Node & { readonly kind: 'call' }, scope: Scope): boolean {
  const [first] = args;
  return target !== null && args.length > 1 && first?.kind === 'name' && scope.meaning(first.name, false) === null;
}

type Operation = Node & { readonly kind: 'unary' | 'binary' | 'conditional' };

/** Operators are functions with names of their own (cel-spec, "Functions"). */
export function inferOperator(inference: Inference, node: Operation, scope: Scope): Checked {
  const { name, operands, at } = operationOf(node);
  const args = operands.map((operand, index) => inference.infer(operand, operandScope(node, index, scope)));
  const form = functionForm(name, false, args.length);
  return form === null ? wrong(node) : resolve(inference, form, args, at, node);
}

function operationOf(node: Operation): { name: string; operands: readonly Node[]; at: Range } {
  switch (node.kind) {
    case 'unary':
      return { name: `${node.operator.text}_`, operands: [node.operand], at: node.operator };
    case 'binary': {
      const name = node.operator.text === 'in' ? '@in' : `_${node.operator.text}_`;
      return { name, operands: [node.left, node.right], at: node.operator };
    }
    case 'conditional': {
      const { condition, yes, no } = node;
      return { name: '_?_:_', operands: [condition, yes, no], at: condition };
    }
  }
}

/** An element of a list or a map. */
export function inferElement(
  inference: Inference,
  node: Node & { readonly kind: 'index' },
  args: readonly Checked[],
): Checked {
  const form = functionForm('_[_]', false, args.length);
  // What is missing between the brackets has no place of its own.
  const at = node.index.kind === 'error' ? node : node.index;
  return form === null ? wrong(node) : resolve(inference, form, args, at, node);
}

/** The branches of a choice know how its condition came out; whoever asks for null does not know the answer yet. */
function operandScope(node: Operation, index: number, scope: Scope): Scope {
  if (node.kind === 'binary')
    return [node.left, node.right].some(isNull) ? scope.withoutNull(node.left, node.right) : scope;
  if (node.kind !== 'conditional' || index === 0) return scope;
  return scope.with(factsWhen(index === 1, node.condition, scope.key));
}

function isNull(node: Node): boolean {
  return node.kind === 'literal' && node.literal.type === 'null';
}

function resolve(
  inference: Inference,
  form: FunctionForm,
  args: readonly Checked[],
  { start: nameStart, end: nameEnd }: Range,
  { start, end }: Range,
): Checked {
  const { bindings } = inference;
  const types = args.map((arg) => bindings.substitute(arg.type));
  const type = comparesNumbers(form, types) ? BOOL : resultType(bindings, form, types);
  const nameAt = { start: nameStart, end: nameEnd };
  if (type === null) {
    reportNoOverload(inference, form, args, nameAt);
    return wrong({ start, end });
  }
  return { kind: 'call', form, overload: form.dynamic, args, nameAt, type, start, end };
}

/**
 * The result of all overloads that take these types: theirs if it is one, else dyn (cel-go, `resolveOverload`). Null
 * when there is none.
 */
function resultType(bindings: Bindings, form: FunctionForm, types: readonly Type[]): Type | null {
  if (form.name === 'type') return typeOfType(types[0] ?? DYN);
  let result: Type | null = null;
  for (const overload of form.overloads) {
    const typed = instance(bindings);
    if (!bindings.areAssignable(types, overload.args.map(typed))) continue;
    const its = bindings.substitute(typed(overload.result));
    if (result === null) result = its;
    else if (!sameType(result, its)) result = DYN;
  }
  return result;
}

/** What has no single type in its schema has none as a value either. */
function typeOfType(type: Type): Type {
  return { kind: 'type', of: hasPart(type, 'untyped') ? null : type };
}

/** The types of an overload, with a variable of its own for each parameter. */
export function instance(bindings: Bindings): (form: TypeForm) => Type {
  const parameters = new Map<string, Type>();
  const typed = (form: TypeForm): Type => {
    if (typeof form === 'string') return form === 'type' ? { kind: 'type', of: null } : { kind: form };
    if ('list' in form) return listOf(typed(form.list));
    if ('map' in form) return mapOf(typed(form.map.key), typed(form.map.value));
    const known = parameters.get(form.param) ?? bindings.freshVariable();
    parameters.set(form.param, known);
    return known;
  };
  return typed;
}

/** Numbers of different types compare (language.md, "Conditions"): by what they amount to. */
function comparesNumbers(form: FunctionForm, types: readonly Type[]): boolean {
  const [left, right] = types.map(withoutNull);
  if (left === undefined || right === undefined || !isNumber(left)) return false;
  if (form.name === '_==_' || form.name === '_!=_') return isNumber(right);
  return form.name === '@in' && right.kind === 'list' && isNumber(withoutNull(right.item));
}
