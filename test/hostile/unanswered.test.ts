import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { REFUSALS } from '../../dataplane/mcp/refusals.ts';
import { REQUEST_STATE_AGE_MS_MAX } from '../../dataplane/limits.ts';
import { ASKABLE, askingModern } from './asking.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterEach(() => vi.useRealTimers());
afterAll(() => stage.close());

/** Waits without the timers that the test holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test('a question that nobody answers ends its call once its time is up', async () => {
  stage.modern.answerWith(askingModern());
  const session = await stage.session('bot', '/mcp/work', ASKABLE);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const call = stage.watch({
    headers: { 'mcp-session-id': session },
    body: '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"docs_ask"}}',
  });
  await until(() => call.messages().some(({ method }) => method === 'elicitation/create'));
  vi.advanceTimersByTime(REQUEST_STATE_AGE_MS_MAX - 1);
  expect(call.ended()).toBe(false);
  vi.advanceTimersByTime(1);
  await until(call.ended);
  expect(call.messages().at(-1)?.error?.message).toBe(`server docs ${REFUSALS['upstream-input'].message}`);
});
