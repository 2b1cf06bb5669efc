import { expect, test } from 'vitest';
import type { Policy } from '../../../schemas/types/policy.ts';
import {
  buildEngine,
  decide,
  viewOf,
  visible,
  type Caller,
  type View,
  type Visible,
} from '../../../dataplane/decide/index.ts';
import { callOf, catalog, NOBODY, policy, ticketsEntry, who, YEAR_2027 } from './organisation.ts';

const NOW = Date.UTC(2026, 10, 20);

function viewIn(of: Policy, caller: Partial<Caller>): View {
  const built = buildEngine(of, catalog);
  if (!built.ok) throw new Error(built.message);
  const gateway = built.engine.gateway('desk');
  if (gateway === null) throw new Error('no gateway');
  return viewOf(gateway, { ...NOBODY, ...caller });
}

/** Nothing here depends on more of a caller than its view does. */
const listed = (view: View, nowMs = NOW): Visible => visible(view, callOf(NOBODY, nowMs, null));
const at = (nowMs: number) => callOf(NOBODY, nowMs);

const people = (...subjects: number[]): Partial<Caller> => ({ subjects });
const bot: Partial<Caller> = { kind: 'robot', subjects: [who.robot] };

const docs = { to: [who.payments], allowlists: [0] };
const opens = { to: [who.platform], entries: [ticketsEntry(2)] };

const cases: [name: string, policy: Policy, caller: Partial<Caller>, tool: string, reason: string, rule: number][] = [
  ['a grant to one of my teams allows', policy([docs]), people(who.payments), 'docs_search', 'granted', 10],
  ['an inline entry allows', policy([opens]), people(who.platform), 't_open', 'granted', 10],
  ['a tool is reached under its exposed name only', policy([docs]), people(who.payments), 'search', 'unknown', -2],
  [
    'access is the union over teams',
    policy([docs, opens]),
    people(who.payments, who.platform),
    't_open',
    'granted',
    11,
  ],
  [
    'of two grants the first by name is reported',
    policy([docs, docs]),
    people(who.payments),
    'docs_search',
    'granted',
    10,
  ],
  ['no grant at all is denied', policy([]), people(who.payments), 'docs_search', 'no-grant', -1],
  ['a grant to another team is none to me', policy([docs]), people(who.platform), 'docs_search', 'no-grant', -1],
  ['who is in no team is denied', policy([docs]), people(), 'docs_search', 'no-grant', -1],
  [
    'a disabled team gives nothing',
    policy([{ ...docs, to: [who.frozen] }]),
    people(who.frozen),
    'docs_search',
    'disabled',
    -4,
  ],
  [
    'a disabled team does not stop another one',
    policy([{ ...docs, to: [who.frozen, who.payments] }]),
    people(who.frozen, who.payments),
    'docs_search',
    'granted',
    10,
  ],
  [
    'an expired grant is denied',
    policy([{ ...docs, expires: NOW }]),
    people(who.payments),
    'docs_search',
    'expired',
    -5,
  ],
  [
    'a grant holds until it expires',
    policy([{ ...docs, expires: NOW + 1 }]),
    people(who.payments),
    'docs_search',
    'granted',
    10,
  ],
  [
    'an expired grant leaves another one in force',
    policy([{ ...docs, expires: NOW }, docs]),
    people(who.payments),
    'docs_search',
    'granted',
    11,
  ],
  [
    'a pending tool is denied whoever is granted it',
    policy([{ to: [who.platform], entries: [ticketsEntry(3)] }]),
    people(who.platform),
    't_purge',
    'pending',
    -3,
  ],
  [
    'a renamed tool answers to its new name',
    policy([{ to: [who.platform], entries: [ticketsEntry(1)] }]),
    people(who.platform),
    'shut',
    'granted',
    10,
  ],
  ['a robot is granted by its own name', policy([{ ...docs, to: [who.robot] }]), bot, 'docs_search', 'granted', 10],
  ['a robot inherits nothing from its owner', policy([opens]), bot, 't_open', 'no-grant', -1],
  [
    'a robot whose owner is disabled is denied',
    policy([{ ...docs, to: [who.robot] }], {
      subjects: policy([]).subjects.map((subject) =>
        subject.kind === 'robot' ? { ...subject, owner: who.frozen } : subject,
      ),
    }),
    bot,
    'docs_search',
    'disabled',
    -4,
  ],
  [
    'use-all-gateways reaches what any enabled team is granted',
    policy([docs]),
    people(who.admin),
    'docs_search',
    'granted',
    10,
  ],
  [
    'use-all-gateways does not enable a disabled team',
    policy([{ ...docs, to: [who.frozen] }]),
    people(who.admin),
    'docs_search',
    'no-grant',
    -1,
  ],
  [
    'use-all-gateways gives nothing that only robots hold',
    policy([{ ...docs, to: [who.robot] }]),
    people(who.admin),
    'docs_search',
    'no-grant',
    -1,
  ],
  ['a prototype name is no tool', policy([docs]), people(who.payments), '__proto__', 'unknown', -2],
];

test.each(cases)('%s', (_name, of, caller, tool, reason, rule) => {
  const decision = decide(viewIn(of, caller), tool, at(NOW));
  expect({ reason: decision.reason, rule: decision.rule, allow: decision.allow }).toEqual({
    reason,
    rule,
    allow: reason === 'granted',
  });
});

test('a robot stops at its expiry', () => {
  const view = viewIn(policy([{ ...docs, to: [who.robot] }]), bot);
  expect(decide(view, 'docs_search', at(YEAR_2027 - 1)).reason).toBe('granted');
  expect(decide(view, 'docs_search', at(YEAR_2027)).reason).toBe('expired');
  expect(listed(view, YEAR_2027).slots).toEqual([]);
});

const filtered = (mode: 'only' | 'except'): Policy => {
  const base = policy([docs]);
  return { ...base, gateways: base.gateways.map((gateway) => ({ ...gateway, clients: { mode, clients: [0] } })) };
};

const clients: [name: string, mode: 'only' | 'except', client: Partial<Caller>, reason: string][] = [
  ['only: a verified id is admitted', 'only', { clientId: 'https://claude' }, 'granted'],
  ['only: a self-reported name is not', 'only', { clientName: 'cursor' }, 'client'],
  ['only: nobody is not', 'only', {}, 'client'],
  ['only: robots are not asked', 'only', { kind: 'robot', subjects: [who.robot] }, 'no-grant'],
  ['except: a verified id is refused', 'except', { clientId: 'https://claude' }, 'client'],
  ['except: a self-reported name is refused', 'except', { clientName: 'cursor' }, 'client'],
  ['except: others are admitted', 'except', { clientName: 'zed' }, 'granted'],
];

test.each(clients)('%s', (_name, mode, client, reason) => {
  const view = viewIn(filtered(mode), { subjects: [who.payments], ...client });
  expect(decide(view, 'docs_search', at(NOW)).reason).toBe(reason);
});

const notices: [name: string, policy: Policy, caller: Partial<Caller>, notice: string | null][] = [
  ['nothing to say to who has something', policy([docs]), people(who.payments, who.frozen), null],
  [
    'the message of a disabled team that was the only way',
    policy([{ ...docs, to: [who.frozen] }]),
    people(who.frozen),
    'team frozen is disabled: until the audit ends',
  ],
  ['no grant', policy([docs]), people(who.platform), 'nothing is granted to you in gateway desk'],
  ['an app that is not allowed', filtered('only'), people(who.payments), 'this app is not allowed in gateway desk'],
];

test.each(notices)('notice: %s', (_name, of, caller, notice) => {
  expect(viewIn(of, caller).notice).toBe(notice);
});

test('equal visible sets have equal keys, other sets other keys', () => {
  const all = viewIn(policy([docs, opens]), people(who.payments, who.platform));
  const admin = viewIn(policy([docs, opens]), people(who.admin));
  const some = viewIn(policy([docs, opens]), people(who.payments));
  expect(listed(all).key).toBe(listed(admin).key);
  expect(listed(some).key).not.toBe(listed(all).key);
  expect(listed(some).slots.map((slot) => slot.exposed)).toEqual(['docs_read_page', 'docs_search']);
});

test('a list changes when a grant expires, back and forth in time', () => {
  const view = viewIn(policy([{ ...docs, expires: NOW }, opens]), people(who.payments, who.platform));
  expect(listed(view, NOW - 1).slots.length).toBe(3);
  expect(listed(view, NOW).slots.length).toBe(1);
  expect(listed(view, NOW - 1).slots.length).toBe(3);
});

const broken: [name: string, policy: Policy][] = [
  ['a grant to a subject that does not exist', policy([{ ...docs, to: [99] }])],
  ['an allowlist that does not exist', policy([{ to: [who.payments], allowlists: [7] }])],
  ['a set with a definition that does not exist', policy([], { sets: [[99]] })],
  [
    'two tools under one exposed name',
    policy([], {
      gateways: policy([]).gateways.map((g) => ({
        ...g,
        assignments: g.assignments.map((a) => ({ ...a, rename: { search: 'x', open: 'x' } })),
      })),
    }),
  ],
  ['servers in another order than the catalog', policy([], { servers: policy([]).servers.toReversed() })],
];

test.each(broken)('%s is refused before it is used', (_name, of) => {
  expect(buildEngine(of, catalog).ok).toBe(false);
});
