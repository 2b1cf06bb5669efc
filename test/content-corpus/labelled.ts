import type { Random } from './random.ts';

/** A piece of text, and what it is; null where it only looks like something. */
interface Value {
  readonly text: string;
  readonly entity: string | null;
}

/** A place in a text that a detector should find. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly entity: string;
}

/** A text with everything in it that should be found, and nothing else that should. */
export interface Labelled {
  readonly text: string;
  /** Names of the members that lead to the text in its JSON, outermost first; empty for plain text. */
  readonly keys: readonly string[];
  readonly labels: readonly Label[];
}

export type MakeValue = (random: Random) => Value;
export type Makers = Readonly<Record<string, MakeValue>>;

export const entity =
  (name: string, make: (random: Random) => string): MakeValue =>
  (random) => ({ text: make(random), entity: name });

export const nothing = (make: (random: Random) => string): MakeValue => entityless(make);

const entityless =
  (make: (random: Random) => string): MakeValue =>
  (random) => ({ text: make(random), entity: null });

/** A template with its `{slots}` filled by the makers of those names. */
export function fill(template: string, makers: Makers, random: Random): Labelled {
  const pieces: string[] = [];
  const labels: Label[] = [];
  let length = 0;
  const push = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  for (const [index, part] of template.split(/\{([a-zA-Z0-9]+)\}/).entries()) {
    if (index % 2 === 0) {
      push(part);
      continue;
    }
    const make = makers[part];
    if (make === undefined) throw new Error(`no maker is called ${part}`);
    const value = make(random);
    if (value.entity !== null) labels.push({ start: length, end: length + value.text.length, entity: value.entity });
    push(value.text);
  }
  return { text: pieces.join(''), keys: [], labels };
}

/** A text with something before and behind it. */
export function wrap(before: string, inner: Labelled, after: string): Labelled {
  const by = before.length;
  return {
    text: before + inner.text + after,
    keys: inner.keys,
    labels: inner.labels.map((label) => ({ ...label, start: label.start + by, end: label.end + by })),
  };
}

/** Texts one behind the other. */
export function concat(texts: readonly Labelled[], between: string): Labelled {
  let all: Labelled = { text: '', keys: [], labels: [] };
  for (const [index, next] of texts.entries()) {
    const before = index === 0 ? '' : all.text + between;
    const moved = wrap(before, next, '');
    all = { text: moved.text, keys: [], labels: [...all.labels, ...moved.labels] };
  }
  return all;
}
