import { quote } from '../diagnostics/quote.ts';
import { didYouMean, suggestOnly } from '../diagnostics/suggest.ts';
import type { Node, Range, Word } from './ast.ts';
import type { Checked } from './checked.ts';
import { describeType, helpForMember, helpForNames } from './explain.ts';
import { isNotNull, isPresent, memberPath, pathOf } from './facts.ts';
import { inferElement } from './infer-call.ts';
import { wrong, type Inference } from './inference.ts';
import type { Scope } from './scope.ts';
import { BOOL, DYN, ERROR, UNTYPED, withoutNull, type RecordType, type Type } from './types.ts';

type Access = Node & { readonly kind: 'member' | 'index' };

/** A value that was compared with null before cannot be null here. */
export function narrowed(checked: Checked, node: Node, scope: Scope): Checked {
  if (checked.type.kind !== 'nullable' || !isNotNull(scope.facts, pathOf(node, scope.key))) return checked;
  return { ...checked, type: checked.type.of };
}

/** `of.name`, and `of["name"]` of a record. */
export function inferMember(inference: Inference, node: Access, of: Checked, name: Word, scope: Scope): Checked {
  const { bindings, report } = inference;
  const type = withoutNull(bindings.substitute(of.type));
  const { start, end } = node;
  const get = (type: Type): Checked => ({ kind: 'get', of, name: name.text, nameAt: rangeOf(name), type, start, end });
  switch (type.kind) {
    case 'record':
      return narrowed(inferField(inference, get, node.of, type.record, name, scope), node, scope);
    case 'map':
      return narrowed(get(type.value), node, scope);
    case 'variable':
      bindings.isAssignable(DYN, type);
      return get(DYN);
    case 'dyn':
      return get(DYN);
    case 'untyped':
    case 'error':
      return get(ERROR);
    case 'null':
    case 'bool':
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'list':
    case 'nullable':
    case 'type':
      report('cel/wrong-type', name, `${describeType(type)} has no members`, helpForMember(name.text));
      return wrong(node);
  }
}

function inferField(
  inference: Inference,
  get: (type: Type) => Checked,
  of: Node,
  record: RecordType,
  name: Word,
  scope: Scope,
): Checked {
  const field = record.fields.get(name.text);
  const path = memberPath(of, name.text, scope.key);
  const isAsked = isPresent(scope.facts, path);
  const node = get(field?.type ?? UNTYPED);
  if (field === undefined && !record.isOpen) {
    // Behind a `has` that is false for this tool, nothing is evaluated.
    if (isAsked) return wrong(node);
    const message = `${quote(name.text)} is not ${record.what}`;
    const known = [...record.fields.keys()];
    const help = didYouMean(name.text, known) ?? helpForNames(known);
    // Behind a dot only a word can stand.
    const words = known.filter((field) => /^[A-Za-z_]\w*$/.test(field));
    inference.report('cel/unknown-field', name, message, help, suggestOnly(name.text, words));
    return wrong(node);
  }
  if (field?.isRequired !== true && !isAsked) {
    const text = path === null ? null : renderChain(of, name.text);
    const help = text === null ? 'ask `has(…)` first' : `write \`has(${text}) && …\``;
    inference.report('cel/optional-field', name, `${quote(name.text)} may be absent`, help);
  }
  const known = node.kind === 'get' && node.of.kind === 'map' && record.fields.has(name.text) ? node.of : null;
  const value = known?.entries.find(({ key }) => isText(key, name.text))?.value;
  return value === undefined ? node : { ...value, start: node.start, end: node.end };
}

function isText(node: Checked, text: string): boolean {
  return node.kind === 'constant' && node.constant.type === 'string' && node.constant.value === text;
}

/** `args.user["first-name"]`, for a remedy. */
function renderChain(of: Node, name: string): string | null {
  const before = of.kind === 'name' ? of.name : of.kind === 'member' ? renderChain(of.of, of.name.text) : null;
  if (before === null) return null;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${before}.${name}` : `${before}[${JSON.stringify(name)}]`;
}

/** `of[index]`. */
export function inferIndex(inference: Inference, node: Node & { readonly kind: 'index' }, scope: Scope): Checked {
  const of = inference.infer(node.of, scope);
  const type = withoutNull(inference.bindings.substitute(of.type));
  const { index } = node;
  if (type.kind !== 'record') {
    return narrowed(inferElement(inference, node, [of, inference.infer(index, scope)]), node, scope);
  }
  if (index.kind === 'literal' && index.literal.type === 'string') {
    const name = { text: index.literal.value, start: index.start, end: index.end };
    return inferMember(inference, node, of, name, scope);
  }
  inference.infer(index, scope);
  // The parser has already said what is missing here.
  if (index.kind === 'error') return wrong(node);
  inference.report('cel/wrong-type', index, 'the member of a record is named by a literal text', 'write `["name"]`');
  return wrong(node);
}

/** `has(of.name)`. */
export function inferHas(inference: Inference, node: Node & { readonly kind: 'has' }, scope: Scope): Checked {
  const of = inference.infer(node.of, scope);
  const { bindings, report } = inference;
  const type = withoutNull(bindings.substitute(of.type));
  const { start, end, name } = node;
  const has = (isDeclared: boolean): Checked => {
    return { kind: 'has', of, name: name.text, nameAt: rangeOf(name), isDeclared, type: BOOL, start, end };
  };
  if (type.kind === 'record') {
    const isDeclared = type.record.fields.has(name.text) || type.record.isOpen;
    if (!isDeclared) inference.undeclared.push({ name: name.text, record: type.record, ...rangeOf(name) });
    return has(isDeclared);
  }
  if (type.kind === 'variable') bindings.isAssignable(DYN, type);
  else if (type.kind !== 'map' && type.kind !== 'dyn' && type.kind !== 'error' && type.kind !== 'untyped') {
    report('cel/wrong-type', name, `${describeType(type)} has no members`, helpForMember(name.text));
    return wrong(node);
  }
  return has(true);
}

function rangeOf({ start, end }: Range): Range {
  return { start, end };
}
