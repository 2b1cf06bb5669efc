import { expect, test } from 'vitest';
import { buildContent } from '../../../dataplane/content/index.ts';
import { redactEntries } from '../../../dataplane/mcp/lists/redact-entries.ts';
import { questionParams, redactPart } from '../../../dataplane/mcp/question-params.ts';
import { redactScanned, type Waiter } from '../../../dataplane/mcp/redact-scanned.ts';
import { scanResponse } from '../../../dataplane/mcp/scan-response.ts';
import { tinyPolicy } from '../../fixtures/tiny-bundle.ts';

const built = buildContent(tinyPolicy);
if (!built.ok) throw new Error(built.message);
const rules = built.content.rulesFor({
  gateway: 0,
  server: 0,
  definition: 0,
  kind: 'person',
  subjects: [],
  clients: [],
  direction: 'to-client',
});

/** Nobody is asked, so nobody needs to know how long to wait. */
const nobody: Waiter = {
  get signal(): AbortSignal {
    throw new Error('somebody waits');
  },
};
const CARD = '4111111111111111';
const message = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"${CARD}"}]}}`);
const value = Buffer.from(`{"message":"${CARD}"}`);
const span = { start: 0, end: value.length };
const scanned = scanResponse(message);
if (!scanned.ok) throw new Error(scanned.reason);

const cases: readonly (readonly [name: string, redact: () => unknown, redacted: unknown])[] = [
  [
    'a message',
    () => redactScanned(rules, message, scanned.message, nobody),
    { kind: 'passed', bytes: Buffer.from(message.toString().replace(CARD, '[CARD]')) },
  ],
  ['a part of a message', () => redactPart(rules, value, span, nobody), { text: '{"message":"[CARD]"}' }],
  [
    'a question',
    () => questionParams(rules, value, span, { method: 'elicitation/create', mapUri: null }, nobody),
    { text: '{"message":"[CARD]"}' },
  ],
  ['entries of a list', () => redactEntries(rules, [value], nobody), [{ entry: Buffer.from('{"message":"[CARD]"}') }]],
];

test.each(cases)('%s is not waited for where rules ask nobody', (_name, redact, redacted) => {
  const known = redact();
  expect(known).not.toBeInstanceOf(Promise);
  expect(known).toMatchObject(redacted as object);
});
