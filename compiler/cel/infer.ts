import { didYouMean } from '../diagnostics/suggest.ts';
import { quote } from '../diagnostics/quote.ts';
import type { Node, Range, Word } from './ast.ts';
import type { Checked } from './checked.ts';
import type { Environment, Known } from './environment.ts';
import { describeType, helpForMember, helpForVariable } from './explain.ts';
import { factsWhen, isNotNull, isPresent, memberPath, pathOf } from './facts.ts';
import { inferCall, inferElement, inferOperator } from './infer-call.ts';
import { inferLoop } from './infer-loop.ts';
import { inferMatches, isMatches } from './infer-matches.ts';
import type { ParsedExpression } from './parse.ts';
import type { ReportCel } from './problem.ts';
import { Scope } from './scope.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  ERROR,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  UINT,
  UNTYPED,
  type RecordType,
  type Type,
  withoutNull,
} from './types.ts';
import { Bindings } from './unify.ts';

/** A `has` that asks for a member which its record does not declare: an error when no tool in question declares it. */
export interface UndeclaredMember extends Range {
  readonly name: string;
  readonly record: RecordType;
}

/** What the parts of the checker share. Types of nodes can hold variables until `settle` replaces them. */
export interface Inference {
  readonly text: string;
  readonly environment: Environment;
  readonly bindings: Bindings;
  readonly report: ReportCel;
  readonly undeclared: UndeclaredMember[];
  readonly infer: (node: Node, scope: Scope) => Checked;
}

/** Finds the type of every node, bottom up. What is wrong is reported and has the type `error`, which fits everywhere. */
export function inferTypes({ text, tree }: ParsedExpression, environment: Environment, report: ReportCel) {
  const inference: Inference = {
    text,
    environment,
    bindings: new Bindings(),
    report,
    undeclared: [],
    infer: (node, scope) => inferNode(inference, node, scope),
  };
  const checked = inference.infer(tree, Scope.outermost(environment));
  return { checked, bindings: inference.bindings, undeclared: inference.undeclared };
}

function inferNode(inference: Inference, node: Node, scope: Scope): Checked {
  const { start, end } = node;
  switch (node.kind) {
    case 'literal':
      return { kind: 'constant', constant: node.literal, type: LITERAL_TYPES[node.literal.type], start, end };
    case 'name':
      return inferName(inference, node, scope);
    case 'member':
      return (
        inferQualified(node, scope) ?? inferMember(inference, node, inference.infer(node.of, scope), node.name, scope)
      );
    case 'index':
      return inferIndex(inference, node, scope);
    case 'has':
      return inferHas(inference, node, scope);
    case 'call':
      if (isMatches(node)) return inferMatches(inference, node, scope);
      return inferCall(inference, node, scope);
    case 'unary':
    case 'binary':
    case 'conditional':
      return inferOperator(inference, node, scope);
    case 'logic':
      return inferLogic(inference, node, scope);
    case 'list':
      return inferList(inference, node, scope);
    case 'map':
      return inferMap(inference, node, scope);
    case 'loop':
      return inferLoop(inference, node, scope);
    case 'error':
      return wrong(node);
  }
}

const LITERAL_TYPES = {
  null: NULL,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
} as const satisfies Record<string, Type>;

/** A node in place of one that is wrong. */
export function wrong({ start, end }: Range): Checked {
  return { kind: 'error', type: ERROR, start, end };
}

type Access = Node & { readonly kind: 'member' | 'index' };

function inferName(inference: Inference, node: Node & { readonly kind: 'name' }, scope: Scope): Checked {
  const { start, end, name } = node;
  const meaning = scope.meaning(name, node.absolute);
  if (meaning === null) {
    const help = helpForVariable(name, scope.names(), inference.environment);
    inference.report('cel/unknown-variable', node, `there is no variable ${quote(name)}`, help);
    return wrong(node);
  }
  if (meaning.kind === 'local') {
    const { unique, type } = meaning;
    return narrowed({ kind: 'variable', name: unique, isLocal: true, type, start, end }, node, scope);
  }
  const { type, known } = meaning.variable;
  if (known !== null) return knownNode(known, type, node);
  return { kind: 'variable', name, isLocal: false, type, start, end };
}

/** A variable whose name has dots in it: `google.protobuf.Timestamp`. */
function inferQualified(node: Node, scope: Scope): Checked | null {
  const name = qualifiedName(node);
  const meaning = name === null ? null : scope.meaning(name.text, name.isAbsolute);
  if (name === null || meaning?.kind !== 'global') return null;
  const { type, known } = meaning.variable;
  const { start, end } = node;
  if (known !== null) return knownNode(known, type, node);
  return { kind: 'variable', name: name.text, isLocal: false, type, start, end };
}

function qualifiedName(node: Node): { readonly text: string; readonly isAbsolute: boolean } | null {
  if (node.kind === 'name') return { text: node.name, isAbsolute: node.absolute };
  const of = node.kind === 'member' ? qualifiedName(node.of) : null;
  return of === null || node.kind !== 'member' ? null : { ...of, text: `${of.text}.${node.name.text}` };
}

/** What the compiler knows already, in place of the variable. */
function knownNode(known: Known, type: Type, at: Range): Checked {
  const { start, end } = at;
  switch (known.kind) {
    case 'constant':
      return { kind: 'constant', constant: known.constant, type, start, end };
    case 'list': {
      const itemType = type.kind === 'list' ? type.item : DYN;
      return { kind: 'list', items: known.items.map((item) => knownNode(item, itemType, at)), type, start, end };
    }
    case 'record': {
      const entries = [...known.members].map(([name, member]) => ({
        key: knownNode({ kind: 'constant', constant: { type: 'string', value: name } }, STRING, at),
        value: knownNode(member, fieldType(type, name), at),
      }));
      return { kind: 'map', entries, type, start, end };
    }
  }
}

function fieldType(type: Type, name: string): Type {
  return type.kind === 'record' ? (type.record.fields.get(name)?.type ?? DYN) : DYN;
}

/** A value that was compared with null before cannot be null here. */
function narrowed(checked: Checked, node: Node, scope: Scope): Checked {
  if (checked.type.kind !== 'nullable' || !isNotNull(scope.facts, pathOf(node, scope.key))) return checked;
  return { ...checked, type: checked.type.of };
}

function inferMember(inference: Inference, node: Access, of: Checked, name: Word, scope: Scope): Checked {
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
    inference.report('cel/unknown-field', name, message, didYouMean(name.text, record.fields.keys()));
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

function inferIndex(inference: Inference, node: Node & { readonly kind: 'index' }, scope: Scope): Checked {
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
  inference.report('cel/wrong-type', index, 'the member of a record is named by a literal text');
  return wrong(node);
}

function inferHas(inference: Inference, node: Node & { readonly kind: 'has' }, scope: Scope): Checked {
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

function inferLogic(inference: Inference, node: Node & { readonly kind: 'logic' }, scope: Scope): Checked {
  const { start, end, operator } = node;
  const operands: Checked[] = [];
  let here = scope;
  for (const operand of node.operands) {
    operands.push(needBool(inference, inference.infer(operand, here), `\`${operator}\``));
    here = here.with(factsWhen(operator === '&&', operand, here.key));
  }
  return { kind: 'logic', operator, operands, type: BOOL, start, end };
}

/** Reports what can be no bool. */
export function needBool({ bindings, report }: Inference, checked: Checked, who: string): Checked {
  if (bindings.isAssignable(checked.type, BOOL)) return checked;
  const type = bindings.finish(checked.type);
  report('cel/wrong-type', checked, `${who} needs bool here, not ${describeType(type)}`);
  return wrong(checked);
}

function inferList(inference: Inference, node: Node & { readonly kind: 'list' }, scope: Scope): Checked {
  const { start, end } = node;
  const items = node.items.map((item) => inference.infer(item, scope));
  const type = listOf(joinAll(inference, items, 'item of the list'));
  return { kind: 'list', items, type, start, end };
}

function inferMap(inference: Inference, node: Node & { readonly kind: 'map' }, scope: Scope): Checked {
  const { start, end } = node;
  const entries = node.entries.map(({ key, value }) => ({
    key: inference.infer(key, scope),
    value: inference.infer(value, scope),
  }));
  const key = joinAll(
    inference,
    entries.map((entry) => entry.key),
    'key of the map',
  );
  const value = joinAll(
    inference,
    entries.map((entry) => entry.value),
    'value of the map',
  );
  return { kind: 'map', entries, type: mapOf(key, value), start, end };
}

/** The type of all items; dyn when they have no common one. */
function joinAll({ environment, bindings, report }: Inference, items: readonly Checked[], what: string): Type {
  let joined: Type | null = null;
  let isMixed = false;
  for (const item of items) {
    const next: Type | null = joined === null ? item.type : bindings.join(joined, item.type);
    if (next === null && !environment.allowsMixedLiterals) {
      const before = describeType(bindings.finish(joined ?? DYN));
      const message = `this ${what} is ${describeType(bindings.finish(item.type))}, those before are ${before}`;
      report('cel/wrong-type', item, message, 'write `dyn(…)` around a value to mix types');
      continue;
    }
    if (next === null) isMixed = true;
    joined = next ?? DYN;
  }
  if (isMixed) return DYN;
  return joined ?? bindings.freshVariable();
}

function rangeOf({ start, end }: Range): Range {
  return { start, end };
}
