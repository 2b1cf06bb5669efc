import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Era } from '../../dataplane/mcp/versions.ts';
import { ANSWERS } from './leaks/answers.ts';
import { AROUND_CALLS } from './leaks/around-calls.ts';
import { LISTENING } from './leaks/listening.ts';
import { ON_THE_WAY } from './leaks/on-the-way.ts';
import { QUESTIONS } from './leaks/questions.ts';
import { REQUESTED } from './leaks/requests.ts';
import type { Row } from './leaks/row.ts';
import { sightings } from './leaks/sightings.ts';
import { World, type Scene } from './leaks/world.ts';

const ROWS = [...REQUESTED, ...AROUND_CALLS, ...ANSWERS, ...ON_THE_WAY, ...QUESTIONS, ...LISTENING];
const ERAS: readonly Era[] = ['legacy', 'modern'];
const ENDS = ERAS.flatMap((client) => ERAS.map((server) => ({ client, server })));

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
  const rows = ROWS.filter(({ of }) => (of?.client ?? client) === client && (of?.server ?? server) === server);
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
