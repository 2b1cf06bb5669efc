import { CONDITION_VARIABLES } from '../cel/build.ts';
import { Double, RecordShape, Timestamp, type MapValue, type Outcome } from '../cel/value.ts';
import { UNKNOWN } from '../cel/fault.ts';
import { Frame } from '../cel/frame.ts';
import type { ProjectionPlan } from '../cel/projection-plan.ts';
import { ARGUMENT_READINGS_MAX } from '../limits.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Caller } from './caller.ts';

/** The arguments as conditions read them, or where and how they do not fit what the reviewed schema declares. */
export type ArgumentsResult =
  { readonly ok: true; readonly value: MapValue } | { readonly ok: false; readonly problem: string };

/** Reads the arguments of a call as far as a projection asks (language.md, rule 11). Total. */
export type ArgumentsReader = (projection: ProjectionPlan) => ArgumentsResult;

/** One call, as conditions see it: who, when, with which arguments. What no condition asks for is never computed. */
export class Call {
  readonly caller: Caller;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly #read: ArgumentsReader | null;
  #frame: Frame | null = null;
  #plan: ProjectionPlan | null = null;
  #problem: string | null = null;
  #resourceFrame: Frame | null = null;
  #listing: Call | null = null;
  /** Of arguments that do not fit the plan: what single conditions read of them. */
  #apart: Map<ProjectionPlan, ArgumentsResult> | null = null;

  /** @param read null = the arguments are not known, and neither is the time of the call: a list is made. */
  constructor(caller: Caller, nowMs: number, read: ArgumentsReader | null) {
    this.caller = caller;
    this.nowMs = nowMs;
    this.#read = read;
  }

  /** The variables, in the order of `CONDITION_VARIABLES`. Arguments are unknown until `readArguments`. */
  frame(policy: Policy): Frame {
    this.#frame ??= new Frame([
      UNKNOWN,
      claimsOf(policy, this.caller),
      CLIENT.record([this.caller.clientId]),
      this.#read === null ? UNKNOWN : timestampOf(this.nowMs),
      PRINCIPAL.record([this.caller.email, this.caller.id, this.caller.kind]),
    ]);
    return this.#frame;
  }

  /** The variables, with the URI of a resource as all arguments there are (language.md, Conditions). Valid until the next. */
  resourceFrame(policy: Policy, uri: string): Frame {
    this.#resourceFrame ??= new Frame(this.frame(policy).values.slice(0, CONDITION_VARIABLES.length));
    this.#resourceFrame.values[0] = RESOURCE.record([uri]);
    return this.#resourceFrame;
  }

  /** The same caller and moment, with everything unknown that only a call brings. */
  get listing(): Call {
    if (this.#read === null) return this;
    this.#listing ??= new Call(this.caller, this.nowMs, null);
    return this.#listing;
  }

  /**
   * Puts the arguments into the frame, once; those that do not fit stay unknown. Null when they fit, or are not known; else
   * where and how they do not.
   */
  readArguments(policy: Policy, plan: ProjectionPlan): string | null {
    if (this.#read === null) return null;
    if (this.#plan === plan) return this.#problem;
    const read = this.#read(plan);
    this.#plan = plan;
    this.#problem = read.ok ? null : read.problem;
    this.frame(policy).values[0] = read.ok ? read.value : UNKNOWN;
    this.#apart?.clear();
    return this.#problem;
  }

  /**
   * Of arguments that do not fit all that conditions of a tool read: puts into the frame what one of them reads, if that
   * much fits, else unknown. After `ARGUMENT_READINGS_MAX` different ones always unknown.
   */
  readApart(policy: Policy, plan: ProjectionPlan): void {
    if (this.#read === null) return;
    this.#apart ??= new Map();
    let read = this.#apart.get(plan);
    if (read === undefined && this.#apart.size < ARGUMENT_READINGS_MAX) {
      read = this.#read(plan);
      this.#apart.set(plan, read);
    }
    this.frame(policy).values[0] = read?.ok === true ? read.value : UNKNOWN;
  }
}

const RESOURCE = new RecordShape(['uri']);
const CLIENT = new RecordShape(['id']);
const PRINCIPAL = new RecordShape(['email', 'id', 'kind']);
const claimsShapes = new WeakMap<Policy, RecordShape>();

function claimsOf(policy: Policy, caller: Caller): MapValue {
  let shape = claimsShapes.get(policy);
  if (shape === undefined) {
    shape = new RecordShape(policy.claims.map(({ name }) => name));
    claimsShapes.set(policy, shape);
  }
  return shape.record(
    policy.claims.map(({ name, type }) => {
      const value = caller.claims.get(name);
      return type === 'double' && typeof value === 'number' ? new Double(value) : value;
    }),
  );
}

function timestampOf(ms: number): Outcome {
  const seconds = Math.floor(ms / 1_000);
  return new Timestamp(seconds, (ms - seconds * 1_000) * 1_000_000);
}
