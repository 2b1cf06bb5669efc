import { childrenOf } from './children.ts';
import type { Expr, Fold } from '../../schemas/types/expression.ts';
import { MapBuilder } from './collection.ts';
import { Fault, mismatch } from './fault.ts';
import { charge, type Evaluate, type Frame } from './frame.ts';
import { undecided } from './logic.ts';
import { isList, MapValue, type Outcome, type Value } from './value.ts';

/** Which place of a frame has which variable, and which place is free. */
export interface Slots {
  readonly slots: ReadonlyMap<string, number>;
  readonly next: number;
}

/** Builds a part of a fold. */
export type BuildPart = (node: Expr, slots: Slots) => Evaluate;

/** What is done with each element, after its variables are set. False: no more elements. */
type Visit = (frame: Frame) => boolean;

/**
 * A fold as a function. The forms that the standard macros have are recognised: `all` and `exists`, which need no
 * accumulator, and those that collect a list or map, which would copy it for each element. Every element costs as many
 * steps as there are nodes to evaluate for it.
 */
export function buildFold(node: Fold, outer: Slots, build: BuildPart): Evaluate {
  const iter = outer.next;
  const accu = outer.next + 2;
  const next = outer.next + 3;
  const withAccu = new Map(outer.slots).set(node.accu, accu);
  const withIter = new Map(withAccu).set(node.iter, iter);
  if (node.iter2 !== null) withIter.set(node.iter2, iter + 1);
  const inside: Slots = { slots: withIter, next };
  const range = build(node.range, outer);
  const steps = 1 + nodesOf(node.cond) + nodesOf(node.step);
  const each = iteration(range, iter, node.iter2 !== null, steps);

  const quantified = quantifier(node);
  if (quantified !== null) return quantify(each, build(quantified.predicate, inside), quantified.ends);
  const collected = collector(node);
  if (collected !== null) {
    const filter = collected.filter === null ? null : build(collected.filter, inside);
    const parts = collected.parts.map((part) => build(part, inside));
    return collect(each, collected.into, filter, parts);
  }
  return general(each, accu, {
    init: build(node.init, outer),
    cond: build(node.cond, inside),
    step: build(node.step, inside),
    result: build(node.result, { slots: withAccu, next }),
  });
}

/** Goes through a list or map; a fault when the range is neither, or the budget is exceeded. */
type Iteration = (frame: Frame, visit: Visit) => Fault | null;

function iteration(range: Evaluate, iter: number, isTwo: boolean, steps: number): Iteration {
  return (frame, visit) => {
    const collection = range(frame);
    const { values } = frame;
    if (isList(collection)) {
      for (let index = 0; index < collection.length; index++) {
        const exceeded = charge(frame, steps);
        if (exceeded !== null) return exceeded;
        const element = collection[index] ?? null;
        values[iter] = isTwo ? index : element;
        if (isTwo) values[iter + 1] = element;
        if (!visit(frame)) return null;
      }
      return null;
    }
    if (!(collection instanceof MapValue)) return mismatch(collection);
    for (const [key, value] of collection.entries) {
      const exceeded = charge(frame, steps);
      if (exceeded !== null) return exceeded;
      values[iter] = collection.keyValue(key);
      if (isTwo) values[iter + 1] = value;
      if (!visit(frame)) return null;
    }
    return null;
  };
}

interface Parts {
  readonly init: Evaluate;
  readonly cond: Evaluate;
  readonly step: Evaluate;
  readonly result: Evaluate;
}

function general(each: Iteration, accu: number, { init, cond, step, result }: Parts): Evaluate {
  return (frame) => {
    const first = init(frame);
    let stopped: Fault | null = null;
    let isFirst = true;
    const fault = each(frame, () => {
      // Here and not before: a fold in the range may have used the same place.
      if (isFirst) frame.values[accu] = first;
      isFirst = false;
      const goesOn = cond(frame);
      if (goesOn === true) frame.values[accu] = step(frame);
      else if (goesOn !== false) stopped = mismatch(goesOn);
      return goesOn === true;
    });
    if (fault !== null) return fault;
    if (stopped !== null) return stopped;
    if (isFirst) frame.values[accu] = first;
    return result(frame);
  };
}

/** `all` ends with the first false, `exists` with the first true; errors and the unknown are absorbed by what ends it. */
function quantify(each: Iteration, predicate: Evaluate, ends: boolean): Evaluate {
  return (frame) => {
    let outcome: Outcome = !ends;
    const fault = each(frame, () => {
      const holds = predicate(frame);
      if (holds === ends) {
        outcome = ends;
        return false;
      }
      if (holds !== !ends) outcome = undecided(outcome, holds);
      return true;
    });
    return fault ?? outcome;
  };
}

/** Collects what `parts` give for each element that `filter` lets through. The first fault is the outcome. */
function collect(
  each: Iteration,
  into: Collector['into'],
  filter: Evaluate | null,
  parts: readonly Evaluate[],
): Evaluate {
  return (frame) => {
    const list: Value[] = [];
    const map = new MapBuilder();
    let stopped: Fault | null = null;
    const fault = each(frame, () => {
      const passes = filter === null ? true : filter(frame);
      if (passes === true) stopped = insert(frame, into, parts, list, map);
      else if (passes !== false) stopped = mismatch(passes);
      return stopped === null;
    });
    return fault ?? stopped ?? (into === 'list' ? list : map.build());
  };
}

function insert(
  frame: Frame,
  into: Collector['into'],
  parts: readonly Evaluate[],
  list: Value[],
  map: MapBuilder,
): Fault | null {
  const [first, second] = parts;
  const value = first === undefined ? null : first(frame);
  if (value instanceof Fault) return value;
  if (into === 'list') {
    list.push(value);
    return null;
  }
  if (into === 'map') {
    const paired = second === undefined ? null : second(frame);
    return paired instanceof Fault ? paired : map.add(value, paired);
  }
  if (!(value instanceof MapValue)) return mismatch(value);
  return charge(frame, value.entries.size) ?? map.addAll(value);
}

interface Quantifier {
  readonly predicate: Expr;
  readonly ends: boolean;
}

/** `all`: true, while not false, `accu && predicate`. `exists`: false, while not true, `accu || predicate`. */
function quantifier({ accu, init, cond, step, result }: Fold): Quantifier | null {
  if (init.k !== 'const' || typeof init.v !== 'boolean' || step.k !== 'call' || !isVariable(result, accu)) return null;
  const [before, predicate] = step.args;
  const ends = !init.v;
  if (step.fn !== (ends ? 'logical_or' : 'logical_and') || before === undefined || predicate === undefined) return null;
  if (!isVariable(before, accu) || mentions(predicate, accu)) return null;
  return isWhileUndecided(cond, accu, ends) ? { predicate, ends } : null;
}

/** `@not_strictly_false(accu)`, or of `!accu` for `exists`. */
function isWhileUndecided(cond: Expr, accu: string, ends: boolean): boolean {
  const [operand] = cond.k === 'call' && cond.fn === 'not_strictly_false' ? cond.args : [];
  if (operand === undefined) return false;
  if (!ends) return isVariable(operand, accu);
  const [negated] = operand.k === 'call' && operand.fn === 'logical_not' ? operand.args : [];
  return negated !== undefined && isVariable(negated, accu);
}

interface Collector {
  readonly into: 'list' | 'map' | 'maps';
  readonly filter: Expr | null;
  readonly parts: readonly Expr[];
}

/** Folds that only ever add to an empty list or map, perhaps not for every element. */
function collector({ accu, init, cond, step, result }: Fold): Collector | null {
  if (cond.k !== 'const' || cond.v !== true || !isVariable(result, accu)) return null;
  const branches = step.k === 'call' && step.fn === 'conditional' ? step.args : null;
  const [filter = null, adding = step, otherwise = null] = branches ?? [];
  if (adding.k !== 'call') return null;
  if (filter !== null && (mentions(filter, accu) || otherwise === null || !isVariable(otherwise, accu))) return null;
  const [before, ...added] = adding.args;
  if (before === undefined || !isVariable(before, accu) || added.some((part) => mentions(part, accu))) return null;
  const [first] = added;
  const isEmptyMap = init.k === 'map' && init.entries.length === 0;
  if (adding.fn === 'map_insert' && isEmptyMap) return { into: 'map', filter, parts: added };
  if (adding.fn === 'map_insert_map' && isEmptyMap) return { into: 'maps', filter, parts: added };
  const isAppending = adding.fn === 'add_list' || adding.fn === 'dyn_add';
  if (!isAppending || init.k !== 'list' || init.items.length > 0) return null;
  return first?.k === 'list' && first.items.length === 1 ? { into: 'list', filter, parts: first.items } : null;
}

function isVariable(node: Expr, name: string): boolean {
  return node.k === 'var' && node.name === name;
}

/** Whether a variable of this name occurs at all, be it another one that a fold within introduces. */
function mentions(node: Expr, name: string): boolean {
  return isVariable(node, name) || childrenOf(node).some((child) => mentions(child, name));
}

function nodesOf(node: Expr): number {
  return childrenOf(node).reduce((sum, child) => sum + nodesOf(child), 1);
}
