import type { RequestHeaders } from './request-headers.ts';

/** One request and its answer, as the rest of the data plane sees them: a faster engine can stand behind this. */
export interface Exchange {
  readonly method: string;
  /** As sent, undecoded, without the query. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  readonly headers: RequestHeaders;
  /** The other end's IP address. */
  readonly peer: string;
  /** Reads the whole body, once; a promise where it is not all here. */
  readBody(bytesMax: number): BodyResult | Promise<BodyResult>;
  /** Answers at once and ends. Ignored when the client is gone, and when an answer was begun. */
  answer(status: number, headers: readonly Header[], body: AnswerBody): void;
  /** Opens a streamed answer and sends its headers. */
  open(status: number, headers: readonly Header[]): void;
  /** Sends a piece of a streamed answer at once. False: wait for `onDrain` before the next. */
  write(piece: Buffer | string): boolean;
  end(): void;
  /** Cuts the connection: the client sees that the answer is incomplete. */
  cut(): void;
  /** Called once, when the answer was handed over in full (`true`) or the client was gone before (`false`); at once if that is past. */
  onClose(listener: (complete: boolean) => void): void;
  onDrain(listener: () => void): void;
}

export type Header = readonly [name: string, value: string];

/** What an answer has to say: a text, bytes, pieces that are sent one after the other without being copied, or nothing. */
export type AnswerBody = Buffer | string | readonly Buffer[] | null;

export type BodyResult =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'body-too-large' | 'body-incomplete'; readonly bytes: number };
