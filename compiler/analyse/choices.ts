/** Something of a call that can be chosen, with the most telling values first. */
export interface Dimension {
  readonly key: string;
  /** JSON texts; null = absent. */
  readonly options: readonly (string | null)[];
  /** Whether there are no other values. */
  readonly isComplete: boolean;
}

/** One option of every dimension, by its key. */
export type Choice = ReadonlyMap<string, string | null>;

export function sizeOf(dimensions: readonly Dimension[]): number {
  return dimensions.reduce((size, { options }) => size * options.length, 1);
}

/**
 * Choices, those first that take the first options: all of them, or as many as allowed. A choice is valid until the next
 * one is asked for.
 */
export function* everyChoice(dimensions: readonly Dimension[], choicesMax: number): Generator<Choice> {
  const farthest = dimensions.reduce((sum, { options }) => sum + options.length - 1, 0);
  const choice = new Map<string, string | null>();
  let left = choicesMax;
  for (let distance = 0; distance <= farthest && left > 0; distance++) {
    for (const found of atDistance(dimensions, 0, distance, choice)) {
      if (left-- <= 0) return;
      yield found;
    }
  }
}

/** The choices whose options' positions add up to a distance. */
function* atDistance(
  dimensions: readonly Dimension[],
  from: number,
  distance: number,
  choice: Map<string, string | null>,
): Generator<Choice> {
  const dimension = dimensions[from];
  if (dimension === undefined) {
    if (distance === 0) yield choice;
    return;
  }
  const last = Math.min(distance, dimension.options.length - 1);
  const reach = dimensions.slice(from + 1).reduce((sum, { options }) => sum + options.length - 1, 0);
  for (let at = Math.max(0, distance - reach); at <= last; at++) {
    choice.set(dimension.key, dimension.options[at] ?? null);
    yield* atDistance(dimensions, from + 1, distance - at, choice);
  }
}
