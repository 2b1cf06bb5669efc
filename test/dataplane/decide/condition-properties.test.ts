import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, viewOf, visible, type Caller, type Decision } from '../../../dataplane/decide/index.ts';
import type { Expr } from '../../../schemas/types/expression.ts';
import type { Policy } from '../../../schemas/types/policy.ts';
import {
  and,
  bool,
  call,
  equals,
  failing,
  get,
  has,
  int,
  less,
  not,
  now,
  or,
  str,
  timestamp,
} from '../../fixtures/expressions.ts';
import { claims, desk, deskView, person, robot, type DeskGuard, type GrantSketch } from './desk.ts';
import { callOf, who } from './organisation.ts';

const NOW = Date.UTC(2026, 10, 20, 10);

/** Small conditions that come out as true, false, an error or no bool, on everything that a condition may read. */
const conditions: fc.Arbitrary<Expr> = fc.letrec<{ condition: Expr }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      bool(true),
      bool(false),
      failing,
      int(1),
      less(get('args', 'amount'), int(5)),
      equals(get('args', 'kind'), str('bug')),
      has('args', 'amount'),
      get('claims', 'mfa'),
      has('claims', 'mfa'),
      less(get('claims', 'level'), int(2)),
      equals(get('principal', 'kind'), str('robot')),
      equals(get('client', 'id'), str('https://claude')),
      call('less_timestamp', now, timestamp('2026-11-20T09:00:00Z')),
      call('less_timestamp', now, timestamp('2026-11-20T11:00:00Z')),
    ),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => and(a, b)),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => or(a, b)),
    fc.tuple(tie('condition'), tie('condition'), tie('condition')).map(([a, b, c]) => call('conditional', a, b, c)),
    tie('condition').map(not),
  ),
})).condition;

const grants: fc.Arbitrary<GrantSketch> = fc
  .tuple(
    fc.subarray([who.robot, who.frozen, who.payments, who.platform], { minLength: 1 }),
    fc.constantFrom(0, NOW, NOW + 1),
    fc.option(conditions, { nil: null }),
  )
  .map(([to, expires, when]) => ({ to, expires, ...(when && { when }) }));

const guards: fc.Arbitrary<DeskGuard> = fc
  .record({
    key: fc.constantFrom('when', 'unless'),
    condition: conditions,
    hide: fc.boolean(),
    mode: fc.constantFrom('enforce' as const, 'enforce' as const, 'alert' as const),
    match: fc.oneof(
      fc.constant({}),
      fc.record({ kinds: fc.subarray(['person' as const, 'robot' as const], { minLength: 1 }) }),
      fc.record({ subjects: fc.subarray([who.frozen, who.payments, who.platform], { minLength: 1 }) }),
    ),
  })
  .map(({ key, condition, ...guard }) => ({ [key]: condition, ...guard }));

const people = fc
  .tuple(
    fc.subarray([who.admin, who.frozen, who.payments, who.platform]),
    fc.constantFrom({}, { mfa: true }, { mfa: false, level: 1 }, { level: 3 }),
    fc.constantFrom('', 'https://claude'),
  )
  .map(([subjects, values, clientId]): Caller => ({ ...person(), claims: claims(values).claims, subjects, clientId }));
const callers: fc.Arbitrary<Caller> = fc.oneof(
  { weight: 4, arbitrary: people },
  { weight: 1, arbitrary: fc.constant(robot) },
);

const args = fc.constantFrom(
  '{}',
  '{"amount":1}',
  '{"amount":9,"kind":"bug"}',
  '{"amount":1,"kind":"task"}',
  '{"amount":"1"}',
  '{"amount":1,"force":true}',
);

const sketches = fc.record({
  grants: fc.array(grants, { maxLength: 4 }),
  guards: fc.array(guards, { maxLength: 3 }),
});
const scenes = fc.tuple(sketches, callers, args);
type Scene = [sketch: { grants: GrantSketch[]; guards: DeskGuard[] }, caller: Caller, args: string];

const decideIn = (of: Policy, caller: Caller, json: string, nowMs = NOW): Decision =>
  decide(deskView(of, caller), 't_open', callOf(caller, nowMs, json));

const isListed = (of: Policy, caller: Caller): boolean =>
  visible(deskView(of, caller), callOf(caller, NOW, null)).slots.some((slot) => slot.exposed === 't_open');

const runs = { numRuns: 3_000 };
const forAll = (holds: (...scene: Scene) => void): void => {
  fc.assert(
    fc.property(scenes, (scene) => holds(...scene)),
    runs,
  );
};

test('what is allowed is visible, and a denial is hidden exactly where the tool is not visible', () => {
  let allowed = 0;
  forAll((sketch, caller, json) => {
    const of = desk(sketch);
    const decision = decideIn(of, caller, json);
    const listed = isListed(of, caller);
    if (decision.allow) allowed++;
    expect(decision.allow ? listed : decision.hidden === !listed).toBe(true);
  });
  expect(allowed).toBeGreaterThan(300);
});

test('one more grant takes nothing away', () => {
  fc.assert(
    fc.property(scenes, grants, ([sketch, caller, json], more) => {
      // Except by making who may use all gateways a member of one more team, which guards may name (rule 7).
      const granted = new Set(sketch.grants.flatMap(({ to }) => to ?? []));
      fc.pre(!caller.subjects.includes(who.admin) || (more.to ?? []).every((to) => granted.has(to)));
      const before = decideIn(desk(sketch), caller, json);
      const after = decideIn(desk({ ...sketch, grants: [...sketch.grants, more] }), caller, json);
      expect(before.allow && !after.allow).toBe(false);
    }),
    runs,
  );
});

test('one more guard gives nothing, and in alert mode it changes no answer', () => {
  fc.assert(
    fc.property(scenes, guards, ([sketch, caller, json], more) => {
      const before = decideIn(desk(sketch), caller, json);
      const after = decideIn(desk({ ...sketch, guards: [...sketch.guards, more] }), caller, json);
      expect(after.allow && !before.allow).toBe(false);
      if (more.mode === 'alert') expect({ ...after, alerts: [] }).toEqual({ ...before, alerts: [] });
    }),
    runs,
  );
});

test('disabling a team gives nothing', () => {
  fc.assert(
    fc.property(scenes, fc.constantFrom(who.payments, who.platform), ([sketch, caller, json], team) => {
      const of = desk(sketch);
      const subjects = of.subjects.map((subject, at) =>
        at === team && subject.kind === 'team' ? { ...subject, disabled: '' } : subject,
      );
      const before = decideIn(of, caller, json);
      const after = decideIn({ ...of, subjects }, caller, json);
      expect(after.allow && !before.allow).toBe(false);
    }),
    runs,
  );
});

test('an expiry gives nothing', () => {
  fc.assert(
    fc.property(scenes, fc.nat(3), ([sketch, caller, json], which) => {
      const expired = sketch.grants.map((grant, at) => (at === which ? { ...grant, expires: NOW } : grant));
      const before = decideIn(desk(sketch), caller, json);
      const after = decideIn(desk({ ...sketch, grants: expired }), caller, json);
      expect(after.allow && !before.allow).toBe(false);
    }),
    runs,
  );
});

test('the order of grants and guards decides nothing', () => {
  forAll((sketch, caller, json) => {
    const turned = desk({ grants: sketch.grants.toReversed(), guards: sketch.guards.toReversed() });
    const before = decideIn(desk(sketch), caller, json);
    const after = decideIn(turned, caller, json);
    expect({ allow: after.allow, hidden: after.hidden }).toEqual({ allow: before.allow, hidden: before.hidden });
    expect(after.alerts.length).toBe(before.alerts.length);
    expect(isListed(turned, caller)).toBe(isListed(desk(sketch), caller));
  });
});

test('a view that is shared decides like one of its own', () => {
  fc.assert(
    fc.property(sketches, fc.array(fc.tuple(callers, args), { minLength: 2, maxLength: 6 }), (sketch, asked) => {
      const of = desk(sketch);
      const { gateway } = deskView(of, person());
      for (const [caller, json] of asked) {
        const shared = viewOf(gateway, caller);
        expect(decide(shared, 't_open', callOf(caller, NOW, json))).toEqual(
          expect.objectContaining({ reason: decideIn(of, caller, json).reason }),
        );
        const slots = visible(shared, callOf(caller, NOW, null)).slots;
        expect(slots.some((slot) => slot.exposed === 't_open')).toBe(isListed(of, caller));
      }
    }),
    { numRuns: 500 },
  );
});
