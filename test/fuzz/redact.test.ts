import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { redactMessage, redactSpan } from '../../dataplane/content/index.ts';
import { splice } from '../../dataplane/json/splice.ts';
import { rulesOf } from '../dataplane/content/policy-of.ts';
import { referenceOf } from './json-oracle.ts';
import { parsePlainly } from './parse-plainly.ts';
import { ARGUMENTS, redactInputs, type RedactInput } from './redact-inputs.ts';
import { redactedJson, redactedText, TooDeep } from './redact-reference.ts';
import { NAIVE_RULES } from './redact-rules.ts';
import { modified, rewritten, type Parse } from './redact-value.ts';

/** `MCPGW_SEED` draws others, as in property tests. */
const SEED = Number(process.env['MCPGW_SEED'] ?? 20_261_120);
const MESSAGES = 1_000_000;
const RUN_MS_MAX = 600_000;
/** Enough to see what is wrong. */
const SHOWN_MAX = 5;

const RULES = rulesOf(NAIVE_RULES.map(({ sketch }) => sketch));

/** `elsewhere`: with its fault it is no message with a value in that slot, so there is nothing to compare. */
type Outcome = 'changed' | 'unchanged' | 'blocked' | 'elsewhere';

/** The whole body after redaction; null when it is blocked. */
function redacted(input: RedactInput, body: Buffer): Buffer | null {
  if (input.slot !== ARGUMENTS) {
    const outcome = redactMessage(RULES, body);
    return outcome.kind === 'blocked' ? null : outcome.bytes;
  }
  const text = input.value.toString();
  const start = input.slot.before.length + Buffer.byteLength(text) - Buffer.byteLength(text.trimStart());
  const outcome = redactSpan(RULES, body, { start, end: start + Buffer.byteLength(text.trim()) });
  if (outcome.kind === 'blocked') return null;
  return outcome.kind === 'changed' ? splice(body, outcome.edits) : body;
}

/** What the value in its slot must be; null when the message must be blocked. */
function wanted({ slot, value }: RedactInput): string | null {
  try {
    if (slot.holds !== 'base64') return redactedJson(value.toString(), slot.open);
    return Buffer.from(redactedText(value.toString())).toString('base64');
  } catch (problem) {
    if (problem instanceof TooDeep) return null;
    throw problem;
  }
}

/** Whether what became of a value is what parsing, changing and writing it makes of it. */
function isSameValue(became: string, { slot, value }: RedactInput, parse: Parse): boolean {
  const wantedValue = rewritten(modified(value.toString(), slot.open, parse), parse);
  return isDeepStrictEqual(rewritten(parse(became), parse), wantedValue);
}

function check(input: RedactInput): Outcome {
  const { slot, value } = input;
  const written = slot.holds === 'base64' ? Buffer.from(value.toString('base64')) : value;
  const body = Buffer.concat([Buffer.from(slot.before), written, Buffer.from(slot.after)]);
  const reference = slot.holds === 'base64' ? null : referenceOf(value);
  const isWhole = reference === null || (reference.kind === 'parsed' && reference.stricter.length === 0);
  // A fault can close what is around it and begin anew: still a message, but not with this value in this slot.
  if (!isWhole && (slot === ARGUMENTS || referenceOf(body).kind === 'parsed')) return 'elsewhere';
  const out = redacted(input, body);
  const expected = isWhole ? wanted(input) : null;
  if (expected === null || out === null) {
    if (expected !== null || out !== null) throw new Error(out === null ? 'blocked' : `let by as ${out.toString()}`);
    return 'blocked';
  }
  const said = out.toString();
  if (said !== slot.before + expected + slot.after) throw new Error(`${said} in the place of ${expected}`);
  const isSame = expected === written.toString();
  if (!isSame && slot.holds !== 'base64') {
    const became = said.slice(slot.before.length, said.length - slot.after.length);
    // What V8 reads wrong is read again before it is believed.
    if (!isSameValue(became, input, JSON.parse) && !isSameValue(became, input, parsePlainly)) {
      throw new Error(`${became} in the place of ${JSON.stringify(modified(value.toString(), slot.open, JSON.parse))}`);
    }
  }
  return isSame ? 'unchanged' : 'changed';
}

test(
  'a million messages come out as parse, change and stringify would have them, and every byte that no rule changed as it was',
  () => {
    const counts = { changed: 0, unchanged: 0, blocked: 0, elsewhere: 0 };
    const wrong: string[] = [];
    let drawn = 0;
    for (const input of redactInputs(SEED)) {
      if (drawn - counts.elsewhere >= MESSAGES || wrong.length === SHOWN_MAX) break;
      drawn++;
      try {
        counts[check(input)]++;
      } catch (problem) {
        const { slot, value } = input;
        wrong.push(
          `seed ${SEED}, message ${drawn}, ${slot.before}${value.toString()}${slot.after}: ${String(problem)}`,
        );
      }
    }
    expect(wrong).toEqual([]);
    // Messages that are all alike would agree, too.
    expect(counts.changed).toBeGreaterThan(MESSAGES / 2);
    expect(counts.unchanged).toBeGreaterThan(MESSAGES / 20);
    expect(counts.blocked).toBeGreaterThan(MESSAGES / 20);
    expect(counts.elsewhere).toBeLessThan(MESSAGES / 5);
  },
  RUN_MS_MAX,
);
