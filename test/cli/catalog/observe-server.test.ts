import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { observeServer } from '../../../cli/catalog/observe-server.ts';
import { SYNC_LIMITS, type SyncLimits } from '../../../cli/catalog/sync-limits.ts';
import { Failure } from '../../../cli/failure.ts';
import { canonicalTree } from '../../../dataplane/format/json-tree.ts';
import { DISCOVERED, json, modernServer, result, scriptedServer, type Heard, type Reply } from './scripted-server.ts';

const LIMITS: SyncLimits = { answerBytes: 20_000, totalBytes: 100_000, answerMs: 500, totalMs: 3_000, pages: 20 };

async function observe(reply: Reply, limits = LIMITS) {
  const { url, heard } = await scriptedServer(reply);
  return { observed: await observeServer('s', { url, headers: [['authorization', 'Bearer t']] }, limits), heard };
}

/** What a person is told, without the URL. */
async function refusal(reply: Reply, limits = LIMITS): Promise<string> {
  const { url } = await scriptedServer(reply);
  try {
    await observeServer('s', { url, headers: [] }, limits);
    return 'no refusal';
  } catch (problem) {
    if (!(problem instanceof Failure)) throw problem;
    expect(problem.message.startsWith(`${url.href}: `)).toBe(true);
    return problem.message.slice(url.href.length + 2);
  }
}

const legacy =
  (list: (heard: Heard) => string, capabilities = '{"tools":{}}'): Reply =>
  (heard, response) => {
    if (heard.method === 'server/discover')
      return json(response, '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no session"}}', 400);
    if (heard.method === 'initialize') {
      const body = result(
        heard,
        `{"protocolVersion":"2025-06-18","capabilities":${capabilities},"serverInfo":{"name":"old","version":"0"},"instructions":"Hi."}`,
      );
      return json(response, body, 200, { 'mcp-session-id': 'abc' });
    }
    if (heard.id === null) return void response.writeHead(202).end();
    return json(response, result(heard, list(heard)));
  };

describe('a live server', () => {
  test('of the modern era is asked with everything in every request', async () => {
    const { observed, heard } = await observe(
      modernServer((ask, response) => json(response, result(ask, '{"tools":[{"name":"a"}]}'))),
    );
    expect(observed).toMatchObject({
      era: 'modern',
      protocolVersion: '2026-07-28',
      serverInfo: { name: 's', version: '1' },
      instructions: null,
      capabilities: { tools: true, prompts: false },
    });
    expect(heard.map(({ method }) => method)).toEqual(['server/discover', 'tools/list', 'initialize']);
    for (const { headers, method, params } of heard.slice(0, -1)) {
      expect(headers).toMatchObject({
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        authorization: 'Bearer t',
      });
      expect(params['_meta']).toMatchObject({
        'io.modelcontextprotocol/clientCapabilities': {
          elicitation: { form: {}, url: {} },
          roots: {},
          sampling: { context: {}, tools: {} },
        },
      });
    }
  });

  test('that refuses a version which it supports is asked again, once', async () => {
    const refused =
      '"error":{"code":-32022,"message":"no","data":{"supported":["2026-07-28"],"requested":"2026-07-28"}}';
    const modern = modernServer((ask, response) => json(response, result(ask, '{"tools":[]}')));
    let refusals = 0;
    const server =
      (times: number): Reply =>
      (ask, response) =>
        ++refusals <= times
          ? json(response, `{"jsonrpc":"2.0","id":${ask.id},${refused}}`, 400)
          : modern(ask, response);
    const { observed, heard } = await observe(server(1));
    expect(observed.era).toBe('modern');
    expect(heard.map(({ method }) => method)).toEqual([
      'server/discover',
      'server/discover',
      'tools/list',
      'initialize',
    ]);
    refusals = 0;
    expect(await refusal(server(9))).toBe('speaks the protocol versions 2026-07-28');
    expect(refusals).toBe(2);
  });

  test('of the legacy era is asked in its session, which is closed again', async () => {
    const { observed, heard } = await observe(legacy(() => '{"tools":[{"name":"a"}]}'));
    expect(observed).toMatchObject({ era: 'legacy', protocolVersion: '2025-06-18', instructions: 'Hi.' });
    expect(heard.map(({ httpMethod, method }) => `${httpMethod} ${method}`.trim())).toEqual([
      'POST server/discover',
      'POST initialize',
      'POST notifications/initialized',
      'POST tools/list',
      'DELETE',
    ]);
    const [, , ...inSession] = heard;
    for (const { headers } of inSession)
      expect(headers).toMatchObject({ 'mcp-session-id': 'abc', 'mcp-protocol-version': '2025-06-18' });
  });

  test('has its definitions kept as it sent them', async () => {
    const sent = '{"x-unknown":{"b":1.0,"a":12345678901234567890},"name":"a","description":"caf\\u00e9"}';
    const { observed } = await observe(
      modernServer((ask, response) => json(response, result(ask, `{"tools":[${sent}]}`))),
    );
    expect(observed.definitions.map(({ definition }) => canonicalTree(definition))).toEqual([
      '{"description":"café","name":"a","x-unknown":{"a":12345678901234567890,"b":1.0}}',
    ]);
  });

  test('is drained page by page, an empty cursor included', async () => {
    const pages: Record<string, string> = {
      first: '{"tools":[{"name":"a"}],"nextCursor":""}',
      '': '{"tools":[],"nextCursor":"2"}',
      '2': '{"tools":[{"name":"b"}]}',
    };
    const { observed } = await observe(
      legacy(({ params }) => pages[typeof params['cursor'] === 'string' ? params['cursor'] : 'first'] ?? ''),
    );
    expect(observed.definitions.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('is asked for what it declares and nothing else', async () => {
    const { heard } = await observe(
      legacy(() => '{"prompts":[],"resourceTemplates":[]}', '{"prompts":{},"resources":{}}'),
    );
    expect(heard.map(({ method }) => method)).toContain('prompts/list');
    expect(heard.map(({ method }) => method)).toContain('resources/templates/list');
    expect(heard.map(({ method }) => method)).not.toContain('tools/list');
  });

  test('may answer as a stream, with other messages before', async () => {
    const { observed } = await observe(
      modernServer((ask, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': hello\n\ndata:\n\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n');
        response.write(`event: message\ndata: {"jsonrpc":"2.0","id":77,"result":{"tools":[{"name":"other"}]}}\n\n`);
        // Left open: the answer is what counts.
        response.write(`data: ${result(ask, '{"tools":[{"name":"mine"}]}')}\n\n`);
      }),
    );
    expect(observed.definitions.map(({ name }) => name)).toEqual(['mine']);
  });

  test('that has resources but no templates is none the worse', async () => {
    const { observed } = await observe((heard, response) => {
      if (heard.method === 'server/discover')
        return json(response, result(heard, DISCOVERED.replace('"tools"', '"resources"')));
      return json(
        response,
        `{"jsonrpc":"2.0","id":${heard.id},"error":{"code":-32601,"message":"Method not found"}}`,
        404,
      );
    });
    expect(observed.definitions).toEqual([]);
  });
});

describe('the era of a server', () => {
  const legacyAnswers: [name: string, reply: (response: ServerResponse, heard: Heard) => void][] = [
    [
      'an error without an id',
      (response) => json(response, '{"jsonrpc":"2.0","error":{"code":-32600,"message":"no"},"id":null}', 400),
    ],
    [
      'an unknown method',
      (response, { id }) => json(response, `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"no"}}`),
    ],
    ['a plain 404', (response) => response.writeHead(404).end('Not found')],
    ['a 405', (response) => response.writeHead(405).end()],
    [
      'a list of legacy versions',
      (response, { id }) =>
        json(
          response,
          `{"jsonrpc":"2.0","id":${id},"error":{"code":-32022,"message":"no","data":{"supported":["2025-11-25"]}}}`,
          400,
        ),
    ],
    [
      'an answer that offers no version of ours',
      (response, heard) => json(response, result(heard, '{"supportedVersions":["2031-01-01"]}')),
    ],
  ];
  test.each(legacyAnswers)('%s on discover makes it legacy', async (_name, reply) => {
    const rest = legacy(() => '{"tools":[]}');
    const { observed } = await observe((heard, response) =>
      heard.method === 'server/discover' ? reply(response, heard) : rest(heard, response),
    );
    expect(observed.era).toBe('legacy');
  });

  const noEvidence: [name: string, reply: Reply, told: string][] = [
    [
      'a refusal of credentials',
      (_heard, response) => response.writeHead(401).end(),
      'wants other credentials (HTTP 401)',
    ],
    ['a refusal to let us in', (_heard, response) => response.writeHead(403).end(), 'refuses us (HTTP 403)'],
    ['a fault', (_heard, response) => response.writeHead(503).end(), 'is not well (HTTP 503)'],
    ['too many requests', (_heard, response) => response.writeHead(429).end(), 'is not well (HTTP 429)'],
    ['silence', () => {}, 'did not answer within 0.5 s'],
    ['a broken connection', (_heard, response) => response.destroy(), 'cannot be reached (UND_ERR_SOCKET)'],
    [
      'versions that we do not know',
      ({ id }, response) =>
        json(
          response,
          `{"jsonrpc":"2.0","id":${id},"error":{"code":-32022,"message":"no","data":{"supported":["2031-01-01"]}}}`,
          400,
        ),
      'speaks the protocol versions 2031-01-01',
    ],
  ];
  test.each(noEvidence)('%s says nothing about it', async (_name, reply, told) => {
    const methods: string[] = [];
    const message = await refusal((heard, response) => {
      methods.push(heard.method);
      reply(heard, response);
    });
    expect(message).toBe(told);
    expect(methods).toEqual(['server/discover']);
  });
});

describe('a hostile server', () => {
  let page = 0;
  const named = (name: string): string => JSON.stringify({ name });
  const cases: [name: string, tools: Reply, told: string][] = [
    [
      'never runs out of pages',
      (ask, response) => json(response, result(ask, `{"tools":[],"nextCursor":"${page++}"}`)),
      'has more than 20 pages of tools',
    ],
    [
      'sends a cursor again',
      (ask, response) => json(response, result(ask, '{"tools":[],"nextCursor":"x"}')),
      'sent the same cursor of tools/list again',
    ],
    [
      'sends a cursor that is a number',
      (ask, response) => json(response, result(ask, '{"tools":[],"nextCursor":1}')),
      'sent a cursor that is no text',
    ],
    [
      'sends too much at once',
      (ask, response) => json(response, result(ask, `{"tools":[{"name":"a","description":"${'x'.repeat(30_000)}"}]}`)),
      'answered with more than 20000 bytes',
    ],
    [
      'sends too much in all',
      (ask, response) =>
        json(
          response,
          result(
            ask,
            `{"tools":[{"name":"${page++}","description":"${'x'.repeat(15_000)}"}],"nextCursor":"${page++}"}`,
          ),
        ),
      'sent more than 100000 bytes in all',
    ],
    [
      'streams without end',
      (_ask, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const timer = setInterval(
          () => response.write(`data: {"jsonrpc":"2.0","method":"x","params":"${'x'.repeat(5_000)}"}\n\n`),
          1,
        );
        response.on('close', () => clearInterval(timer));
      },
      'answered with more than 20000 bytes',
    ],
    [
      'sends one byte now and then',
      (_ask, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 100);
        response.on('close', () => clearInterval(timer));
      },
      'did not answer within 0.5 s',
    ],
    [
      'ends a stream without an answer',
      (_ask, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {}\n\n'),
      'ended its answer to tools/list without a result',
    ],
    [
      'breaks off in the middle',
      (_ask, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"js');
        setTimeout(() => response.destroy(), 10);
      },
      'broke off its answer (UND_ERR_SOCKET)',
    ],
    [
      'sends HTML',
      (_ask, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'answered tools/list with the content type text/html',
    ],
    [
      'does not say what it sends',
      (_ask, response) => response.writeHead(200).end('{}'),
      'answered tools/list with no content type',
    ],
    [
      'sends broken JSON',
      (_ask, response) => json(response, '{"jsonrpc":"2.0",'),
      'answered tools/list with broken JSON: expected a string in double quotes',
    ],
    [
      'says a member twice',
      (ask, response) => json(response, result(ask, '{"tools":[{"name":"a","name":"b"}]}')),
      'answered tools/list with broken JSON: the member "name" appears twice',
    ],
    [
      'nests without end',
      (ask, response) =>
        json(response, result(ask, `{"tools":[{"name":"a","x":${'['.repeat(200)}${']'.repeat(200)}}]}`)),
      'answered tools/list with broken JSON: more than 64 levels deep',
    ],
    [
      'sends half a character',
      (ask, response) => json(response, result(ask, '{"tools":[{"name":"\\ud800"}]}')),
      'answered tools/list with broken JSON: the string has half of a surrogate pair',
    ],
    [
      'sends what is not UTF-8',
      (_ask, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x7b, 0xff, 0x7d])),
      'answered with bytes that are not UTF-8',
    ],
    [
      'answers another request',
      ({ id }, response) => json(response, `{"jsonrpc":"2.0","id":${Number(id) + 1},"result":{"tools":[]}}`),
      'did not answer tools/list',
    ],
    [
      'sends us elsewhere',
      (_ask, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      'answered with a redirect, which is never followed',
    ],
    [
      'has an error',
      ({ id }, response) => json(response, `{"jsonrpc":"2.0","id":${id},"error":{"code":-32603,"message":"oops"}}`),
      'refused tools/list: oops (-32603)',
    ],
    ['has an HTTP error', (_ask, response) => response.writeHead(500).end('oops'), 'answered tools/list with HTTP 500'],
    [
      'sends no list',
      (ask, response) => json(response, result(ask, '{"tool":[]}')),
      'answered tools/list without `tools`',
    ],
    [
      'names a tool twice',
      (ask, response) => json(response, result(ask, `{"tools":[${named('a')},${named('a')}]}`)),
      'names the tool `a` twice',
    ],
    [
      'names a tool twice, pages apart',
      (ask, response) =>
        json(
          response,
          result(
            ask,
            ask.params['cursor'] === undefined
              ? `{"tools":[${named('a')}],"nextCursor":"2"}`
              : `{"tools":[${named('a')}]}`,
          ),
        ),
      'names the tool `a` twice',
    ],
    [
      'lists what is no object',
      (ask, response) => json(response, result(ask, '{"tools":["a"]}')),
      'lists a tool without `name`',
    ],
    [
      'lists a tool without a name',
      (ask, response) => json(response, result(ask, `{"tools":[${named('')}]}`)),
      'lists a tool without `name`',
    ],
    [
      'hides a line break in a name',
      (ask, response) => json(response, result(ask, `{"tools":[${named('a\nb')}]}`)),
      'lists the tool "a\\nb", with a control character',
    ],
    [
      'has a name without end',
      (ask, response) => json(response, result(ask, `{"tools":[${named('a'.repeat(2_000))}]}`)),
      'lists a tool whose `name` has more than 1024 characters',
    ],
  ];

  test.each(cases)('%s', async (_name, tools, told) => {
    expect(await refusal(modernServer(tools))).toBe(told);
  });

  test('that is slow on every page is given up on in all', async () => {
    const slow = modernServer((ask, response) => {
      setTimeout(() => json(response, result(ask, `{"tools":[],"nextCursor":"${page++}"}`)), 100);
    });
    expect(await refusal(slow, { ...LIMITS, totalMs: 400 })).toBe('did not answer within 0.4 s');
  });

  test('opens a session with an id that would split a header', async () => {
    const told = await refusal((heard, response) => {
      if (heard.method === 'server/discover') return void response.writeHead(404).end();
      return json(response, result(heard, '{"protocolVersion":"2025-11-25"}'), 200, { 'mcp-session-id': 'a b' });
    });
    expect(told).toBe('opened a session with an id that is no visible ASCII');
  });

  test('speaks a version nobody asked for', async () => {
    const told = await refusal((heard, response) => {
      if (heard.method === 'server/discover') return void response.writeHead(404).end();
      return json(response, result(heard, '{"protocolVersion":"1999-01-01"}'));
    });
    expect(told).toBe('speaks the protocol version 1999-01-01');
  });

  test('introduces itself without end', async () => {
    const long = DISCOVERED.replace('"capabilities"', `"instructions":"${'x'.repeat(70_000)}","capabilities"`);
    expect(await refusal((heard, response) => json(response, result(heard, long)), SYNC_LIMITS)).toBe(
      'introduces itself with more than 65536 characters',
    );
  });

  test('is not there', async () => {
    const told = await observeServer('s', { url: new URL('http://127.0.0.1:1/mcp'), headers: [] }, LIMITS).catch(
      (problem: unknown) => problem,
    );
    expect(String(told)).toBe('Error: http://127.0.0.1:1/mcp: cannot be reached (ECONNREFUSED)');
  });
});
