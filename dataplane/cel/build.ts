import type { Call, Const, Expr, Fold, ListOf, MapOf, Member } from '../../schemas/types/expression.ts';
import type { RegexEngine, RegexPattern } from '../content/regex/engine.ts';
import { re2js } from '../content/regex/re2js.ts';
import { EXPRESSION_STEPS_MAX } from '../limits.ts';
import { hasMember, MapBuilder, MemberReader } from './collection.ts';
import { constantValue } from './constant.ts';
import { decodeExpression, type ExpressionFailure } from './decode.ts';
import { Fault, isError, mismatch, NO_SUCH_OVERLOAD, NO_SUCH_VARIABLE, STEPS_EXCEEDED, UNKNOWN } from './fault.ts';
import { buildFold, type Slots } from './fold.ts';
import { Frame, type Evaluate } from './frame.ts';
import { implementationOf } from './functions.ts';
import { and, conditional, or } from './logic.ts';
import { buildMatch } from './match.ts';
import { specialize } from './specialize.ts';
import type { Outcome, Value } from './value.ts';

/** An expression as functions. Immutable; any number of frames may be evaluated with it. */
export interface BuiltExpression {
  /**
   * HOT PATH: once per condition and call. Cannot throw, and allocates only where values are made that CEL makes (lists,
   * texts, doubles). Of a condition, `true` and `false` are what it says; `UNKNOWN` that it depends on what is unknown;
   * any other outcome, an error or not a bool, that it cannot be relied on.
   */
  evaluate(frame: Frame): Outcome;
}

export type BuildResult =
  | { readonly ok: true; readonly expression: BuiltExpression }
  | { readonly ok: false; readonly reason: ExpressionFailure; readonly at: string };

/** What an expression is built for. */
export interface BuildScope {
  /** In the order in which frames have their values. */
  readonly variables: readonly string[];
  /** The policy's patterns, compiled. */
  readonly patterns: readonly RegexPattern[];
  /** What compiled them; re2js when absent. */
  readonly regex?: RegexEngine;
}

/** The variables of a condition, in the order in which its frames have them. */
export const CONDITION_VARIABLES = ['args', 'claims', 'client', 'now', 'principal'] as const;

/** Makes functions of an expression, after checking it with `decodeExpression`. Constant parts are computed here, once. */
export function buildCondition(expression: Expr, scope: BuildScope): BuildResult {
  const { variables, patterns } = scope;
  const decoded = decodeExpression(expression, { variables, patterns: patterns.length });
  if (!decoded.ok) return decoded;
  const builder = new Builder(scope);
  const slots = new Map(variables.map((name, slot): [string, number] => [name, slot]));
  const { evaluate } = builder.build(decoded.expression, { slots, next: variables.length });
  return { ok: true, expression: withBudget(evaluate, variables.length, builder.frameSize) };
}

/** A node as a function, and its value when it has the same one every time. */
export interface Built {
  readonly evaluate: Evaluate;
  readonly constant: Value | undefined;
}

function withBudget(evaluate: Evaluate, variableCount: number, frameSize: number): BuiltExpression {
  return {
    evaluate(frame) {
      frame.steps = EXPRESSION_STEPS_MAX;
      while (frame.values.length < frameSize) frame.values.push(NO_SUCH_VARIABLE);
      const outcome = evaluate(frame);
      return frame.steps < 0 ? exceeded(frame, variableCount) : outcome;
    },
  };
}

/** What is unknown may turn out to make the costly part unnecessary, so it is no error as long as anything is. */
function exceeded(frame: Frame, variableCount: number): Fault {
  return frame.values.slice(0, variableCount).includes(UNKNOWN) ? UNKNOWN : STEPS_EXCEEDED;
}

class Builder {
  /** How many variables there are at once, those of folds included. */
  frameSize = 0;
  /** Of what is computed while building: one budget for all of it. */
  readonly #frame = new Frame([]);
  readonly #patterns: readonly RegexPattern[];
  readonly #regex: RegexEngine;

  constructor({ patterns, regex = re2js }: BuildScope) {
    this.#patterns = patterns;
    this.#regex = regex;
  }

  build(node: Expr, slots: Slots): Built {
    this.frameSize = Math.max(this.frameSize, slots.next);
    switch (node.k) {
      case 'const':
        return buildConstant(node);
      case 'var':
        return dynamic(variable(slots.slots.get(node.name) ?? -1));
      case 'get':
      case 'has':
        return this.#member(node, slots);
      case 'call':
        return this.#call(node, slots);
      case 'match':
        return this.#match(this.build(node.of, slots), this.#patterns[node.pattern]);
      case 'list':
        return this.#list(node, slots);
      case 'map':
        return this.#map(node, slots);
      case 'fold':
        return this.#fold(node, slots);
    }
  }

  #member({ k, of, name }: Member, slots: Slots): Built {
    if (k === 'has') {
      const { evaluate } = this.build(of, slots);
      return dynamic((frame) => hasMember(evaluate(frame), name));
    }
    const reader = new MemberReader(name);
    if (of.k === 'var') return dynamic(memberOfVariable(slots.slots.get(of.name) ?? -1, reader));
    if (of.k === 'get' && of.of.k === 'var') {
      return dynamic(memberOfMember(slots.slots.get(of.of.name) ?? -1, new MemberReader(of.name), reader));
    }
    const { evaluate } = this.build(of, slots);
    return dynamic((frame) => reader.read(evaluate(frame)));
  }

  #call({ fn, args }: Call, slots: Slots): Built {
    const built = args.map((arg) => this.build(arg, slots));
    const evaluate =
      specialize(fn, built) ??
      generalCall(
        fn,
        built.map(({ evaluate }) => evaluate),
      );
    return built.every(({ constant }) => constant !== undefined) ? this.#folded(evaluate) : dynamic(evaluate);
  }

  #match({ evaluate }: Built, pattern: RegexPattern | undefined): Built {
    // Decoding refused every pattern that there is not.
    return dynamic(pattern === undefined ? () => NO_SUCH_OVERLOAD : buildMatch(evaluate, pattern, this.#regex));
  }

  #list({ items }: ListOf, slots: Slots): Built {
    const built = items.map((item) => this.build(item, slots));
    const evaluate: Evaluate = (frame) => {
      const list: Value[] = [];
      let unknown = false;
      for (const item of built) {
        const value = item.evaluate(frame);
        if (!(value instanceof Fault)) list.push(value);
        else if (isError(value)) return value;
        else unknown = true;
      }
      return unknown ? UNKNOWN : list;
    };
    return built.every(({ constant }) => constant !== undefined) ? this.#folded(evaluate) : dynamic(evaluate);
  }

  #map({ entries }: MapOf, slots: Slots): Built {
    const built = entries.map(({ key, value }) => ({ key: this.build(key, slots), value: this.build(value, slots) }));
    const evaluate: Evaluate = (frame) => {
      const builder = new MapBuilder();
      let unknown = false;
      for (const entry of built) {
        const key = entry.key.evaluate(frame);
        const value = entry.value.evaluate(frame);
        if (key instanceof Fault || value instanceof Fault) {
          const fault = mismatch(key, value);
          if (isError(fault)) return fault;
          unknown = true;
          continue;
        }
        const fault = builder.add(key, value);
        if (fault !== null) return fault;
      }
      return unknown ? UNKNOWN : builder.build();
    };
    const isConstant = built.every(({ key, value }) => key.constant !== undefined && value.constant !== undefined);
    return isConstant ? this.#folded(evaluate) : dynamic(evaluate);
  }

  /** A node whose operands are constants: computed now, unless that fails, which then happens each time. */
  #folded(evaluate: Evaluate): Built {
    const value = evaluate(this.#frame);
    if (value instanceof Fault) return dynamic(evaluate);
    return { evaluate: () => value, constant: value };
  }

  #fold(node: Fold, slots: Slots): Built {
    return dynamic(buildFold(node, slots, (part, within) => this.build(part, within).evaluate));
  }
}

function buildConstant(node: Const): Built {
  const value = constantValue(node);
  // Decoding refused every other constant.
  if (value === undefined) return dynamic(() => NO_SUCH_OVERLOAD);
  return { evaluate: () => value, constant: value };
}

function dynamic(evaluate: Evaluate): Built {
  return { evaluate, constant: undefined };
}

function variable(slot: number): Evaluate {
  return (frame) => {
    const value = frame.values[slot];
    return value === undefined ? NO_SUCH_VARIABLE : value;
  };
}

/** `args.amount`: most conditions are made of these. */
function memberOfVariable(slot: number, reader: MemberReader): Evaluate {
  return (frame) => {
    const record = frame.values[slot];
    return record === undefined ? NO_SUCH_VARIABLE : reader.read(record);
  };
}

/** `args.customer.country`. */
function memberOfMember(slot: number, outer: MemberReader, inner: MemberReader): Evaluate {
  return (frame) => {
    const record = frame.values[slot];
    return record === undefined ? NO_SUCH_VARIABLE : inner.read(outer.read(record));
  };
}

/** A call of any function with any operands. */
function generalCall(fn: string, operands: readonly Evaluate[]): Evaluate {
  const [a, b, c, d] = operands;
  if (fn === 'logical_and' && a !== undefined && b !== undefined) return and(a, b);
  if (fn === 'logical_or' && a !== undefined && b !== undefined) return or(a, b);
  if (fn === 'conditional' && a !== undefined && b !== undefined && c !== undefined) return conditional(a, b, c);
  const implementation = implementationOf(fn);
  if (implementation?.arity === 1 && a !== undefined) {
    const { run } = implementation;
    return (frame) => run(a(frame), frame);
  }
  if (implementation?.arity === 2 && a !== undefined && b !== undefined) {
    const { run } = implementation;
    return (frame) => run(a(frame), b(frame), frame);
  }
  if (implementation?.arity === 3 && a !== undefined && b !== undefined && c !== undefined) {
    const { run } = implementation;
    return (frame) => run(a(frame), b(frame), c(frame), frame);
  }
  if (implementation?.arity === 4 && a !== undefined && b !== undefined && c !== undefined && d !== undefined) {
    const { run } = implementation;
    return (frame) => run(a(frame), b(frame), c(frame), d(frame), frame);
  }
  return () => NO_SUCH_OVERLOAD;
}
