import { quote } from '../diagnostics/quote.ts';
import type { Node, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import type { Known } from './environment.ts';
import { helpForVariable } from './explain.ts';
import { narrowed } from './infer-member.ts';
import { wrong, type Inference } from './inference.ts';
import type { Scope } from './scope.ts';
import { DYN, STRING, type Type } from './types.ts';

/** A variable, of the environment or of a macro. */
export function inferName(inference: Inference, node: Node & { readonly kind: 'name' }, scope: Scope): Checked {
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
export function inferQualified(node: Node, scope: Scope): Checked | null {
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
      return { kind: 'constant', constant: known.constant, isGiven: true, type, start, end };
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
