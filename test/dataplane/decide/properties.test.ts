import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildEngine, decide, viewOf, visible, type Caller } from '../../../dataplane/decide/index.ts';
import type { Grant, Policy } from '../../../schemas/types/policy.ts';
import { callOf, catalog, NOBODY, policy, ticketsEntry, who } from './organisation.ts';

const NOW = 1_000;
const grants = fc.array(
  fc.record({
    to: fc.uniqueArray(fc.constantFrom(who.robot, who.frozen, who.payments, who.platform), { minLength: 1 }),
    allowlists: fc.subarray([0]),
    entries: fc.subarray([ticketsEntry(1), ticketsEntry(2), ticketsEntry(3)]),
    expires: fc.constantFrom(0, NOW - 1, NOW, NOW + 1),
  }),
  { maxLength: 6 },
);
const callers: fc.Arbitrary<Caller> = fc.oneof(
  fc.subarray([who.admin, who.frozen, who.payments, who.platform]).map((subjects) => caller('person', subjects)),
  fc.constant(caller('robot', [who.robot])),
);
const tools = ['docs_read_page', 'docs_search', 'shut', 't_open', 't_purge', 'nothing'];

function caller(kind: Caller['kind'], subjects: readonly number[]): Caller {
  return { ...NOBODY, kind, subjects };
}

function answers(of: Policy, from: Caller): readonly boolean[] {
  const built = buildEngine(of, catalog);
  if (!built.ok) throw new Error(built.message);
  const gateway = built.engine.gateway('desk');
  if (gateway === null) throw new Error('no gateway');
  const view = viewOf(gateway, from);
  const listed = visible(view, callOf(from, NOW, null)).slots.map((slot) => slot.exposed);
  const allowed = tools.map((tool) => decide(view, tool, callOf(from, NOW)).allow);
  expect(listed).toEqual(tools.filter((_tool, at) => allowed[at]));
  return allowed;
}

/** The rules of language.md, read off one by one without any table. */
function slowly(of: Policy, from: Caller, exposed: string): boolean {
  const isEnabledTeam = (at: number): boolean => {
    const subject = of.subjects[at];
    return subject?.kind === 'team' && subject.disabled === null;
  };
  const member = (at: number): boolean =>
    from.kind === 'robot'
      ? from.subjects.includes(at)
      : isEnabledTeam(at) && (from.subjects.includes(at) || from.subjects.includes(who.admin));
  const opens = (grant: Grant): boolean => {
    const entries = [...grant.entries, ...grant.allowlists.flatMap((at) => of.allowlists[at]?.entries ?? [])];
    return entries.some((entry) =>
      (of.sets[entry.tools] ?? []).some((at) => {
        const tool = catalog.definitions[at];
        const prefix = entry.assignment === 'docs' ? 'docs_' : 't_';
        const name = tool?.name === 'close' ? 'shut' : `${prefix}${tool?.name}`;
        return tool !== undefined && !tool.pending && name === exposed;
      }),
    );
  };
  return of.grants.some(
    (grant) => (grant.expires === 0 || NOW < grant.expires) && grant.to.some(member) && opens(grant),
  );
}

test('tables and a slow reading of the rules agree, and lists show what calls allow', () => {
  fc.assert(
    fc.property(grants, callers, (list, from) => {
      const of = policy(list);
      expect(answers(of, from)).toEqual(tools.map((tool) => slowly(of, from, tool)));
    }),
    { numRuns: 2_000 },
  );
});

test('the order of grants decides nothing, and one more grant takes nothing away', () => {
  fc.assert(
    fc.property(grants, callers, (list, from) => {
      expect(answers(policy(list.toReversed()), from)).toEqual(answers(policy(list), from));
      const fewer = answers(policy(list.slice(1)), from);
      const more = answers(policy(list), from);
      expect(fewer.every((allowed, at) => !allowed || more[at])).toBe(true);
    }),
    { numRuns: 500 },
  );
});
