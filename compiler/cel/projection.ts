import type { Projection } from '../../schemas/types/expression.ts';
import type { Checked } from './checked.ts';
import { emitConstant } from './emit.ts';
import type { Field, RecordType, Type } from './types.ts';
import { childrenOf, globalsOf } from './visit.ts';

/** What of a value an expression reads. */
interface Reading {
  /** The value itself, with all that is in it, and not just members. */
  isWhole: boolean;
  readonly members: Map<string, Reading>;
  /** Members that a `has` asks for. */
  readonly asked: Set<string>;
  items: Reading | null;
}

/**
 * What must hold of `args` before a condition is asked (language.md, rule 11), and at which types it reads them: only
 * what it reads, but every declared name of each level that it reads. Null when it does not read them.
 */
export function projectionOf(tree: Checked, args: RecordType): Projection | null {
  if (!globalsOf(tree).includes('args')) return null;
  const root = emptyReading();
  const visit = ({ child, isUsed, within }: Below): void => {
    const reading = readingOf(child, root, within);
    if (reading !== null && isUsed) reading.isWhole = true;
    for (const each of below(child, root, within)) visit(each);
  };
  visit({ child: tree, isUsed: true, within: new Map() });
  return projectType({ kind: 'record', record: args }, root);
}

interface Below {
  readonly child: Checked;
  /** Whether the node uses the child as a value, and does not just look into it. */
  readonly isUsed: boolean;
  readonly within: ReadonlyMap<string, Reading>;
}

function below(node: Checked, root: Reading, locals: ReadonlyMap<string, Reading>): readonly Below[] {
  if (node.kind === 'loop') {
    const items = itemsReading(readingOf(node.range, root, locals), node.range.type);
    const element = node.variables.at(-1);
    const inside = new Map(locals);
    for (const name of node.variables) inside.delete(name);
    if (items !== null && element !== undefined) inside.set(element, items);
    // `filter` hands on what it goes over.
    if (node.macro === 'filter' && items !== null) items.isWhole = true;
    const bodies = [node.condition, node.result].flatMap((child) => (child === null ? [] : [child]));
    return [
      { child: node.range, isUsed: items === null, within: locals },
      ...bodies.map((child) => ({ child, isUsed: true, within: inside })),
    ];
  }
  const looksInto = node.kind === 'get' || node.kind === 'has' || isLook(node);
  return childrenOf(node).map((child, at) => ({ child, isUsed: !(looksInto && at === 0), within: locals }));
}

/** `size` looks at no element; indexing looks at one. */
function isLook(node: Checked): boolean {
  if (node.kind !== 'call') return false;
  const [of] = node.args;
  return of?.type.kind === 'list' && (node.form.name === 'size' || node.form.name === '_[_]');
}

/** Where the reading of a node is kept, when the node is a path into `args`. */
function readingOf(node: Checked, root: Reading, locals: ReadonlyMap<string, Reading>): Reading | null {
  switch (node.kind) {
    case 'variable':
      if (node.isLocal) return locals.get(node.name) ?? null;
      return node.name === 'args' ? root : null;
    case 'get': {
      const of = readingOf(node.of, root, locals);
      return of === null ? null : memberReading(of, node.name);
    }
    case 'has': {
      readingOf(node.of, root, locals)?.asked.add(node.name);
      return null;
    }
    case 'call':
      if (node.form.name !== '_[_]' || node.args[0] === undefined) return null;
      return itemsReading(readingOf(node.args[0], root, locals), node.args[0].type);
    case 'constant':
    case 'logic':
    case 'match':
    case 'list':
    case 'map':
    case 'loop':
    case 'error':
      return null;
  }
}

function memberReading(of: Reading, name: string): Reading {
  const known = of.members.get(name) ?? emptyReading();
  of.members.set(name, known);
  return known;
}

function itemsReading(of: Reading | null, type: Type): Reading | null {
  if (of === null || type.kind !== 'list') return null;
  of.items ??= emptyReading();
  return of.items;
}

function emptyReading(): Reading {
  return { isWhole: false, members: new Map(), asked: new Set(), items: null };
}

const NOTHING: Omit<Projection, 'type'> = {
  nullable: false,
  enum: null,
  members: null,
  required: [],
  undeclared: 'skip',
  items: null,
};

/** Whatever it is: of a member that a `has` asks for, only that it is there matters. */
const ANYTHING: Projection = { ...NOTHING, type: 'any' };

function projectField({ type, values }: Field, reading: Reading): Projection {
  const projection = projectType(type, reading);
  if (values === null) return projection;
  return { ...projection, enum: values.map((value) => String(emitConstant(value).v)) };
}

function projectType(type: Type, reading: Reading): Projection {
  switch (type.kind) {
    case 'nullable':
      return { ...projectType(type.of, reading), nullable: true };
    case 'record':
      return projectRecord(type.record, reading);
    case 'map':
      return { ...NOTHING, type: 'object', members: {}, undeclared: 'read' };
    case 'list': {
      const below = reading.isWhole ? wholeReading() : reading.items;
      const items = below === null ? ANYTHING : projectType(type.item, below);
      return { ...NOTHING, type: 'array', items };
    }
    case 'int':
      return { ...NOTHING, type: 'integer' };
    case 'double':
      return { ...NOTHING, type: 'number' };
    case 'string':
      return { ...NOTHING, type: 'string' };
    case 'bool':
      return { ...NOTHING, type: 'boolean' };
    case 'null':
      return { ...NOTHING, type: 'null' };
    case 'untyped':
    case 'dyn':
    case 'uint':
    case 'bytes':
    case 'timestamp':
    case 'duration':
    case 'type':
    case 'error':
    case 'variable':
      return ANYTHING;
  }
}

function wholeReading(): Reading {
  return { ...emptyReading(), isWhole: true };
}

function projectRecord(record: RecordType, reading: Reading): Projection {
  const members = new Map<string, Projection | null>();
  const required: string[] = [];
  let undeclared: Projection['undeclared'] = record.isOpen ? (reading.isWhole ? 'read' : 'skip') : 'refuse';
  for (const [name, field] of record.fields) {
    const read = reading.isWhole ? wholeReading() : (reading.members.get(name) ?? null);
    const isAsked = reading.asked.has(name);
    members.set(name, read === null ? (isAsked ? ANYTHING : null) : projectField(field, read));
    if (field.isRequired && (read !== null || isAsked)) required.push(name);
  }
  for (const name of [...reading.members.keys(), ...reading.asked]) {
    if (record.isOpen && !record.fields.has(name)) undeclared = 'read';
  }
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...NOTHING,
    type: 'object',
    members: Object.fromEntries(sorted),
    required: required.sort(),
    undeclared,
  };
}
