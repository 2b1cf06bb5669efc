import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import {
  PROGRAM_DRAIN_MS,
  PROGRAM_END_MS,
  PROGRAM_LINE_BYTES_MAX,
  PROGRAM_QUEUE_BYTES_MAX,
  PROGRAM_TERM_MS,
} from '../../limits.ts';
import type { CallFailure } from '../../mcp/refusals.ts';
import type { Wire, WireSink } from '../shared-channel.ts';
import { LineReader } from './line-reader.ts';
import type { ProgramLog } from './program-log.ts';
import type { Program } from './program.ts';

type Process = ChildProcessByStdio<Writable, Readable, Readable>;

const NEW_LINE = Buffer.from('\n');

export type ChildResult = { readonly ok: true; readonly child: Child } | { readonly ok: false; readonly code: string };

/**
 * One process of a program, in a process group of its own: a message per line in and out (2025-11-25 basic/transports,
 * stdio). Whatever it started ends with it.
 */
export class Child implements Wire {
  /** Resolves with what it ended with, `code 1` or `SIGKILL`, once nothing of its group is left to be waited for. */
  readonly ended: Promise<string>;
  readonly #process: Process;
  readonly #sink: WireSink;
  readonly #log: ProgramLog;
  readonly #lines = new LineReader(PROGRAM_LINE_BYTES_MAX);
  #closing: Promise<void> | null = null;
  #broken = false;
  #over = false;

  private constructor(process: Process, sink: WireSink, log: ProgramLog) {
    this.#process = process;
    this.#sink = sink;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      process.once('exit', (code, signal) => this.#exited(() => resolve(signal ?? `code ${code ?? -1}`)));
    });
    process.stdout.on('data', (piece: Buffer) => this.#read(piece));
    process.stderr.on('data', log.reader(String(process.pid)));
    // A pipe that breaks is a process that ends: that is heard above.
    for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined);
  }

  /** Starts a process. No shell, and `env` is all its environment. */
  static start(
    { file, args, cwd, user }: Program,
    env: Readonly<Record<string, string>>,
    sink: WireSink,
    log: ProgramLog,
  ): Promise<ChildResult> {
    return new Promise((resolve) => {
      const failed = (problem: unknown): void => {
        resolve({ ok: false, code: problem instanceof Error && 'code' in problem ? String(problem.code) : 'unknown' });
      };
      try {
        const process = spawn(file, [...args], {
          env: { ...env },
          cwd,
          stdio: ['pipe', 'pipe', 'pipe'],
          // A group of its own, so that what it starts can be ended with it.
          detached: true,
          shell: false,
          ...(user === null ? {} : user),
        });
        process.once('error', failed);
        process.once('spawn', () => resolve({ ok: true, child: new Child(process, sink, log) }));
      } catch (problem) {
        failed(problem);
      }
    });
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** Whether it was asked to end, having done nothing wrong. */
  get asked(): boolean {
    return this.#closing !== null && !this.#broken;
  }

  send(message: Buffer): Promise<CallFailure | null> {
    const { stdin } = this.#process;
    if (this.#over || this.#closing !== null || !stdin.writable) return Promise.resolve('upstream-session');
    if (stdin.writableLength + message.length > PROGRAM_QUEUE_BYTES_MAX) return Promise.resolve('upstream-busy');
    stdin.write(onOneLine(message));
    stdin.write(NEW_LINE);
    return Promise.resolve(null);
  }

  renew(): void {
    return;
  }

  /** Asks it to end by closing its input, then by signal, then ends it; each for so long. */
  close(broken = false): Promise<void> {
    if (this.#closing === null) this.#broken = broken;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#process.stdin.end();
    if (await this.#endsWithin(PROGRAM_END_MS)) return;
    this.#signal('SIGTERM');
    if (await this.#endsWithin(PROGRAM_TERM_MS)) return;
    this.#signal('SIGKILL');
    await this.ended;
  }

  async #endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | null = null;
    const waited = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ms);
    });
    const ended = await Promise.race([this.ended.then(() => true), waited]);
    if (timer !== null) clearTimeout(timer);
    return ended;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  }

  /** What it wrote last may still be on its way; what holds the pipe open longer is ended with its group. */
  #exited(settle: () => void): void {
    this.#signal('SIGKILL');
    const end = (): void => {
      if (this.#over) return;
      clearTimeout(timer);
      this.#over = true;
      this.#process.stdout.destroy();
      this.#process.stderr.destroy();
      this.#process.stdin.destroy();
      this.#sink.down('upstream-truncated');
      settle();
    };
    const timer = setTimeout(end, PROGRAM_DRAIN_MS);
    this.#process.once('close', end);
  }

  #read(piece: Buffer): void {
    if (this.#over || this.#closing !== null) return;
    const read = this.#lines.push(piece);
    if (!read.ok) {
      this.#sink.down('upstream-too-large');
      return;
    }
    for (const line of read.lines) {
      // Many servers greet people on their output: what does not begin as a message is none.
      if (isMessage(line)) this.#sink.message({ data: line, eventId: null, retryMs: null });
      else this.#log.write(`${this.pid} (stdout)`, line.toString('utf8', 0, 4_096));
    }
  }
}

/** A message as one line: in JSON, line ends stand only where any white space may. */
function onOneLine(message: Buffer): Buffer {
  if (!message.includes(0x0a) && !message.includes(0x0d)) return message;
  return Buffer.from(message.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}

function isMessage(line: Buffer): boolean {
  for (const byte of line) {
    if (byte === 0x20 || byte === 0x09) continue;
    return byte === 0x7b || byte === 0x5b;
  }
  return false;
}
