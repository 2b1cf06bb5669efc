import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDS, isBetween, ROWS } from './leaks/rows.ts';
import { sightings } from './leaks/sightings.ts';
import { World } from './leaks/world.ts';

let world: World;
let arrivals = 0;
beforeAll(async () => {
  world = await World.open(['told']);
});
afterAll(() => world.close());

/** The same places, where a webhook is asked about all that passes: of whatever arrives somewhere it was told. */
describe.each(ENDS)('a $client client and a $server server', ({ client, server }) => {
  const rows = ROWS.filter((row) => isBetween(row, { client, server }));
  test.each(rows)('$name ($method)', async (row) => {
    const { text, markers } = row.plants;
    world.behave();
    world.begin();
    await row.run(world, { client, server, mode: 'told' }, text, JSON.stringify(text));
    const { toServers, toClients, records, asked } = await world.traffic();
    expect(records.filter(({ error }) => error === 'internal' || error?.startsWith('content-'))).toEqual([]);
    const arrived = sightings([...toServers, ...(row.echo === undefined ? toClients : [])], markers);
    const told = sightings(asked, markers);
    expect(arrived.filter((entity) => !told.includes(entity))).toEqual([]);
    arrivals += arrived.length;
  });
});

test('much of it arrived', () => {
  expect(arrivals).toBeGreaterThan(1_000);
});
