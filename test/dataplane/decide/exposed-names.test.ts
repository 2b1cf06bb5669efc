import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildEngine, exposedName } from '../../../dataplane/decide/index.ts';
import type { Catalog } from '../../../schemas/types/catalog.ts';
import type { Assignment, Policy } from '../../../schemas/types/policy.ts';
import { catalog, policy } from './organisation.ts';

const PREFIXES = ['', 'a', 'a_b', 'a_b_', 'b', 'ab'] as const;
const NAMES = ['c', 'b_c', '_c', 'a_c', 'a_b_c', 'b__c'] as const;

/** Which tools two servers have, now and then one of them twice, and how a gateway that has three assignments of them names these. */
const gateways = fc.record({
  names: fc.tuple(...[0, 1].map(() => fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }))),
  assignments: fc.array(
    fc.record({
      server: fc.constantFrom(0, 1),
      prefix: fc.constantFrom(...PREFIXES),
      rename: fc.constantFrom<Assignment['rename']>({}, {}, { c: 'a_c' }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

test('a policy is refused if and only if a gateway has two tools under one name', () => {
  fc.assert(
    fc.property(gateways, ({ names, assignments }) => {
      const [gateway] = policy([]).gateways;
      const [template] = gateway?.assignments ?? [];
      const [definition] = catalog.definitions;
      if (gateway === undefined || template === undefined || definition === undefined) throw new Error('a desk');
      const named = assignments.map((assignment, at) => ({ ...template, ...assignment, name: `assignment-${at}` }));
      const of: Policy = policy([], { gateways: [{ ...gateway, assignments: named }], allowlists: [], sets: [] });
      const definitions: Catalog['definitions'] = names.flatMap((own, server) =>
        own.map((name) => ({ ...definition, server, name })),
      );
      const exposed = named.flatMap((assignment) =>
        (names[assignment.server] ?? []).map((name) => exposedName(assignment, name)),
      );
      const isUnique = new Set(exposed).size === exposed.length;
      expect(buildEngine(of, { ...catalog, definitions }).ok).toBe(isUnique);
    }),
    { numRuns: 1_000 },
  );
});
