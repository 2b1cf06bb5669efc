import { expect, test } from 'vitest';
import {
  JSON_KEY_BYTES_MAX,
  JSON_MEMBERS_MAX,
  JSON_STRING_BYTES_MAX,
  JSON_VALUES_MAX,
} from '../../dataplane/limits.ts';
import { editMembers } from '../../dataplane/json/members.ts';
import { JsonScanner } from '../../dataplane/json/scanner.ts';
import { splice } from '../../dataplane/json/splice.ts';
import { OBJECT } from '../../dataplane/json/tape.ts';
import { scanRequest } from '../../dataplane/mcp/scan.ts';
import { scanResponse } from '../../dataplane/mcp/scan-response.ts';
import { fuzzInputs } from './json-inputs.ts';
import { isSameValue, referenceOf } from './json-oracle.ts';
import { readKeptInputs } from './kept-inputs.ts';

/** `MCPGW_SEED` draws others, as in property tests. */
const SEED = Number(process.env['MCPGW_SEED'] ?? 20_261_120);
const INPUTS = 1_000_000;
const RUN_MS_MAX = 240_000;
const ALL_LEVELS = 100;
/** Enough to see what is wrong. */
const SHOWN_MAX = 10;

const kept = readKeptInputs();
const scanner = new JsonScanner();

/** Null when the scanner does with these bytes what the reference wants. */
function wrongVerdict(bytes: Buffer): string | null {
  const failure = scanner.scan(bytes, ALL_LEVELS);
  const reference = referenceOf(bytes);
  if (reference.kind === 'refused') return failure === null ? 'accepted, and JSON.parse refuses it' : null;
  if (failure === null) {
    if (reference.stricter.length > 0) return `accepted, and it has ${reference.stricter.join()}`;
    return isSameValue(bytes, scanner.tape, 0, reference.value) ? null : 'read as another value';
  }
  return reference.stricter.includes(failure) ? null : `refused as ${failure}, and JSON.parse accepts it`;
}

/** Null when members are taken out, put in and replaced as on the parsed value. The input was accepted by the last scan. */
function wrongSplice(bytes: Buffer): string | null {
  const { tape } = scanner;
  if (tape.kind(0) !== OBJECT) return null;
  const object = { start: tape.start(0), end: tape.end(0) };
  const value = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  const keys = Object.keys(value);
  // Any set of them: the length of the input is as good a die as another.
  const remove = keys.filter((_key, at) => ((bytes.length >> (at % 8)) & 1) === 1);
  const replaced = keys.at(bytes.length % (keys.length + 1)) ?? 'added';
  const edited = splice(bytes, editMembers(bytes, object, { remove, add: [{ key: replaced, json: '[1]' }] }));
  const wanted = Object.entries(value).filter(([key]) => !remove.includes(key) && key !== replaced);
  const failure = scanner.scan(edited, ALL_LEVELS);
  if (failure !== null) return `spliced into what is refused as ${failure}`;
  const same = isSameValue(edited, scanner.tape, 0, Object.fromEntries([[replaced, [1]], ...wanted]));
  return same ? null : `spliced into ${edited.toString('latin1')}`;
}

/** Null when what both readers of messages point at is what the parsed message has. The input may be anything. */
function wrongMessage(bytes: Buffer, isAccepted: boolean): string | null {
  for (const read of [scanRequest(bytes), scanResponse(bytes)]) {
    if (!read.ok) continue;
    if (!isAccepted) return 'a message, and no JSON';
    const { message } = read;
    const value = JSON.parse(bytes.toString('utf8')) as Readonly<Record<string, unknown>>;
    if (message.method !== (value['method'] ?? null)) return `a message with the method ${message.method}`;
    for (const key of ['id', 'params', 'result', 'error'] as const) {
      const span = message[key];
      const seen = span === null ? null : JSON.parse(bytes.toString('utf8', span.start, span.end));
      if (JSON.stringify(seen) !== JSON.stringify(value[key] ?? null)) return `a message with another ${key}`;
    }
  }
  return null;
}

function disagreement(bytes: Buffer): string | null {
  try {
    const wrong = wrongVerdict(bytes);
    if (wrong !== null) return wrong;
    const accepted = scanner.scan(bytes, ALL_LEVELS) === null;
    return (accepted ? wrongSplice(bytes) : null) ?? wrongMessage(bytes, accepted);
  } catch (problem) {
    return `threw ${String(problem)}`;
  }
}

test.each(kept.map(({ verdict, name, bytes }) => [verdict, name, bytes] as const))(
  '%s: %s',
  (verdict, _name, bytes) => {
    expect(scanner.scan(bytes, ALL_LEVELS) ?? 'accepted').toBe(verdict);
    expect(disagreement(bytes)).toBeNull();
  },
);

const atBounds: readonly [name: string, text: (size: number) => string, max: number, failure: string][] = [
  [
    'members',
    (size) => `{${Array.from({ length: size }, (_, at) => `"${at}":0`).join()}}`,
    JSON_MEMBERS_MAX,
    'too-many-members',
  ],
  ['values, the array itself among them', (size) => `[${'0,'.repeat(size - 2)}0]`, JSON_VALUES_MAX, 'too-many-values'],
  ['bytes of a key, quotes included', (size) => `{"${'k'.repeat(size - 2)}":0}`, JSON_KEY_BYTES_MAX, 'too-long-key'],
  ['bytes of a text, quotes included', (size) => `"${'t'.repeat(size - 2)}"`, JSON_STRING_BYTES_MAX, 'too-long-string'],
];

test.each(atBounds)('%s are accepted up to the bound and refused beyond it', (_name, text, max, failure) => {
  expect(scanner.scan(Buffer.from(text(max)), 1)).toBeNull();
  expect(scanner.scan(Buffer.from(text(max + 1)), 1)).toBe(failure);
});

test(
  'a million inputs are accepted, read, refused and spliced as JSON.parse would have it',
  () => {
    const found: string[] = [];
    let accepted = 0;
    let inputs = 0;
    for (const bytes of fuzzInputs(
      SEED,
      kept.map((input) => input.bytes),
    )) {
      if (++inputs > INPUTS || found.length === SHOWN_MAX) break;
      const said = disagreement(bytes);
      if (said !== null) found.push(`${JSON.stringify(bytes.toString('latin1'))}: ${said}`);
      else if (scanner.scan(bytes, 1) === null) accepted++;
    }
    expect(found).toEqual([]);
    // Inputs that are all alike would agree, too.
    expect(accepted).toBeGreaterThan(INPUTS / 5);
    expect(accepted).toBeLessThan((INPUTS * 4) / 5);
  },
  RUN_MS_MAX,
);
