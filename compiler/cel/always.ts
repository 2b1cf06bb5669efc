import { NO_SUCH_KEY, UNKNOWN } from '../../dataplane/cel/fault.ts';
import { Double, intOf, type Outcome } from '../../dataplane/cel/value.ts';
import { CEL_CASES_TRIED_MAX } from '../limits.ts';
import type { Literal, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import type { Environment } from './environment.ts';
import { evaluatorOf } from './evaluate-constant.ts';
import { DYN, type Field, type RecordType, type Type, withoutNull } from './types.ts';
import { childrenOf, mapChildren } from './visit.ts';

/** A part of a condition that comes out the same whatever is asked. */
export interface Certainty extends Range {
  readonly always: boolean | 'error';
}

/**
 * Parts of an expression that are always true, always false, or always an error, going by what is written and by the
 * values that members can have: for lints. The innermost ones, which are what to look at; none that is so because of the
 * tool or gateway, since a rule that reaches several is meant to differ.
 */
export function certainties(tree: Checked, environment: Environment): readonly Certainty[] {
  return certain(tree, environment, true);
}

function certain(tree: Checked, environment: Environment, isWhole: boolean): readonly Certainty[] {
  // `true` as an operand was meant.
  if (tree.kind === 'constant' && !isWhole) return [];
  const within = conditionsIn(tree).flatMap((part) => certain(part, environment, false));
  if (within.length > 0 || tree.type.kind !== 'bool' || hasGiven(tree)) return within;
  const always = outcomeOf(tree, environment);
  const { start, end } = tree;
  return always === null ? [] : [{ start, end, always }];
}

/** The parts of a condition that are conditions themselves. */
function conditionsIn(node: Checked): readonly Checked[] {
  if (node.kind === 'logic') return node.operands;
  if (node.kind !== 'call') return [];
  return node.form.name === '!_' || node.form.name === '_?_:_'
    ? node.args.filter(({ type }) => type.kind === 'bool')
    : [];
}

function hasGiven(node: Checked): boolean {
  if (node.kind === 'constant') return node.isGiven;
  if (node.kind === 'error' || (node.kind === 'has' && !node.isDeclared)) return true;
  return childrenOf(node).some(hasGiven);
}

/** A variable for what is read of the request, and what it can be; a single unknown stands for anything. */
interface Case {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
}

function outcomeOf(tree: Checked, environment: Environment): boolean | 'error' | null {
  const cases = new Cases(environment);
  const closed = cases.close(tree);
  const tried = cases.list();
  const count = tried.reduce((product, { outcomes }) => product * outcomes.length, 1);
  if (count > CEL_CASES_TRIED_MAX) return null;
  const evaluate = evaluatorOf(
    closed,
    tried.map(({ name }) => name),
  );
  if (evaluate === null) return null;
  const seen = new Set<boolean | 'error'>();
  for (let index = 0; index < count; index++) {
    const evaluation = evaluate(combination(tried, index));
    if (evaluation.kind === 'error') seen.add('error');
    else if (evaluation.kind === 'literal' && evaluation.literal.type === 'bool') seen.add(evaluation.literal.value);
    else return null;
  }
  // An error is no answer: what is absent is asked for elsewhere.
  if (seen.size > 1) seen.delete('error');
  const [only, ...others] = seen;
  return only === undefined || others.length > 0 ? null : only;
}

function combination(cases: readonly Case[], index: number): readonly Outcome[] {
  let rest = index;
  return cases.map(({ outcomes }) => {
    const outcome = outcomes[rest % outcomes.length];
    rest = Math.floor(rest / outcomes.length);
    return outcome === undefined ? UNKNOWN : outcome;
  });
}

class Cases {
  readonly #environment: Environment;
  readonly #cases = new Map<string, Case>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  list(): readonly Case[] {
    return [...this.#cases.values()];
  }

  /** Replaces what is read of the request by variables. */
  close(node: Checked): Checked {
    const { start, end } = node;
    const anything = (): Checked => this.#variable('?', [UNKNOWN], { start, end });
    if (node.kind === 'match') return anything();
    if (node.kind === 'variable' && !node.isLocal) return anything();
    if (node.kind === 'get') {
      const field = this.#fieldAt(node);
      if (field === 'elsewhere') return { ...node, of: this.close(node.of) };
      return field === null ? anything() : this.#variable(`?${pathText(node)}`, outcomesOf(field), node);
    }
    if (node.kind === 'has') {
      const field = this.#fieldAt(node);
      if (field === 'elsewhere') return { ...node, of: this.close(node.of) };
      return this.#variable(`?has ${pathText(node)}`, field?.isRequired === true ? [true] : [true, false], node);
    }
    return mapChildren(node, (child) => this.close(child));
  }

  #variable(name: string, outcomes: readonly Outcome[], { start, end }: Range): Checked {
    this.#cases.set(name, { name, outcomes });
    return { kind: 'variable', name, isLocal: false, type: DYN, start, end };
  }

  /** What is declared of a path from a variable of the request; null: nothing; `elsewhere`: it is no such path. */
  #fieldAt(node: Checked & { readonly kind: 'get' | 'has' }): Field | null | 'elsewhere' {
    const record = this.#recordAt(node.of);
    return record === 'elsewhere' ? 'elsewhere' : (record?.fields.get(node.name) ?? null);
  }

  #recordAt(node: Checked): RecordType | null | 'elsewhere' {
    let type: Type | undefined;
    if (node.kind === 'variable' && !node.isLocal) type = this.#environment.variables.get(node.name)?.type;
    else if (node.kind === 'get') {
      const field = this.#fieldAt(node);
      if (field === 'elsewhere') return 'elsewhere';
      type = field?.type;
    } else return 'elsewhere';
    if (type === undefined) return null;
    const of = withoutNull(type);
    return of.kind === 'record' ? of.record : null;
  }
}

function pathText(node: Checked): string {
  if (node.kind === 'get' || node.kind === 'has') return `${pathText(node.of)}[${JSON.stringify(node.name)}]`;
  return node.kind === 'variable' ? node.name : '';
}

function outcomesOf({ type, values, isRequired }: Field): readonly Outcome[] {
  const of = withoutNull(type);
  const possible = values === null ? (of.kind === 'bool' ? [true, false] : [UNKNOWN]) : values.map(outcomeOfLiteral);
  return [...possible, ...(type.kind === 'nullable' ? [null] : []), ...(isRequired ? [] : [NO_SUCH_KEY])];
}

function outcomeOfLiteral(literal: Literal): Outcome {
  switch (literal.type) {
    case 'null':
      return null;
    case 'bool':
    case 'string':
      return literal.value;
    case 'int':
      return intOf(literal.value);
    case 'double':
      return new Double(literal.value);
    case 'uint':
    case 'bytes':
      return UNKNOWN;
  }
}
