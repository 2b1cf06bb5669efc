import { BUNDLE_ROWS_MAX, BUNDLE_TEXT_UNITS_MAX } from '../limits.ts';

/** Where and why a value does not have its shape. */
interface Fault {
  /** Members and indices, outermost first. */
  readonly path: (string | number)[];
  message: string;
}

/**
 * Says whether a parsed JSON value has the type T, and where not: what `schemas/` says, without a schema compiler,
 * since those generate code. Shapes check in place and copy nothing.
 */
export type Shape<T> = (value: unknown, fault: Fault) => value is T;

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly at: string; readonly message: string };

/** The value as a T, or the place (`gateways[3].name`) and the first reason why not. */
export function decodeShape<T>(shape: Shape<T>, value: unknown): Decoded<T> {
  const fault: Fault = { path: [], message: '' };
  if (shape(value, fault)) return { ok: true, value };
  const at = fault.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return { ok: false, at: at.startsWith('.') ? at.slice(1) : at, message: fault.message };
}

/** A text, of at most so many UTF-16 units. */
export function text(pattern: RegExp | null = null, unitsMax: number = BUNDLE_TEXT_UNITS_MAX): Shape<string> {
  return (value, fault): value is string => {
    if (typeof value !== 'string') return wrong(fault, 'expected a text');
    if (value.length > unitsMax) return wrong(fault, `longer than ${unitsMax} characters`);
    return pattern === null || pattern.test(value) || wrong(fault, `expected a text like ${pattern.source}`);
  };
}

/** An integer that JavaScript holds exactly. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, fault): value is number =>
    (Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max && !Object.is(value, -0)) ||
    wrong(fault, `expected an integer from ${min} to ${max}`);
}

export function boolean(): Shape<boolean> {
  return (value, fault): value is boolean => typeof value === 'boolean' || wrong(fault, 'expected true or false');
}

/** One of these scalars. */
export function literal<const T extends string | number | null>(...allowed: readonly T[]): Shape<T> {
  const values = new Set<unknown>(allowed);
  return (value, fault): value is T =>
    values.has(value) || wrong(fault, `expected one of ${allowed.map(String).join(', ')}`);
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, fault): value is T | null => value === null || shape(value, fault);
}

/** An array of at most so many items. */
export function list<T>(item: Shape<T>, itemsMax: number = BUNDLE_ROWS_MAX): Shape<readonly T[]> {
  return (value, fault): value is readonly T[] => {
    if (!Array.isArray(value)) return wrong(fault, 'expected a list');
    if (value.length > itemsMax) return wrong(fault, `more than ${itemsMax} items`);
    for (let at = 0; at < value.length; at++) {
      if (!item(value[at], fault)) return within(fault, at);
    }
    return true;
  };
}

/** A mapping from any names to values of one shape. */
export function record<T>(item: Shape<T>, membersMax: number = BUNDLE_ROWS_MAX): Shape<Readonly<Record<string, T>>> {
  return (value, fault): value is Readonly<Record<string, T>> => {
    if (!isObject(value)) return wrong(fault, 'expected a mapping');
    const keys = Object.keys(value);
    if (keys.length > membersMax) return wrong(fault, `more than ${membersMax} members`);
    for (const key of keys) {
      if (!item(value[key], fault)) return within(fault, key);
    }
    return true;
  };
}

/** Exactly these members: a missing one and an unknown one are both refused. */
export function object<T extends object>(members: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries(members));
  return (value, fault): value is T => {
    if (!isObject(value)) return wrong(fault, 'expected an object');
    for (const [key, shape] of shapes) {
      if (!Object.hasOwn(value, key)) return wrong(fault, `lacks ${key}`);
      if (!shape(value[key], fault)) return within(fault, key);
    }
    for (const key of Object.keys(value)) {
      if (!shapes.has(key)) return wrong(fault, `has the unknown member ${JSON.stringify(key)}`);
    }
    return true;
  };
}

/** One of several objects, told apart by the text in one member. */
export function tagged<T extends object>(tag: string, variants: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const shapes = new Map(Object.entries(variants));
  return (value, fault): value is T => {
    const shape = isObject(value) ? shapes.get(String(value[tag])) : undefined;
    if (shape === undefined) return wrong(fault, `expected ${tag} to be one of ${[...shapes.keys()].join(', ')}`);
    return shape(value, fault);
  };
}

/** One of several objects, told apart by which of these members it has. */
export function keyed<T extends object>(variants: Readonly<Record<string, Shape<T>>>): Shape<T> {
  const shapes = Object.entries(variants);
  return (value, fault): value is T => {
    const [, shape] = shapes.find(([key]) => isObject(value) && Object.hasOwn(value, key)) ?? [];
    if (shape === undefined) return wrong(fault, `lacks ${shapes.map(([key]) => key).join(' or ')}`);
    return shape(value, fault);
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function wrong(fault: Fault, message: string): false {
  fault.message = message;
  return false;
}

function within(fault: Fault, part: string | number): false {
  fault.path.unshift(part);
  return false;
}
