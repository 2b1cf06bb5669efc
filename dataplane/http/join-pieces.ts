import type { AnswerBody } from './exchange.ts';

/** The bytes of a body that arrived in pieces; without copying where it came in one. */
export function joinPieces(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

/** The bytes of an answer's body, in one piece. */
export function bytesOf(body: NonNullable<AnswerBody>): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : joinPieces(body);
}
