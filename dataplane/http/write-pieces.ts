import type { Writable } from 'node:stream';
import { JOINED_BYTES_MAX } from '../limits.ts';

/** Bytes, or text that is Latin-1. */
export type Piece = Buffer | string;

/**
 * HOT PATH. Writes pieces of `bytes` bytes together, in one call of the operating system: that call is most of what an answer
 * costs. Small ones are copied into one buffer, since a list of buffers has a price too. `flushed` is called once the last
 * byte left this process. False: the other end is slow, wait for `drain`.
 */
export function writePieces(
  socket: Writable,
  pieces: readonly Piece[],
  bytes: number,
  flushed?: (problem?: Error | null) => void,
): boolean {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return socket.write(first, 'latin1', flushed);
  if (bytes <= JOINED_BYTES_MAX) return socket.write(join(pieces, bytes), 'latin1', flushed);
  socket.cork();
  let more = true;
  pieces.forEach((piece, at) => {
    more = socket.write(piece, 'latin1', at === pieces.length - 1 ? flushed : undefined);
  });
  socket.uncork();
  return more;
}

function join(pieces: readonly Piece[], bytes: number): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const piece of pieces)
    at += typeof piece === 'string' ? joined.write(piece, at, 'latin1') : piece.copy(joined, at);
  return joined;
}
