import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildEngine, exposeTemplate, exposeUri, ownUri, type GatewayEngine } from '../../../dataplane/decide/index.ts';
import { rigContents } from '../../fixtures/rig-policy.ts';

/** Servers that may have the same resources: `a` and `ui` have prefixes, `bare` has none. */
const gateway = ((): GatewayEngine => {
  const server = (name: string) => ({ name, url: 'http://127.0.0.1:9/', era: 'modern' as const, tools: [] });
  const contents = rigContents(
    {
      servers: ['a', 'ui', 'bare'].map(server),
      gateways: [
        {
          name: 'desk',
          servers: { a: 'a', ui: 'ui', bare: '' },
          prefixUris: true,
          grants: ['a', 'ui', 'bare'].map((name) => ({ to: ['bot'] as const, server: name, resources: ['**'] })),
        },
      ],
    },
    {},
  );
  const built = buildEngine(contents.policy, contents.catalog);
  assert(built.ok);
  const found = built.engine.gateway('desk');
  assert(found !== null);
  return found;
})();

const assignmentOf = (name: string) => {
  const found = gateway.gateway.assignments.find((assignment) => assignment.name === name);
  assert(found !== undefined);
  return found;
};

describe('a URI of a server with a prefix', () => {
  const cases: [name: string, server: string, own: string, exposed: string][] = [
    ['has it in front', 'a', 'repo://x/y', 'a+repo://x/y'],
    ['has it in front whatever it reads like', 'a', 'ui+repo://x', 'a+ui+repo://x'],
    ['has it behind the scheme by which clients know pages', 'a', 'ui://chart/page', 'ui://a+chart/page'],
    ['and skills', 'a', 'skill://review/SKILL.md', 'skill://a+review/SKILL.md'],
    ['there too, whatever it reads like', 'a', 'ui://ui+chart', 'ui://a+ui+chart'],
    ['but not of a scheme that only begins like it', 'a', 'uix://chart', 'a+uix://chart'],
    ['nor without a host', 'ui', 'ui:chart', 'ui+ui:chart'],
    ['as long as the scheme itself is no prefix', 'ui', 'ui://chart', 'ui://ui+chart'],
  ];
  test.each(cases)('%s', (_name, server, own, exposed) => {
    const assignment = assignmentOf(server);
    expect(exposeUri(gateway, assignment, own)).toBe(exposed);
    expect(exposeTemplate(gateway, assignment, own)).toBe(exposed);
    expect(ownUri(gateway, exposed)).toEqual({ assignment, uri: own });
  });

  test('leads back, whatever it is', () => {
    const uris = fc
      .tuple(
        fc.constantFrom('ui://', 'skill://', 'repo://', 'a+', 'ui+', ''),
        fc.webPath(),
        fc.constantFrom('', 'a+', '+'),
      )
      .map(([scheme, path, middle]) => `${scheme}${middle}x${path}`);
    fc.assert(
      fc.property(fc.constantFrom('a', 'ui'), uris, (name, uri) => {
        const assignment = assignmentOf(name);
        expect(ownUri(gateway, exposeUri(gateway, assignment, uri))).toEqual({ assignment, uri });
      }),
    );
  });
});

test('a URI of a server without a prefix keeps its name, and does not lead to it where it reads like that of another', () => {
  const bare = assignmentOf('bare');
  expect(exposeUri(gateway, bare, 'ui://chart')).toBe('ui://chart');
  expect(ownUri(gateway, 'ui://chart')).toEqual({ assignment: bare, uri: 'ui://chart' });
  expect(ownUri(gateway, 'ui://a+chart')).toEqual({ assignment: assignmentOf('a'), uri: 'ui://chart' });
});
