import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ARGUMENTS } from './attacks/arguments.ts';
import { ASKS } from './attacks/asks.ts';
import { BATCHES } from './attacks/batches.ts';
import { BODIES } from './attacks/bodies.ts';
import { CURSORS } from './attacks/cursors.ts';
import { DOOR } from './attacks/door.ts';
import { EVENT_STREAMS } from './attacks/event-streams.ts';
import { EXHAUSTION } from './attacks/exhaustion.ts';
import { LEAKS } from './attacks/leaks.ts';
import { LISTS } from './attacks/lists.ts';
import { MODERN_HEADERS } from './attacks/modern-headers.ts';
import { NAMES } from './attacks/names.ts';
import { QUESTIONS } from './attacks/questions.ts';
import { REQUEST_STATE } from './attacks/request-state.ts';
import { SESSIONS } from './attacks/sessions.ts';
import { SMUGGLING } from './attacks/smuggling.ts';
import { STREAMS } from './attacks/streams.ts';
import { TWO_READERS } from './attacks/two-readers.ts';
import { URIS } from './attacks/uris.ts';
import { REFUSALS, type Refusal } from '../../dataplane/mcp/refusals.ts';
import { Stage } from './stage.ts';

const THEMES = [
  ['at the door', DOOR],
  ['smuggling', SMUGGLING],
  ['bodies', BODIES],
  ['two readers, two messages', TWO_READERS],
  ['headers against bodies', MODERN_HEADERS],
  ['sessions', SESSIONS],
  ['state of requests', REQUEST_STATE],
  ['cursors', CURSORS],
  ['questions of servers', QUESTIONS],
  ['streams', STREAMS],
  ['batches', BATCHES],
  ['what servers ask', ASKS],
  ['leaks', LEAKS],
  ['streams of events', EVENT_STREAMS],
  ['exhaustion', EXHAUSTION],
  ['lists', LISTS],
  ['names', NAMES],
  ['URIs', URIS],
  ['arguments', ARGUMENTS],
] as const;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

describe.each(THEMES)('%s', (_theme, attacks) => {
  test.each(attacks.map((attack) => [attack.name, attack] as const))(
    '%s',
    async (_name, attack) => {
      const written = (await stage.rig.records()).length;
      const reached = stage.reached;
      const outcome = await attack.attempt(stage);
      expect(outcome).toEqual(attack.comesTo);
      if (attack.reaches !== true) expect(stage.reached).toBe(reached);
      const expected = written + attack.recorded.length;
      expect((await stage.rig.records(expected)).slice(written)).toMatchObject(attack.recorded);

      stage.behave();
      expect(await stage.serves()).toEqual(['served', 'served']);
      // One record for each request, and none for anything else.
      expect(await stage.rig.records(expected + 2)).toHaveLength(expected + 2);
    },
    15_000,
  );
});

test('each of the many attacks has a name of its own', () => {
  const names = THEMES.flatMap(([theme, attacks]) => attacks.map(({ name }) => `${theme}: ${name}`));
  expect(names.length).toBeGreaterThanOrEqual(400);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test('every refusal of the front door has an attack', () => {
  const shown = new Set(
    THEMES.flatMap(([, attacks]) => attacks.flatMap(({ recorded }) => recorded.map(({ error }) => error))),
  );
  const elsewhere: readonly Refusal[] = [
    // No request provokes these: a bundle that is missing (fail-closed), an audit log that is full and a peer that is not the
    // proxy in front (proxy-operation), a fault of our own (test/dataplane/mcp).
    'not-ready',
    'audit-full',
    'untrusted-peer',
    'internal',
    // Recorded as what exactly the proxy's configuration lacks, here `unknown-secret`.
    'server-unavailable',
    // A client's body ends before such a string (json).
    'too-long-string',
  ];
  const missing = Object.keys(REFUSALS).filter(
    (reason) => !shown.has(reason) && !reason.startsWith('upstream-') && !elsewhere.includes(reason as Refusal),
  );
  expect(missing).toEqual([]);
});
