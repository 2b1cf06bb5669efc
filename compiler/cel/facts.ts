import type { Node } from './ast.ts';

/**
 * What is certain where an expression is evaluated: which members are present, and which values are not null. A fact is
 * a path (`pathOf`) behind `+` or `!`.
 */
export type Facts = ReadonlySet<string>;

export const NO_FACTS: Facts = new Set();

export function isPresent(facts: Facts, path: string | null): boolean {
  return path !== null && facts.has(`+${path}`);
}

export function isNotNull(facts: Facts, path: string | null): boolean {
  return path !== null && facts.has(`!${path}`);
}

export function withFacts(facts: Facts, more: Facts): Facts {
  return more.size === 0 ? facts : new Set([...facts, ...more]);
}

/** Tells variables of the same name apart. */
export type NameKey = (name: string) => string;

/** A text for what a chain of members reads, the same for the same value; null for anything else. */
export function pathOf(node: Node, key: NameKey): string | null {
  switch (node.kind) {
    case 'name':
      return node.absolute ? `.${node.name}` : key(node.name);
    case 'member':
      return memberPath(node.of, node.name.text, key);
    case 'index': {
      const { index } = node;
      if (index.kind !== 'literal') return null;
      if (index.literal.type === 'string') return memberPath(node.of, index.literal.value, key);
      const of = pathOf(node.of, key);
      return of === null || index.literal.type !== 'int' ? null : `${of}[${index.literal.value}]`;
    }
    case 'literal':
    case 'has':
    case 'call':
    case 'loop':
    case 'unary':
    case 'binary':
    case 'logic':
    case 'conditional':
    case 'list':
    case 'map':
    case 'error':
      return null;
  }
}

/** The path of a member: `args.name` and `args["name"]` are the same. */
export function memberPath(of: Node, name: string, key: NameKey): string | null {
  const path = pathOf(of, key);
  return path === null ? null : `${path}[${JSON.stringify(name)}]`;
}

/** What is certain where a condition has come out as `outcome`: behind `&&`, behind `||`, in a branch of `?:`. */
export function factsWhen(outcome: boolean, node: Node, key: NameKey): Facts {
  switch (node.kind) {
    case 'has': {
      const path = memberPath(node.of, node.name.text, key);
      return outcome && path !== null ? new Set([`+${path}`]) : NO_FACTS;
    }
    case 'unary':
      return node.operator.text === '!' ? factsWhen(!outcome, node.operand, key) : NO_FACTS;
    case 'logic': {
      const all = node.operands.map((operand) => factsWhen(outcome, operand, key));
      // All operands of `&&` are true when it is; when it is false, only what any of them would tell is certain.
      return outcome === (node.operator === '&&') ? union(all) : intersection(all);
    }
    case 'binary':
      return comparisonFacts(outcome, node, key);
    case 'literal':
    case 'name':
    case 'member':
    case 'index':
    case 'call':
    case 'loop':
    case 'conditional':
    case 'list':
    case 'map':
    case 'error':
      return NO_FACTS;
  }
}

function comparisonFacts(outcome: boolean, node: Node & { readonly kind: 'binary' }, key: NameKey): Facts {
  const { left, right } = node;
  const operator = node.operator.text;
  if (operator !== '==' && operator !== '!=') return NO_FACTS;
  const [other, literal] = left.kind === 'literal' ? [right, left] : [left, right];
  if (literal.kind !== 'literal') return NO_FACTS;
  const path = pathOf(other, key);
  const areEqual = outcome === (operator === '==');
  const isNull = literal.literal.type === 'null';
  return path !== null && areEqual !== isNull ? new Set([`!${path}`]) : NO_FACTS;
}

function union(all: readonly Facts[]): Facts {
  return new Set(all.flatMap((facts) => [...facts]));
}

function intersection(all: readonly Facts[]): Facts {
  const [first, ...others] = all;
  return new Set([...(first ?? NO_FACTS)].filter((fact) => others.every((facts) => facts.has(fact))));
}
