import { CARRIAGE_RETURN, LINE_FEED } from '../../json/bytes.ts';
import { GrowingBytes } from '../sse-bytes.ts';

export type LinesResult =
  { readonly ok: true; readonly lines: readonly Buffer[] } | { readonly ok: false; readonly reason: 'line-too-long' };

/** Cuts bytes into lines, from chunks cut anywhere. Holds at most one line, of at most so many bytes. */
export class LineReader {
  readonly #lineBytesMax: number;
  /** The line that is not complete yet. */
  readonly #rest = new GrowingBytes();
  #failed = false;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /**
   * Takes the next chunk, which must not change afterwards; returns the lines that it completes, without their ends and
   * without empty ones. After a failure nothing is read any more.
   */
  push(chunk: Buffer): LinesResult {
    const lines: Buffer[] = [];
    let at = 0;
    while (at < chunk.length && !this.#failed) {
      const end = chunk.indexOf(LINE_FEED, at);
      const piece = chunk.subarray(at, end < 0 ? chunk.length : end);
      if (this.#rest.length + piece.length > this.#lineBytesMax) this.#failed = true;
      else if (end < 0) this.#rest.append(piece);
      else {
        const line = withoutReturn(this.#whole(piece));
        if (line.length > 0) lines.push(line);
      }
      at += piece.length + 1;
    }
    return this.#failed ? { ok: false, reason: 'line-too-long' } : { ok: true, lines };
  }

  #whole(piece: Buffer): Buffer {
    if (this.#rest.length === 0) return piece;
    this.#rest.append(piece);
    return this.#rest.take();
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
