import { expect, test } from 'vitest';
import { buildEngine, resolvePerson } from '../../../dataplane/decide/index.ts';
import type { Grant } from '../../../schemas/types/policy.ts';
import { catalog, policy, who, YEAR_2027 } from './organisation.ts';

const NOW = Date.UTC(2026, 10, 20);
const docs: Partial<Grant> = { to: [who.payments], allowlists: [0] };

const reachable: [
  name: string,
  grants: Partial<Grant>[],
  kind: 'person' | 'robot',
  subjects: number[],
  now: number,
  reached: boolean,
][] = [
  ['my team is granted something', [docs], 'person', [who.payments], NOW, true],
  ['another team is', [docs], 'person', [who.platform], NOW, false],
  ['the grant has expired', [{ ...docs, expires: NOW }], 'person', [who.payments], NOW, false],
  ['my team is disabled', [{ ...docs, to: [who.frozen] }], 'person', [who.frozen], NOW, false],
  ['I may use all gateways', [docs], 'person', [who.admin], NOW, true],
  [
    'I may use all gateways, but only a robot is granted',
    [{ ...docs, to: [who.robot] }],
    'person',
    [who.admin],
    NOW,
    false,
  ],
  ['the robot is granted', [{ ...docs, to: [who.robot] }], 'robot', [who.robot], NOW, true],
  ['the robot has expired', [{ ...docs, to: [who.robot] }], 'robot', [who.robot], YEAR_2027, false],
];

test.each(reachable)('a gateway is reached or not when %s', (_name, grants, kind, subjects, now, reached) => {
  const built = buildEngine(policy(grants), catalog);
  if (!built.ok) throw new Error(built.message);
  const names = built.engine.reachable({ kind, subjects }, now);
  expect(names).toEqual(reached ? ['desk'] : []);
});

const resolved: [name: string, email: string | null, id: string, groups: string[], subjects: number[]][] = [
  ['by group', null, 'x', ['platform-people'], [who.platform]],
  ['by address, whatever its case', 'Ana@ACME.dev', 'x', [], [who.payments]],
  ['by issuer and id', null, 'u7', [], [who.payments]],
  [
    'by several ways at once',
    'ana@acme.dev',
    'x',
    ['platform-people', 'frozen-people'],
    [who.frozen, who.payments, who.platform],
  ],
  ['by a role', 'root@acme.dev', 'x', [], [who.admin]],
  ['not by a group of that name elsewhere', null, 'x', ['payments'], []],
];

test.each(resolved)('a person is resolved %s', (_name, email, id, groups, subjects) => {
  expect(resolvePerson(policy([]), { issuer: 0, id, email, groups })).toEqual(subjects);
});
