import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { analyzerAt, Detectors, NAME, REDACTED } from '../fixtures/detectors.ts';
import { messagesOf, modernCall, post } from '../fixtures/mcp-http.ts';
import { OpenRequest } from '../fixtures/open-request.ts';
import { WorkerRig } from '../fixtures/worker-rig.ts';
import { FORM } from '../hostile/asking.ts';
import { ask, event, openStream, questionOf, result } from '../hostile/scripts.ts';
import { until } from '../hostile/stage.ts';
import { modern } from './content-external/messages.ts';

let detectors: Detectors;
let rig: WorkerRig;

beforeAll(async () => {
  detectors = await Detectors.open();
});
beforeEach(async () => {
  detectors.behave();
  detectors.asked.length = 0;
  const detect = analyzerAt(detectors.url, 'block');
  const directions = ['to-server', 'to-client'] as const;
  rig = await WorkerRig.open([
    { name: 'names', pattern: '', detect, directions, action: { kind: 'replace', with: null } },
  ]);
  await rig.start(2);
});
afterEach(() => rig.stop());
afterAll(() => detectors.close());

test('a worker that dies while a request is looked through sends nothing of it, and another serves', async () => {
  detectors.hold();
  // One after the other, so that they come to the workers by turns.
  const asked: OpenRequest[] = [];
  for (const count of [1, 2]) {
    const { headers = {}, body = '' } = modernCall('modern_echo', JSON.stringify({ to: `${count} 😀 ${NAME}` }));
    asked.push(new OpenRequest({ url: rig.url, key: rig.rig.keys.bot, headers, body }));
    await until(() => detectors.waiting === count);
  }
  process.kill(rig.workers[0] ?? 0, 'SIGKILL');
  await until(() => detectors.waiting === 1);
  expect(rig.calls).toBe(0);
  detectors.release();
  const ends = await Promise.all(asked.map(({ ended }) => ended));
  expect([ends.toSorted(), rig.calls]).toEqual([['cut', 'whole'], 1]);
  expect(rig.upstream.requests.at(-1)?.body.toString()).toContain(REDACTED);
}, 60_000);

test('what a client comes back with is looked through once, by the worker that has its call', async () => {
  let finish: () => void = () => undefined;
  rig.answerCalls((request) => (socket) => {
    openStream(ask('"q"', 'elicitation/create', FORM))(socket);
    finish = () => void socket.write(`${event(result(questionOf(request).id, '"content":[]'))}0\r\n\r\n`);
  });
  const send = async (params: string): Promise<unknown> => {
    const { headers = {}, body = '' } = modern('tools/call', params, 'legacy_echo');
    return messagesOf(await post({ url: rig.url, key: rig.rig.keys.bot, headers, body })).at(-1);
  };
  const asked = (await send('"name":"legacy_echo"')) as {
    readonly result: { readonly requestState: string; readonly inputRequests: object };
  };
  const [key = ''] = Object.keys(asked.result.inputRequests);
  const answers = `{"${key}":{"action":"accept","content":{"name":"of 😀 ${NAME}"}}}`;
  const state = JSON.stringify(asked.result.requestState);
  // The next connection comes to the other worker.
  const answer = send(`"name":"legacy_echo","inputResponses":${answers},"requestState":${state}`);
  const told = () => rig.upstream.requests.filter(({ body }) => body.includes('"id":"q"'));
  await until(() => told().length > 0);
  finish();
  expect(await answer).toMatchObject({ result: { content: [] } });
  expect(told().map(({ body }) => body.includes(`of ${REDACTED}`))).toEqual([true]);
  expect(detectors.asked.filter(({ body }) => body.includes(`of 😀 ${NAME}`))).toHaveLength(1);
}, 60_000);
