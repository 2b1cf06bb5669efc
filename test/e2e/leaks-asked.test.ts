import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from './leaks/row.ts';
import { ENDS, isBetween, ROWS } from './leaks/rows.ts';
import { sightings } from './leaks/sightings.ts';
import { World, type Scene } from './leaks/world.ts';

const DIRECTIONS = { server: 'to-server', client: 'to-client', audit: null, nobody: null } as const;

/** In which direction the analyzer is asked about what is planted. */
function directionOf({ reaches, counted }: Row, scene: Scene): 'to-server' | 'to-client' | null {
  const reader = typeof reaches === 'function' ? reaches(scene) : reaches;
  const direction = counted === undefined ? DIRECTIONS[reader] : counted;
  return direction === 'audit' ? null : direction;
}

let world: World;
beforeAll(async () => {
  world = await World.open(['asked']);
});
afterAll(() => world.close());

/** The same places as of rules that need nobody, behind a rule that asks an analyzer about each of them. */
describe.each(ENDS)('a $client client and a $server server', ({ client, server }) => {
  const rows = ROWS.filter((row) => isBetween(row, { client, server }));
  test.each(rows)('$name ($method)', async (row) => {
    const { text, markers } = row.plants;
    world.behave();
    world.begin();
    await row.run(world, { client, server, mode: 'asked' }, text, JSON.stringify(text));
    const { toServers, toClients, records, logs } = await world.traffic();
    expect(records.length).toBeGreaterThan(0);
    expect(records.filter(({ error }) => error === 'internal')).toEqual([]);
    expect({
      servers: sightings(toServers, markers),
      clients: row.echo === undefined ? sightings(toClients, markers) : [],
      audit: sightings([JSON.stringify(records)], markers),
      logs: sightings(logs, markers),
    }).toEqual({ servers: [], clients: [], audit: [], logs: [] });
    // It was found, and not held back for want of an answer.
    expect(records.filter(({ error }) => error?.startsWith('content-'))).toEqual([]);
    const direction = directionOf(row, { client, server, mode: 'asked' });
    const found = records.flatMap(({ content }) => content).filter(({ rule }) => rule === 'RedactionRule/asked');
    if (direction !== null) expect(found.map((finding) => finding.direction)).toContain(direction);
  });
});
