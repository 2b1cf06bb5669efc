import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where a command speaks. The result goes to stdout and nothing else does, so that a program may read it. */
export interface Terminal {
  /** Writes to stdout as given: the caller ends its lines. */
  result(text: string): void;
  /** Writes one line to stderr. */
  comment(line: string): void;
  /** Empties the screen where stdout is one. */
  clear(): void;
  /** Colours text for stdout or stderr; plain where that is no terminal or NO_COLOR is set. */
  paint(stream: 'result' | 'comment', style: Style, text: string): string;
}

/** The real one. `styleText` itself looks at the stream, NO_COLOR and FORCE_COLOR. */
export const processTerminal: Terminal = {
  result: (text) => void process.stdout.write(text),
  comment: (line) => void process.stderr.write(`${line}\n`),
  clear: () => {
    if (process.stdout.isTTY) process.stdout.write('\u001B[2J\u001B[3J\u001B[H');
  },
  paint: (stream, style, text) =>
    styleText(style, text, { stream: stream === 'result' ? process.stdout : process.stderr }),
};
