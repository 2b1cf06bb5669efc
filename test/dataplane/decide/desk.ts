import { buildEngine, viewOf, type Caller, type View } from '../../../dataplane/decide/index.ts';
import type { Expr, Projection } from '../../../schemas/types/expression.ts';
import type { Grant, Policy } from '../../../schemas/types/policy.ts';
import { formsOf, guardOf, projectionOf, type GuardSketch } from '../../fixtures/expressions.ts';
import { catalog, NOBODY, policy, ticketsEntry, who } from './organisation.ts';

/** Definition of `open` in the catalog, which the desk exposes as `t_open`. */
const OPEN = 3;
/** The set that holds it alone. */
export const OPEN_SET = 2;

/** A grant of `open`; to the platform team unless said otherwise. */
export interface GrantSketch extends Partial<Pick<Grant, 'to' | 'expires'>> {
  readonly when?: Expr;
}

/** A guard before everything; `match` narrows it. */
export interface DeskGuard extends Omit<GuardSketch, 'when' | 'unless'> {
  readonly when?: Expr;
  readonly unless?: Expr;
}

export interface DeskSketch {
  readonly grants?: readonly GrantSketch[];
  readonly guards?: readonly DeskGuard[];
  readonly projection?: Projection | null;
}

/** What conditions of these tests read of the arguments of `open`. */
const ARGUMENTS = projectionOf({
  amount: { type: 'integer' },
  kind: { enum: ['bug', 'task'] },
  note: null,
  customer: projectionOf({ country: {} }),
});

const GRANT_RULE = 10;
const ENTRY_RULE = 20;
export const GUARD_RULE = 30;

/** Rule ids: grants from 10 on, their entries from 20 on, guards from 30 on. */
export function desk({ grants = [{}], guards = [], projection = ARGUMENTS }: DeskSketch): Policy {
  const expressions: Expr[] = [];
  const form = (expression: Expr | undefined): number =>
    expression === undefined ? -1 : expressions.push(expression) - 1;
  const lowered = grants.map(({ when, ...grant }, at) => ({
    rule: GRANT_RULE + at,
    to: [who.platform],
    entries: [{ ...ticketsEntry(OPEN_SET, form(when)), rule: ENTRY_RULE + at }],
    ...grant,
  }));
  const guarded = guards.map(({ when, unless, ...guard }, at) =>
    guardOf({ ...guard, ...(when && { when: form(when) }), ...(unless && { unless: form(unless) }) }, GUARD_RULE + at),
  );
  return policy(lowered, {
    claims: [
      { name: 'mfa', type: 'bool', optional: true },
      { name: 'level', type: 'int', optional: true },
      { name: 'score', type: 'double', optional: true },
      { name: 'sites', type: 'list', optional: true },
    ],
    ...formsOf(expressions),
    guards: guarded,
    projections: projection === null ? [] : [{ definition: OPEN, projection }],
  });
}

export const person = (more: Partial<Caller> = {}): Caller => ({
  ...NOBODY,
  subjects: [who.platform],
  id: 'corp:u1',
  email: 'ana@acme.dev',
  ...more,
});

export const robot: Caller = { ...NOBODY, kind: 'robot', subjects: [who.robot], id: 'bot' };

export const claims = (values: Readonly<Record<string, boolean | number | readonly string[]>>): Caller =>
  person({ claims: new Map(Object.entries(values)) });

export function deskView(of: Policy, caller: Caller): View {
  const built = buildEngine(of, catalog);
  if (!built.ok) throw new Error(built.message);
  const gateway = built.engine.gateway('desk');
  if (gateway === null) throw new Error('no gateway');
  return viewOf(gateway, caller);
}
