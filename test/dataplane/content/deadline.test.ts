import { expect, test } from 'vitest';
import type { ContentRule } from '../../../schemas/types/policy.ts';
import { buildContent, redactMessage, redactSpan, type RuleSet } from '../../../dataplane/content/index.ts';
import { Deadline, type Clock } from '../../../dataplane/content/detect/deadline.ts';
import { CONTENT_CHARACTERS_PER_LOOK, CONTENT_MESSAGE_MILLIS_MAX } from '../../../dataplane/limits.ts';
import { EXCHANGE, MAIL, PAN, policyOf, type RuleSketch } from './policy-of.ts';

const recognizing = (name: string, detect: ContentRule['detect']): RuleSketch => ({
  name,
  regex: [],
  detect,
  action: { kind: 'redact' },
});
const ANCHORED: RuleSketch = { name: 'lines', regex: ['^x+$'], action: { kind: 'redact' } };
const PERSONAL = recognizing('personal', {
  kind: 'pii',
  entities: ['EMAIL_ADDRESS', 'PHONE_NUMBER'],
  threshold: 40,
  regions: ['US'],
  allow: [],
});
const SECRETS = recognizing('secrets', { kind: 'secrets', entities: ['GITHUB_TOKEN'], threshold: 50, allow: [] });
const STEERING = recognizing('steering', { kind: 'injection', entities: ['INSTRUCTION'], threshold: 50 });

function rulesWith(sketches: readonly RuleSketch[], clock: Clock): RuleSet {
  const built = buildContent(policyOf(sketches), { clock });
  if (!built.ok) throw new Error(built.message);
  return built.content.rulesFor(EXCHANGE);
}

/** Half of the time has gone by at each look but the first. */
function slowClock(): { readonly clock: Clock; readonly looks: () => number } {
  let looks = 0;
  return { clock: () => (looks++ * CONTENT_MESSAGE_MILLIS_MAX) / 2, looks: () => looks };
}

function message(characters: number, text = 'nothing to see '): Buffer {
  return Buffer.from(JSON.stringify({ result: { a: text.repeat(Math.ceil(characters / text.length)) } }));
}

const LONG = message(CONTENT_CHARACTERS_PER_LOOK * 4);
const MANY_TEXTS = Buffer.from(
  JSON.stringify({ result: Array.from({ length: 4_000 }, () => 'a@b.example '.repeat(8)) }),
);
const slow: [name: string, rules: readonly RuleSketch[], message: Buffer][] = [
  ['patterns', [PAN, MAIL], MANY_TEXTS],
  [
    'a pattern that is found again and again in one text',
    [{ ...MAIL, action: { kind: 'alert' } }],
    message(100_000, 'a@b.example '),
  ],
  ['patterns that are given texts one by one', [ANCHORED], MANY_TEXTS],
  ['personal data', [PERSONAL], LONG],
  ['secrets', [SECRETS], MANY_TEXTS],
  ['texts that steer models', [STEERING], MANY_TEXTS],
  [
    'several rules, none of which takes too long by itself',
    [PERSONAL, SECRETS, STEERING],
    message(CONTENT_CHARACTERS_PER_LOOK),
  ],
];

test.each(slow)('looking for %s ends when the time is over, and blocks the message', (_name, sketches, bytes) => {
  const { clock, looks } = slowClock();
  expect(redactMessage(rulesWith(sketches, clock), bytes)).toMatchObject({ kind: 'blocked', failure: 'too-slow' });
  expect(looks(), 'the first look begins, and nobody looks again when the time is over').toBe(3);
});

test.each(slow)('while there is time, looking for %s goes on', (_name, sketches, bytes) => {
  let now = 0;
  const rules = rulesWith(sketches, () => (now += 0.01));
  expect(redactMessage(rules, bytes)).not.toMatchObject({ failure: 'too-slow' });
});

test('a message begins with all of its time, however long the one before took', () => {
  const { clock } = slowClock();
  const rules = rulesWith([PAN, MAIL], clock);
  const bytes = message(CONTENT_CHARACTERS_PER_LOOK);
  for (let at = 0; at < 5; at++) expect(redactMessage(rules, bytes).kind).toBe('unchanged');
});

test('several parts of a body have the time of one', () => {
  const { clock } = slowClock();
  const rules = rulesWith([PAN], clock);
  const bytes = message(CONTENT_CHARACTERS_PER_LOOK);
  const deadline = new Deadline(clock);
  const outcomes = Array.from({ length: 4 }, () => redactSpan(rules, bytes, { start: 0, end: bytes.length }, deadline));
  expect(outcomes.map((outcome) => (outcome.kind === 'blocked' ? outcome.failure : outcome.kind))).toEqual([
    'unchanged',
    'unchanged',
    'too-slow',
    'too-slow',
  ]);
});

test('a usual message is looked through without looking at the clock', () => {
  const { clock, looks } = slowClock();
  const rules = rulesWith([PAN, MAIL, ANCHORED, PERSONAL, SECRETS, STEERING], clock);
  const bytes = message(1_000);
  expect(redactSpan(rules, bytes, { start: 0, end: bytes.length }).kind).toBe('unchanged');
  expect(looks()).toBe(0);
});
