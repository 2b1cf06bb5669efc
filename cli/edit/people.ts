import { failure } from '../failure.ts';

/**
 * Addresses as people paste them: separated by commas, semicolons, spaces or line breaks, with or without names
 * (`Ana Alvarez <ana@acme.dev>`), each once, in their order. A user may also be issuer:id.
 * @throws Failure naming what is neither.
 */
export function parsePeople(words: readonly string[]): readonly string[] {
  // A name in quotes may hold commas.
  const pieces = words
    .join(' ')
    .replaceAll(/"[^"\n]*"/g, ' ')
    .split(/[,;\n]+/);
  const found = pieces.flatMap((piece) => {
    const inBrackets = [...piece.matchAll(/<([^<>\s]+)>/g)].map(([, address]) => address ?? '');
    return inBrackets.length > 0 ? inBrackets : piece.split(/\s+/).filter((word) => word !== '');
  });
  for (const user of found) {
    if (!/^(?:[^\s@:]+@[^\s@:]+\.[^\s@:]+|[a-z][a-z0-9-]*:\S+)$/.test(user)) {
      throw failure(user, 'is neither an email address nor issuer:id');
    }
  }
  return [...new Set(found)];
}
