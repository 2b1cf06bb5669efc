import { below, mutate, randomFrom, writeValue, type Random } from '../property/json-text.ts';

/**
 * Endless inputs that a seed decides: whole texts, kept inputs and texts with faults, the front of one with the back of
 * another, and messages of the protocol around any of them.
 */
export function* fuzzInputs(seed: number, kept: readonly Buffer[]): Generator<Buffer> {
  const random = randomFrom(seed);
  for (;;) yield nextInput(random, kept);
}

function nextInput(random: Random, kept: readonly Buffer[]): Buffer {
  const way = below(random, 20);
  if (way < 3) return written(random);
  if (way < 8) return faulty(random, written(random));
  if (way < 14) return faulty(random, keptInput(random, kept));
  if (way < 17) return crossed(random, keptInput(random, kept), written(random));
  const message = messageAround(random, way === 17 ? keptInput(random, kept) : written(random));
  return way === 19 ? faulty(random, message) : message;
}

const written = (random: Random): Buffer => Buffer.from(writeValue(random, 1 + below(random, 4)));

function keptInput(random: Random, kept: readonly Buffer[]): Buffer {
  return kept[below(random, kept.length)] ?? Buffer.alloc(0);
}

function faulty(random: Random, bytes: Buffer): Buffer {
  let changed = mutate(random, bytes);
  while (random() < 0.3) changed = mutate(random, changed);
  return changed;
}

function crossed(random: Random, front: Buffer, back: Buffer): Buffer {
  const [left, right] = random() < 0.5 ? [front, back] : [back, front];
  return Buffer.concat([
    left.subarray(0, below(random, left.length + 1)),
    right.subarray(below(random, right.length + 1)),
  ]);
}

const ENVELOPES: readonly (readonly [before: string, after: string])[] = [
  ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t","arguments":', '}}'],
  ['{"jsonrpc":"2.0","id":"a","method":"prompts/get","params":', '}'],
  ['{"params":{"_meta":', '},"jsonrpc":"2.0","method":"tools/list","id":1}'],
  ['{"jsonrpc":"2.0","method":"notifications/message","params":{"data":', '}}'],
  ['{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[', ']}}'],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"m","data":', '}}'],
];

function messageAround(random: Random, inner: Buffer): Buffer {
  const [before, after] = ENVELOPES[below(random, ENVELOPES.length)] ?? ['', ''];
  return Buffer.concat([Buffer.from(before), inner, Buffer.from(after)]);
}
