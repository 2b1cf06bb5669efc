import { modernBody, modernCall, modernHeaders } from '../../fixtures/mcp-http.ts';
import { whole, type RawUpstream } from '../../fixtures/upstreams/raw-upstream.ts';
import { failure, refusal, served, type Attack, type Recorded } from '../attack.ts';
import { initialized, legacyScript, modernScript, openStream, questionOf, result, sessionHeader } from '../scripts.ts';
import { until, type Stage } from '../stage.ts';

/** Whatever a server says in headers, to whomever. */
const HEADERS = [
  'Set-Cookie: admin=1; Domain=127.0.0.1; Path=/',
  'WWW-Authenticate: Bearer resource_metadata="https://evil.example/.well-known/oauth-protected-resource"',
  'Mcp-Session-Id: of-the-server',
  'Access-Control-Allow-Origin: *',
  'Location: https://evil.example/',
  'Refresh: 0; url=https://evil.example/',
  'Link: <https://evil.example/>; rel=preload',
  'Strict-Transport-Security: max-age=31536000',
  'Clear-Site-Data: "*"',
  'Server: internal-host-10-0-0-7',
  'X-Powered-By: internal-host-10-0-0-7',
]
  .map((line) => `${line}\r\n`)
  .join('');

const OF_ANSWERS: readonly string[] = [
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
];

/** What a client sends that is meant for the proxy, or for nobody. */
const OWN_HEADERS = {
  cookie: 'session=secret',
  'proxy-authorization': 'Basic c2VjcmV0',
  'x-api-key': 'secret',
  'x-forwarded-for': '10.0.0.1',
  forwarded: 'for=10.0.0.1',
  baggage: 'user=secret',
  'user-agent': 'secret',
  referer: 'https://secret.example/',
  'mcp-param-secret': 'secret',
  'x-original-url': '/secret',
};

const TO_SERVERS: readonly string[] = [
  'accept',
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
];

/** Headers that servers got and that are not the proxy's own, or have something of the client's. */
function foreign(stage: Stage, upstream: RawUpstream, from: number): readonly string[] {
  const { keys } = stage.rig;
  return upstream.requests.slice(from).flatMap(({ headers, path, body }) => {
    const found = [...headers].filter(
      ([name, value]) =>
        !TO_SERVERS.includes(name) ||
        value.includes('secret') ||
        Object.values(keys).some((key) => value.includes(key)) ||
        Object.values(stage.standing).some((session) => value.includes(session)),
    );
    const inMessage = Object.values(keys).filter((key) => `${path} ${body.toString()}`.includes(key));
    return [...found.map(([name, value]) => `${name}: ${value}`), ...inMessage];
  });
}

/** A server that answers in a way of its own while a client asks it something. */
const exchange = (
  name: string,
  recorded: readonly Recorded[],
  comesTo: unknown,
  attempt: Attack['attempt'],
): Attack => ({ name, attempt, comesTo, recorded, reaches: true });

/** What passes between a server and a client beside what they say: credentials, cookies, addresses, names of sessions. */
export const LEAKS: readonly Attack[] = [
  exchange(
    'a server sends cookies, challenges and the like with an answer',
    [served('tools/call')],
    [200, []],
    async (stage) => {
      stage.modern.answerWith(
        modernScript('tools/call', ({ id }) =>
          whole(result(id, '"resultType":"complete","content":[]'), 'application/json', '200 OK', HEADERS),
        ),
      );
      const { status, headers } = await stage.send(modernCall('docs_read'));
      return [status, Object.keys(headers).filter((name) => !OF_ANSWERS.includes(name))];
    },
  ),
  exchange(
    'a server sends them with an error',
    [failure('tools/call', 'upstream-denied')],
    [200, []],
    async (stage) => {
      stage.modern.answerWith(modernScript('tools/call', () => whole('no', 'text/plain', '401 Unauthorized', HEADERS)));
      const { status, headers } = await stage.send(modernCall('docs_read'));
      return [status, Object.keys(headers).filter((name) => !OF_ANSWERS.includes(name))];
    },
  ),
  exchange(
    'a client sends credentials, cookies and addresses, to be passed on in the modern era',
    ['tools/call', 'resources/read', 'completion/complete', 'resources/list'].map(served),
    [],
    async (stage) => {
      const from = stage.modern.requests.length;
      const uri = 'doc://pub/a';
      const ref = ',"ref":{"type":"ref/prompt","name":"docs_greet"},"argument":{"name":"a","value":"b"}';
      const sent = [
        modernCall('docs_read'),
        { headers: modernHeaders('resources/read', uri), body: modernBody('resources/read', `,"uri":"${uri}"`) },
        { headers: modernHeaders('completion/complete'), body: modernBody('completion/complete', ref) },
        { headers: modernHeaders('resources/list'), body: modernBody('resources/list') },
      ];
      for (const request of sent) await stage.send({ ...request, headers: { ...request.headers, ...OWN_HEADERS } });
      return foreign(stage, stage.modern, from);
    },
  ),
  exchange(
    'a client sends credentials, cookies and addresses, to be passed on in the legacy era',
    [served('initialize'), served('tools/call'), { method: 'GET', outcome: 'cancelled' }, served('DELETE')],
    [],
    async (stage) => {
      const from = stage.legacy.requests.length;
      const session = await stage.session();
      const headers = { ...OWN_HEADERS, 'mcp-session-id': session };
      await stage.send({
        headers,
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo"}}',
      });
      const stream = stage.watch({ method: 'GET', headers });
      await stream.response;
      await until(() => stage.legacy.requests.slice(from).some(({ method }) => method === 'GET'));
      stream.hangUp();
      await stage.rig.records();
      await stage.send({ method: 'DELETE', headers });
      await until(() => stage.legacy.requests.slice(from).some(({ method }) => method === 'DELETE'));
      return foreign(stage, stage.legacy, from).filter((found) => !found.startsWith('mcp-session-id: upstream-'));
    },
  ),
  exchange(
    "a client's credential at a server that has one of the proxy's",
    [served('tools/call')],
    'Bearer the-proxys-own-token',
    async (stage) => {
      await stage.send(modernCall('docs_read'));
      return stage.modern.requests.at(-1)?.headers.get('authorization');
    },
  ),
  exchange("a client's credential at a server that has none", [served('tools/call')], undefined, async (stage) => {
    await stage.send(modernCall('old_echo'));
    return stage.legacy.requests.at(-1)?.headers.get('authorization');
  }),
  exchange(
    "a client's credential, or any of the proxy's secrets, in a program",
    [served('tools/call')],
    ['LANG'],
    async (stage) => {
      const told = await stage.send(modernCall('local_env'));
      const [content] = (told.result?.['content'] ?? []) as readonly { readonly text: string }[];
      const { env } = JSON.parse(content?.text ?? '{}') as { readonly env: Readonly<Record<string, string>> };
      return Object.keys(env);
    },
  ),
  exchange(
    'a server redirects a call, credentials and all',
    [failure('tools/call', 'upstream-status')],
    0,
    async (stage) => {
      const location = `Location: ${stage.trap.url}\r\n`;
      stage.modern.answerWith(
        modernScript('tools/call', () => whole('', 'text/plain', '307 Temporary Redirect', location)),
      );
      await stage.send(modernCall('docs_read'));
      return stage.trap.requests.length;
    },
  ),
  exchange(
    'a server redirects a handshake, a call, a stream and an end',
    [
      served('initialize'),
      failure('tools/call', 'upstream-session'),
      { method: 'GET', outcome: 'cancelled' },
      served('DELETE'),
    ],
    0,
    async (stage) => {
      const location = `Location: ${stage.trap.url}\r\n`;
      stage.legacy.answerWith(() => whole('', 'text/plain', '308 Permanent Redirect', location));
      const session = await stage.session();
      const headers = { 'mcp-session-id': session };
      await stage.send({
        headers,
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo"}}',
      });
      const stream = stage.watch({ method: 'GET', headers });
      await stream.response;
      stream.hangUp();
      await stage.rig.records();
      await stage.send({ method: 'DELETE', headers });
      return stage.trap.requests.length;
    },
  ),
  exchange(
    'a server gives its session another name in the middle of it',
    [served('initialize'), served('tools/call'), served('tools/call')],
    [1, false],
    async (stage) => {
      stage.legacy.answerWith((request) => {
        const question = questionOf(request);
        if (question.method === 'initialize')
          return whole(initialized(question), 'application/json', '200 OK', sessionHeader());
        if (question.method !== 'tools/call') return legacyScript()(request);
        return whole(
          result(question.id, '"content":[]'),
          'application/json',
          '200 OK',
          'Mcp-Session-Id: of-another\r\n',
        );
      });
      const from = stage.legacy.requests.length;
      const session = await stage.session();
      const body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"old_echo"}}';
      const told = [];
      for (let at = 0; at < 2; at++) told.push(await stage.send({ headers: { 'mcp-session-id': session }, body }));
      const calls = stage.legacy.requests.slice(from).filter((request) => questionOf(request).method === 'tools/call');
      return [
        new Set(calls.map(({ headers }) => headers.get('mcp-session-id'))).size,
        told.some(({ headers }) => headers['mcp-session-id'] !== undefined),
      ];
    },
  ),
  exchange(
    'a server sends an error page with its address',
    [failure('tools/call', 'upstream-status')],
    'server docs failed',
    async (stage) => {
      const page = 'ECONNREFUSED internal-host-10-0-0-7:5432 password=secret';
      stage.modern.answerWith(modernScript('tools/call', () => whole(page, 'text/html', '502 Bad Gateway')));
      return (await stage.send(modernCall('docs_read'))).error?.message;
    },
  ),
  exchange(
    'a server sends a secret in the text of an error',
    [{ method: 'tools/call', decision: 'deny', error: 'result-blocked' }],
    false,
    async (stage) => {
      const error = '"error":{"code":-32603,"message":"no","data":{"why":["acme_live_secret"]}}';
      stage.modern.answerWith(modernScript('tools/call', ({ id }) => whole(`{"jsonrpc":"2.0","id":${id},${error}}`)));
      return (await stage.send(modernCall('docs_read'))).body.includes('acme_live');
    },
  ),
  exchange('a server sends a secret in what it says on the way', [served('tools/call')], [1, false], async (stage) => {
    const log =
      '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"acme_live_secret"}}';
    const progress = `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1,"message":"acme_live_secret"}}`;
    stage.modern.answerWith(
      modernScript('tools/call', ({ id }) =>
        openStream(log, progress, result(id, '"resultType":"complete","content":[]')),
      ),
    );
    const call = modernCall('docs_read');
    const meta = '"_meta":{"progressToken":"t","io.modelcontextprotocol/logLevel":"debug",';
    const told = await stage.send({ ...call, body: String(call.body).replace('"_meta":{', meta) });
    return [told.messages.length, told.body.includes('acme_live')];
  }),
  {
    name: 'a card in the name of a gateway that is not there',
    attempt: async (stage) => {
      const path = '/mcp/a-4111111111111111';
      await stage.send({ ...modernCall('docs_read'), path });
      await stage.send({ ...modernCall('docs_read'), path, as: null });
      return JSON.stringify((await stage.rig.records()).slice(-2)).includes('4111');
    },
    comesTo: false,
    recorded: [
      { gateway: 'a-[CARD]', error: 'unknown-tool' },
      { gateway: null, status: 401 },
    ],
  },
  {
    name: 'a key of the client in what the log and the operators read',
    attempt: async (stage) => {
      const { keys, adminOrigin } = stage.rig;
      await stage.send({ as: null, headers: { authorization: `Bearer ${keys.bot}x` } });
      const [record] = (await stage.rig.records()).slice(-1);
      const status = await (await fetch(`${adminOrigin}/status`)).text();
      const read = `${JSON.stringify(record)}${status}${stage.rig.logs.join('\n')}`;
      return [keys.bot, 'the-proxys-own-token', 'SEAL_KEY'].filter((secret) => read.includes(secret));
    },
    comesTo: [],
    recorded: [refusal(null, 'malformed-key')],
  },
];
