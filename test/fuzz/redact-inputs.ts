import {
  below,
  mutate,
  pick,
  randomFrom,
  randomText,
  writeString,
  writeValue,
  type Random,
} from '../property/json-text.ts';

/** Where a value stands, and how the texts in it are read there. */
interface Slot {
  readonly before: string;
  readonly after: string;
  /** Keys and numbers are shown as text. */
  readonly open: boolean;
  /** What may stand there. */
  readonly holds: 'value' | 'text' | 'base64';
}

/** A value in its place in a message. */
export interface RedactInput {
  readonly slot: Slot;
  /** Bytes of the value alone; of `base64`, of the text before it is encoded. */
  readonly value: Buffer;
}

const SLOTS: readonly Slot[] = [
  { before: '{"jsonrpc":"2.0","id":1,"result":{"structuredContent":', after: '}}', open: true, holds: 'value' },
  { before: '{"jsonrpc":"2.0", "id":"x", "result": {"other" : ', after: ' } }', open: false, holds: 'value' },
  {
    before: '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":',
    after: '}}',
    open: false,
    holds: 'value',
  },
  {
    before: '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"","data":',
    after: '}}',
    open: false,
    holds: 'value',
  },
  {
    before: '{"jsonrpc":"2.0","id":4111,"result":{"content":[{"type":"text","text":',
    after: '}]}}',
    open: false,
    holds: 'text',
  },
  { before: '{"jsonrpc":"2.0","id":1,"result":{"contents":[{"blob":"', after: '"}]}}', open: false, holds: 'base64' },
];
/** Arguments of a call are redacted within a body that stays as it is. */
export const ARGUMENTS: Slot = {
  before: '{"method":"tools/call","params":{"arguments":',
  after: '}}',
  open: false,
  holds: 'value',
};

const PLANTS = [
  '4111 1111 1111 1111',
  '4111111111111112',
  // A number before a card, and two cards that share four digits.
  '4000 4111 1111 1111 1111',
  '4000 0000 0000 4111 1111 1111 1111',
  '@',
  '@@@a',
  '14',
  'm😀m',
  'é a',
  '漢漢1',
  '-a',
  'ex/y',
  '[1]',
  '{"a":4}',
  ' [ "11\\u0061" , 1.40 ] ',
];

/** Endless messages that a seed decides: values of every shape, JSON within texts, odd ways to write them, and every third one with faults. */
export function* redactInputs(seed: number): Generator<RedactInput> {
  const random = randomFrom(seed);
  for (;;) yield nextInput(random);
}

function nextInput(random: Random): RedactInput {
  const slot = pick(random, below(random, 3) === 0 ? [ARGUMENTS] : SLOTS);
  if (slot.holds === 'base64') return { slot, value: Buffer.from(plantedText(random)) };
  const json = slot.holds === 'text' ? text(random) : value(random, 3);
  const bytes = Buffer.from(json);
  return { slot, value: below(random, 3) === 0 ? mutate(random, bytes) : bytes };
}

function value(random: Random, depth: number): string {
  switch (below(random, depth > 0 ? 8 : 2)) {
    case 0:
      return writeValue(random, 1);
    case 1:
    case 2:
    case 3:
      return text(random);
    case 4:
    case 5:
      return `[${list(random, () => value(random, depth - 1))}]`;
    default:
      return `{${list(random, (at) => `${writeString(random, `${at}${plantedText(random)}`)} :${value(random, depth - 1)}`)}}`;
  }
}

function list(random: Random, item: (at: number) => string): string {
  return Array.from({ length: below(random, 4) }, (_, at) => item(at)).join(below(random, 2) === 0 ? ',' : ' , ');
}

function text(random: Random): string {
  return writeString(random, plantedText(random));
}

/** A text; often with something in it that rules look for, sometimes JSON. */
function plantedText(random: Random): string {
  const way = below(random, 12);
  if (way === 0) return writeValue(random, 2);
  if (way === 1) return `[${writeString(random, writeValue(random, 1))}]`;
  const plant = way < 6 ? pick(random, PLANTS) : '';
  return way % 2 === 0 ? randomText(random) + plant : plant + randomText(random);
}
