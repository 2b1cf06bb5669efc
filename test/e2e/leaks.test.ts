import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INJECTION_ENTITIES, SECRET_KINDS, USUAL_ENTITIES } from '../../dataplane/content/index.ts';
import { NOTIFICATIONS, REQUESTS } from '../../dataplane/mcp/methods.ts';
import { MODES, type Mode } from './leaks/leak-policy.ts';
import { FAILURES } from './leaks/failures.ts';
import { TEXT, type Marker } from './leaks/markers.ts';
import type { Row } from './leaks/row.ts';
import { ENDS, isBetween, ROWS } from './leaks/rows.ts';
import { sightings } from './leaks/sightings.ts';
import { World, type Scene, type Traffic } from './leaks/world.ts';

const ALL: readonly Row[] = [...ROWS, ...FAILURES];

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

/** The entity as rules of that gateway name it: what a pattern finds is called like its rule. */
const entityIn = (mode: Mode, { entity }: Marker): string =>
  entity === 'CODENAMES' ? `CODENAMES_${mode.toUpperCase()}` : entity;

/** By direction, how often entities were counted in what was recorded. */
function counted({ records }: Traffic, direction: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of records.flatMap(({ content }) => content)) {
    if (finding.direction !== direction) continue;
    for (const [entity, count] of Object.entries(finding.entities))
      counts.set(entity, (counts.get(entity) ?? 0) + count);
  }
  return counts;
}

async function play(row: Row, scene: Scene): Promise<Traffic> {
  world.behave();
  world.begin();
  const { text } = row.plants;
  await row.run(world, scene, text, JSON.stringify(text));
  return world.traffic();
}

const DIRECTIONS = { server: 'to-server', client: 'to-client', audit: 'audit', nobody: null } as const;

describe.each(ENDS)('a $client client and a $server server', (ends) => {
  const rows = ALL.filter((row) => isBetween(row, ends));
  describe.each(MODES)('%s', (mode) => {
    test.each(rows)('$name ($method)', async (row) => {
      const { markers } = row.plants;
      const scene: Scene = { ...ends, mode };
      const traffic = await play(row, scene);
      const { toServers, toClients, records, logs } = traffic;
      expect(records.length).toBeGreaterThan(0);
      expect(records.filter(({ error }) => error === 'internal')).toEqual([]);
      const seen = {
        servers: sightings(toServers, markers),
        clients: row.echo === undefined ? sightings(toClients, markers) : [],
        audit: sightings([JSON.stringify(records)], markers),
        logs: sightings(logs, markers),
      };
      if (mode !== 'alert') {
        expect(seen).toEqual({ servers: [], clients: [], audit: [], logs: [] });
        return;
      }
      const reaches = typeof row.reaches === 'function' ? row.reaches(scene) : row.reaches;
      const all = markers.map(({ entity }) => entity);
      const expected = {
        server: seen.servers,
        client: seen.clients,
        audit: seen.audit,
        nobody: all,
      }[reaches];
      expect(expected).toEqual(all);
      if (reaches === 'nobody') expect([seen.servers, seen.clients]).toEqual([[], []]);
      expect(seen.logs).toEqual([]);
      const direction = row.counted === undefined ? DIRECTIONS[reaches] : row.counted;
      if (direction === null) return;
      const counts = counted(traffic, direction);
      expect(markers.map((marker) => entityIn(mode, marker)).filter((entity) => !counts.has(entity))).toEqual([]);
    });
  });
});

test('operators are told nothing of it', async () => {
  const markers = ALL.flatMap((row) => row.plants.markers);
  expect(sightings([await world.status(), ...world.rig.logs], markers)).toEqual([]);
});

test('there is a marker of each usual kind of personal data, of secrets of many kinds, and of each trick', () => {
  const entities = TEXT.markers.map(({ entity }) => entity);
  expect(entities).toEqual(expect.arrayContaining([...USUAL_ENTITIES, ...INJECTION_ENTITIES]));
  expect(entities.filter((entity) => SECRET_KINDS.includes(entity)).length).toBeGreaterThan(20);
});

describe('the table', () => {
  const methods = [...REQUESTS].flatMap(([method, { eras }]) => eras.map((era) => [method, era] as const));

  test.each(methods)('has %s of a %s client', (method, client) => {
    expect(ALL.some((row) => row.method === method && (row.of?.client ?? client) === client)).toBe(true);
  });

  test.each([...NOTIFICATIONS.keys()])('has %s', (method) => {
    expect(ALL.map((row) => row.method)).toContain(method);
  });
});
