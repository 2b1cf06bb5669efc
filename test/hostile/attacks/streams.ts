import { modernBody, modernHeaders } from '../../fixtures/mcp-http.ts';
import { refusal, refused, served, type Attack, type Request } from '../attack.ts';
import { event, legacyScript, openStream, questionOf, result } from '../scripts.ts';
import { until, type Stage } from '../stage.ts';
import { whole } from '../../fixtures/upstreams/raw-upstream.ts';

const inSession = (session: string, body: string): Request => ({ headers: { 'mcp-session-id': session }, body });
const subscribe = (uri: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":${JSON.stringify(uri)}}}`;
const listen = (filter: string): Request => ({
  headers: modernHeaders('subscriptions/listen'),
  body: modernBody('subscriptions/listen', `,"notifications":${filter}`),
});
export const resume = (session: string, eventId: string): Request => ({
  method: 'GET',
  headers: { 'mcp-session-id': session, 'last-event-id': eventId },
});

/** A call of the legacy server whose stream ends after one event; returns the id under which it can be gone on with. */
export async function eventIdOf(stage: Stage, session: string): Promise<string> {
  stage.legacy.answerWith(
    legacyScript('tools/call', () => (socket) => {
      openStream()(socket);
      socket.write(`${event('', 'id: event-of-the-server\n')}0\r\n\r\n`);
    }),
  );
  const told = await stage.send(
    inSession(session, '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"old_echo"}}'),
  );
  return /^id: (\S+)$/m.exec(told.body)?.[1] ?? '';
}

/** The place in a stream, presented where it does not belong. */
function misused(
  name: string,
  present: (eventId: string, session: string, stage: Stage) => Request,
  [status, error]: readonly [status: number, error: string] = [400, 'unknown-event'],
): Attack {
  return {
    name,
    attempt: async (stage) => {
      const session = await stage.session();
      const eventId = await eventIdOf(stage, session);
      const reached = stage.reached;
      const told = await stage.send(present(eventId, session, stage));
      return [eventId.startsWith('v1.'), told.status, stage.reached - reached];
    },
    comesTo: [true, status, 0],
    recorded: [served('initialize'), served('tools/call'), refusal('GET', error)],
    reaches: true,
  };
}

/** Streams: gone on with by others, opened without end, about what nobody may see. */
export const STREAMS: readonly Attack[] = [
  misused("a stream of another session of one's own", (eventId, _session, { standing }) =>
    resume(standing.bot, eventId),
  ),
  misused('a stream of another principal', (eventId, _session, { standing }) => ({
    as: 'other',
    ...resume(standing.other, eventId),
  })),
  misused(
    'a stream in the session of another principal',
    (eventId, session) => ({ as: 'other', ...resume(session, eventId) }),
    [404, 'session-unknown'],
  ),
  misused('a stream of another gateway', (eventId, _session, { standing }) => ({
    path: '/mcp/sandbox',
    ...resume(standing.sandbox, eventId),
  })),
  misused('the id of an event as its server wrote it', (_eventId, session) => resume(session, 'event-of-the-server')),
  misused('the id of an event cut short', (eventId, session) => resume(session, eventId.slice(0, -2))),
  misused('a session in the place of the id of an event', (_eventId, session) => resume(session, session)),
  misused('two ids of events', (eventId, session) => resume(session, `${eventId}, ${eventId}`)),
  ...refused([
    ['a filter that is none', listen('[]'), 400, -32602, 'bad-params'],
    ['a filter with numbers', listen('{"toolsListChanged":1}'), 200, -32602, 'bad-listen'],
    ['a filter with a list of numbers', listen('{"resourceSubscriptions":[1]}'), 200, -32602, 'bad-listen'],
    [
      'a filter with thousands of resources',
      listen(JSON.stringify({ resourceSubscriptions: Array.from({ length: 5_000 }, (_, at) => `doc://pub/${at}`) })),
      200,
      -32602,
      'bad-listen',
    ],
    [
      'a subscription without a resource',
      ({ standing }) => inSession(standing.bot, '{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{}}'),
      200,
      -32602,
      'missing-uri',
    ],
    [
      'a subscription to a resource that is hidden',
      ({ standing }) => inSession(standing.bot, subscribe('doc://priv/a')),
      200,
      -32002,
      'unknown-resource-legacy',
    ],
  ]),
  {
    name: 'a subscription to resources that are hidden, among others, in one that listens',
    attempt: async (stage) => {
      const uris = ['doc://priv/a', 'doc://pub/../priv/a', 'doc://pub/a', 'a+doc://pub/a', 'https://evil.example/'];
      const listening = stage.watch(listen(JSON.stringify({ resourceSubscriptions: uris })));
      const { params } = await listening.message(({ method }) => method?.endsWith('acknowledged') === true);
      await until(() => stage.modern.requests.some((request) => questionOf(request).method === 'subscriptions/listen'));
      const asked = stage.modern.requests.findLast((request) => questionOf(request).method === 'subscriptions/listen');
      listening.hangUp();
      return [params?.['notifications'], asked === undefined ? null : questionOf(asked).params['notifications']];
    },
    comesTo: [{ resourceSubscriptions: ['doc://pub/a'] }, { resourceSubscriptions: ['doc://pub/a'] }],
    recorded: [{ method: 'subscriptions/listen', outcome: 'cancelled' }],
    reaches: true,
  },
  {
    name: 'more subscriptions than a session may have',
    attempt: async (stage) => {
      const session = await stage.session();
      const statuses = new Set<unknown>();
      for (let at = 0; at < 256; at++)
        statuses.add((await stage.send(inSession(session, subscribe(`doc://pub/${at}`)))).error);
      const told = await stage.send(inSession(session, subscribe('doc://pub/256')));
      return [[...statuses], told.error?.message];
    },
    comesTo: [[null], 'too many resources are subscribed to'],
    recorded: [
      served('initialize'),
      ...Array.from({ length: 256 }, () => served('resources/subscribe')),
      refusal('resources/subscribe', 'too-many-subscriptions'),
    ],
  },
  {
    name: 'more streams than a principal may have, and none for it until one ends',
    attempt: async (stage) => {
      const streams = Array.from({ length: 32 }, () => stage.watch({ as: 'other', ...listen('{}') }));
      for (const stream of streams) await stream.message(({ method }) => method?.endsWith('acknowledged') === true);
      const told = await stage.send({ as: 'other', ...listen('{}') });
      // Somebody else has as many of its own.
      const honest = stage.watch(listen('{}'));
      await honest.message(() => true);
      for (const stream of [...streams, honest]) stream.hangUp();
      return [told.status, told.error?.message];
    },
    comesTo: [429, 'too many streams are open'],
    recorded: [
      refusal('subscriptions/listen', 'too-many-streams'),
      ...Array.from({ length: 33 }, () => ({ method: 'subscriptions/listen', outcome: 'cancelled' }) as const),
    ],
  },
  {
    name: 'a second stream of a session, to hear everything twice',
    attempt: async (stage) => {
      const session = await stage.session();
      const [first, second] = [0, 1].map(() => stage.watch({ method: 'GET', headers: { 'mcp-session-id': session } }));
      await first?.response;
      await second?.response;
      await until(() => first?.ended() === true);
      const still = second?.ended();
      second?.hangUp();
      return still;
    },
    comesTo: false,
    recorded: [served('initialize'), served('GET'), { method: 'GET', outcome: 'cancelled' }],
    reaches: true,
  },
  {
    name: 'what is announced of a resource that is hidden',
    attempt: async (stage) => {
      const announce = (uri: string): string =>
        `{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"${uri}"}}`;
      stage.legacy.answerWith(
        legacyScript('GET', () => openStream(announce('doc://pub/a'), announce('old://x/y'), announce('old://a'))),
      );
      const session = await stage.session();
      await stage.send(inSession(session, subscribe('old://a')));
      const stream = stage.watch({ method: 'GET', headers: { 'mcp-session-id': session } });
      await stream.message(({ params }) => params?.['uri'] === 'old://a');
      const uris = stream.messages().map(({ params }) => params?.['uri']);
      stream.hangUp();
      return uris;
    },
    comesTo: ['old://a'],
    recorded: [served('initialize'), served('resources/subscribe'), { method: 'GET', outcome: 'cancelled' }],
    reaches: true,
  },
  {
    name: 'a stream that was lost, gone on with after its session ended',
    attempt: async (stage) => {
      const session = await stage.session();
      const eventId = await eventIdOf(stage, session);
      stage.legacy.answerWith(legacyScript('GET', () => whole(result('5', '"content":[]'))));
      await stage.send({ method: 'DELETE', headers: { 'mcp-session-id': session } });
      return (await stage.send(resume(session, eventId))).status;
    },
    comesTo: 404,
    recorded: [served('initialize'), served('tools/call'), served('DELETE'), refusal('GET', 'session-unknown')],
    reaches: true,
  },
];
