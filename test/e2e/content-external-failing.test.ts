import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import { NAME, REDACTED, type Reply } from '../fixtures/detectors.ts';
import { whole } from '../fixtures/upstreams/raw-upstream.ts';
import { ASKABLE, FORM } from '../hostile/asking.ts';
import { modernScript, rawStream, result } from '../hostile/scripts.ts';
import { Stage, until, type Told } from '../hostile/stage.ts';
import { block, complete, legacy, modern } from './content-external/messages.ts';
import { holdCalls } from './content-external/streams.ts';

let stage: Stage;
let written = 0;
let texts = 0;

beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(async () => {
  stage.behave();
  stage.modern.requests.length = 0;
  stage.detectors.asked.length = 0;
  written = (await stage.rig.records()).length;
});
afterAll(() => stage.close());

/** A text that no analyzer was asked about before, as JSON text. */
const fresh = (more = ''): string => JSON.stringify(`text ${++texts} of 😀 ${NAME}${more}`);
const call = (gateway: string, args: string, tool = 'docs_read') =>
  modern('tools/call', `"name":"${tool}","arguments":${args}`, tool, { path: `/mcp/${gateway}` });
const calls = (): number => stage.modern.requests.filter(({ body }) => body.includes('"tools/call"')).length;
const recorded = async (): Promise<AuditRecord | undefined> => (await stage.rig.records(written + 1))[written];
const textOf = ({ result: answer, error }: Told): unknown =>
  (answer?.['content'] as readonly { readonly text?: unknown }[] | undefined)?.[0]?.text ?? error?.message;
const answerWith = (text: string): void =>
  stage.modern.answerWith(modernScript('tools/call', ({ id }) => whole(result(id, complete(block(text))))));

const NOT_MADE = 'The call was not made: its content could not be checked.';
const HELD_BACK = 'The result is held back: its content could not be checked.';
const HELD = { decision: 'deny', outcome: 'refused', error: 'content-external' };
const PASSED = { decision: 'allow', outcome: 'ok', error: null };

/** An analyzer that gives no answer that means anything. */
const USELESS: readonly (readonly [name: string, reply: Reply])[] = [
  ['says half of something', { raw: '[[' }],
  ['hangs up', 'cut'],
  ['fails', { raw: '{}', status: 500 }],
  ['says something else', { json: { found: [] } }],
];

describe.each(USELESS)('an analyzer that %s', (_name, reply) => {
  beforeEach(() => {
    stage.detectors.analyzer = () => reply;
  });

  test('holds back a request, as its rule says', async () => {
    const told = await stage.send(call('names', `{"to":${fresh()}}`));
    expect([textOf(told), calls()]).toEqual([NOT_MADE, 0]);
    expect(await recorded()).toMatchObject(HELD);
    // It is asked again at once.
    stage.detectors.behave();
    await stage.send(call('names', `{"to":${fresh()}}`));
    expect(calls()).toBe(1);
  });

  test('holds back a result, as its rule says', async () => {
    answerWith(fresh());
    const told = await stage.send(call('names', '{}'));
    expect([textOf(told), calls()]).toEqual([HELD_BACK, 1]);
    expect(await recorded()).toMatchObject(HELD);
    stage.detectors.behave();
    await stage.send(call('names', `{"to":${fresh()}}`));
  });

  test('lets both pass, as another rule says, and that is recorded', async () => {
    const [sent, answered] = [fresh(), fresh()];
    answerWith(answered);
    const told = await stage.send(call('lenient', `{"to":${sent}}`));
    expect(textOf(told)).toBe(JSON.parse(answered));
    expect(stage.modern.requests.at(-1)?.body.toString()).toContain(sent);
    const record = await recorded();
    expect(record).toMatchObject(PASSED);
    expect(record?.content.map(({ direction, count, failed }) => [direction, count, failed])).toEqual([
      ['to-server', 0, 1],
      ['to-client', 0, 1],
    ]);
    stage.detectors.behave();
    await stage.send(call('lenient', `{"to":${fresh()}}`));
  });
});

describe('an analyzer that is not there', () => {
  test('holds back what it should have looked into', async () => {
    const told = await stage.send(call('away', `{"to":${fresh()}}`));
    expect([textOf(told), calls()]).toEqual([NOT_MADE, 0]);
    expect(await recorded()).toMatchObject(HELD);
  });

  test('is not missed where there is no text', async () => {
    stage.modern.answerWith(modernScript('tools/call', ({ id }) => whole(result(id, complete('"content":[]')))));
    await stage.send(call('away', '{"n":1}'));
    expect(await recorded()).toMatchObject(PASSED);
  });

  test('lets it pass where the rule says so', async () => {
    answerWith(fresh());
    await stage.send(call('away-lenient', `{"to":${fresh()}}`));
    expect(await recorded()).toMatchObject(PASSED);
  });
});

test('what a call waits for, and nobody says, is over with the time that its server has', async () => {
  const open = holdCalls(stage);
  stage.detectors.hold();
  const watched = stage.watch(call('names', '{}', 'hasty_wait'));
  await until(() => open.length === 1);
  open[0]?.end(fresh());
  await until(watched.ended);
  expect(JSON.stringify(watched.messages())).toContain(HELD_BACK);
  expect(stage.detectors.waiting).toBe(0);
  expect(await recorded()).toMatchObject(HELD);
});

test('a person may take longer than the server that asks', async () => {
  stage.modern.answerWith(
    modernScript('tools/call', ({ id, params }) => {
      const asks = `"inputRequests":{"who":{"method":"elicitation/create","params":${FORM}}},"requestState":"s"`;
      if (!('inputResponses' in params)) return whole(result(id, `"resultType":"input_required",${asks}`));
      return whole(result(id, complete(block(JSON.stringify(JSON.stringify(params['inputResponses']))))));
    }),
  );
  const session = await stage.session('bot', '/mcp/names', ASKABLE);
  const watched = stage.watch(legacy(session, 'tools/call', '"name":"hasty_wait","arguments":{}'));
  const { id } = await watched.message(({ method }) => method === 'elicitation/create');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const answer = `"result":{"action":"accept","content":{"name":${fresh()}}}`;
  const body = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},${answer}}`;
  await stage.send({ path: '/mcp/names', headers: { 'mcp-session-id': session }, body });
  await until(watched.ended);
  expect(watched.messages().at(-1)?.result).toBeDefined();
  expect(stage.modern.requests.at(-1)?.body.toString()).toContain(REDACTED);
});

describe('a result that is too large', () => {
  const large = (bytes: number): string => JSON.stringify(`${'x'.repeat(bytes)} 😀 ${NAME}`);

  test.each(['names', 'lenient'])('to be held in memory is not passed on unseen: %s', async (gateway) => {
    answerWith(large(17_000_000));
    const told = await stage.send(call(gateway, '{}'));
    expect(told.error?.message).toBe('server docs sent an answer that is too large');
    expect(await recorded()).toMatchObject({ error: 'upstream-too-large' });
  });

  test.each(['names', 'lenient'])('nor as an event: %s', async (gateway) => {
    const text = large(17_000_000);
    stage.modern.answerWith(
      modernScript('tools/call', ({ id }) => rawStream(`data: ${result(id, complete(block(text)))}\n\n`)),
    );
    const told = await stage.send(call(gateway, '{}'));
    expect(told.error?.message).toBe('server docs sent an answer that is too large');
    expect(await recorded()).toMatchObject({ error: 'upstream-too-large' });
  });

  test('for an analyzer is held back, as its rule says', async () => {
    answerWith(large(5_000_000));
    expect(textOf(await stage.send(call('names', '{}')))).toBe(HELD_BACK);
    expect(await recorded()).toMatchObject(HELD);
  });

  test('for an analyzer passes, as another rule says, and that is recorded', async () => {
    answerWith(large(5_000_000));
    expect(String(textOf(await stage.send(call('lenient', '{}'))))).toHaveLength(5_000_008);
    expect(await recorded()).toMatchObject({ ...PASSED, content: [{ count: 0, failed: 1 }] });
  });
});

describe('of a list of resources', () => {
  const list = (...descriptions: readonly string[]): void => {
    const entries = descriptions.map((text, at) => `{"uri":"doc://pub/${at}","name":"n","description":${text}}`);
    const members = complete(`"ttlMs":0,"resources":[${entries.join()}]`);
    stage.modern.answerWith(modernScript('resources/list', ({ id }) => whole(result(id, members))));
  };
  const listed = async (gateway: string): Promise<readonly unknown[]> => {
    const told = await stage.send(modern('resources/list', '', undefined, { path: `/mcp/${gateway}` }));
    const resources = told.result?.['resources'] as readonly { readonly uri: string }[];
    return resources.map(({ uri }) => uri);
  };

  test('the entries that a webhook blocks are left out, and no others', async () => {
    const blocked = new Set([0, 3, 4, 299]);
    list(...Array.from({ length: 300 }, (_, at) => JSON.stringify(blocked.has(at) ? 'not this one' : 'this one')));
    stage.detectors.webhook = ({ values }) => {
      return { json: { verdict: JSON.stringify(values).includes('not this one') ? 'block' : 'pass' } };
    };
    const uris = Array.from({ length: 300 }, (_, at) => `doc://pub/${at}`);
    expect(await listed('hooked')).toEqual(uris.filter((_uri, at) => !blocked.has(at)));
    expect(await recorded()).toMatchObject({ outcome: 'ok', error: null, content: [{ action: 'block', count: 4 }] });
    // All at once, and then by halves.
    expect(stage.detectors.asked.filter(({ of }) => of === 'webhook').length).toBeLessThan(60);
  });

  test('what nobody looked into is left out', async () => {
    list(fresh(), '""');
    stage.detectors.analyzer = () => 'cut';
    expect(await listed('names')).toEqual([]);
    expect(await recorded()).toMatchObject({ outcome: 'ok', error: 'partial' });
    stage.detectors.behave();
    await stage.send(call('names', `{"to":${fresh()}}`));
  });

  test('what nobody looked into is shown where the rule says so', async () => {
    list(fresh(), '""');
    expect(await listed('away-lenient')).toEqual(['doc://pub/0', 'doc://pub/1']);
    expect(await recorded()).toMatchObject({ outcome: 'ok', error: null, content: [{ count: 0, failed: 1 }] });
  });
});

test('of a resource whose URI a server may not be told a client hears nothing', async () => {
  const uris = JSON.stringify(['doc://pub/a', `doc://pub/${NAME}`]);
  const stream = stage.watch(modern('subscriptions/listen', `"notifications":{"resourceSubscriptions":${uris}}`));
  const acknowledged = await stream.message(({ method }) => method?.endsWith('acknowledged') === true);
  expect(acknowledged.params).toMatchObject({ notifications: { resourceSubscriptions: ['doc://pub/a'] } });
  stream.hangUp();
  expect(await recorded()).toMatchObject({ outcome: 'cancelled', content: [{ direction: 'to-server', count: 1 }] });
  expect(stage.modern.requests.map(({ body }) => body.toString()).join()).not.toContain(NAME);
});

test('a call that waits keeps the policy that it began with', async () => {
  const { active } = stage.rig.proxy.channel.status();
  stage.detectors.hold();
  answerWith(fresh());
  const watched = stage.watch(call('names', `{"to":${fresh()}}`));
  await until(() => stage.detectors.waiting === 1);
  stage.rig.offer({ ...stage.policy(), content: [] });
  await stage.rig.proxy.channel.refresh();
  stage.detectors.release();
  await until(watched.ended);
  expect(JSON.stringify(watched.messages())).toContain(REDACTED);
  expect(stage.modern.requests.at(-1)?.body.toString()).toContain(REDACTED);
  expect(await recorded()).toMatchObject({ ...PASSED, bundle: active?.bundle });
  stage.rig.offer(stage.policy());
  await stage.rig.proxy.channel.refresh();
});
