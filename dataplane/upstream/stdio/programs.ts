import { BoundedCache } from '../../bounded-cache.ts';
import { PROGRAM_OWNERS_MAX, PROGRAM_REST_FIRST_MS, PROGRAM_REST_MS_MAX, PROGRAM_STEADY_MS } from '../../limits.ts';
import { readReference, type Environment } from '../../identity/reference.ts';
import type { WireResult, WireSink } from '../shared-channel.ts';
import { Child } from './child.ts';
import { ProgramLog } from './program-log.ts';
import type { Program } from './program.ts';

/** How a program fares, for the status. */
export interface ProgramStatus {
  readonly program: string;
  readonly children: number;
  readonly childrenMax: number;
  readonly started: number;
  /** How often a child ended although nobody had asked it to, or could not be started. */
  readonly failed: number;
  /** How the last of those ended: `code 1`, `SIGSEGV`, `ENOENT`; null when there was none. */
  readonly lastFailure: string | null;
}

interface Running {
  readonly program: Program;
  readonly log: ProgramLog;
  /** Children, and those that are being started. */
  count: number;
  readonly children: Set<Child>;
  started: number;
  failed: number;
  lastFailure: string | null;
}

interface Rest {
  readonly failures: number;
  readonly untilMs: number;
}

/**
 * Starts and supervises the programs of proxy.yaml: at most so many children of each; one that ended is started again on
 * the next use, for an owner whose children keep ending only after a rest; all end with us.
 */
export class Programs {
  readonly #programs = new Map<string, Running>();
  readonly #rests = new BoundedCache<string, Rest>(PROGRAM_OWNERS_MAX);
  readonly #now: () => number;
  readonly #environment: Environment;
  #closed = false;

  /** `environment`: what `env:NAME` of a program's secrets is looked up in. */
  constructor(
    programs: ReadonlyMap<string, Program>,
    log: (line: string) => void,
    environment: Environment = {},
    now = () => performance.now(),
  ) {
    this.#now = now;
    this.#environment = environment;
    for (const [name, program] of programs) {
      const written = new ProgramLog(name, log, now);
      this.#programs.set(name, {
        program,
        log: written,
        count: 0,
        children: new Set(),
        started: 0,
        failed: 0,
        lastFailure: null,
      });
    }
  }

  /** Whether another child may be started. */
  hasRoom(name: string): boolean {
    const running = this.#programs.get(name);
    return running !== undefined && running.count < running.program.childrenMax;
  }

  async start(name: string, owner: string, sink: WireSink): Promise<WireResult> {
    const running = this.#programs.get(name);
    if (running === undefined || this.#closed) return { ok: false, reason: 'server-unavailable' };
    if (running.count >= running.program.childrenMax) return { ok: false, reason: 'upstream-busy' };
    const key = `${name} ${owner}`;
    if (this.#now() < (this.#rests.get(key)?.untilMs ?? 0)) return { ok: false, reason: 'upstream-down' };
    running.count++;
    running.started++;
    const startedMs = this.#now();
    const env = await this.#environmentOf(running);
    if (env === null) {
      running.count--;
      return { ok: false, reason: 'server-unavailable' };
    }
    const started = await Child.start(running.program, env, sink, running.log);
    if (!started.ok) {
      running.count--;
      this.#failed(running, key, startedMs, started.code);
      running.log.write('', `cannot be started (${started.code})`);
      return { ok: false, reason: 'upstream-unreachable' };
    }
    const { child } = started;
    running.children.add(child);
    void this.#follow(running, child, key, startedMs);
    // The proxy was stopped meanwhile: nobody would end it otherwise.
    if (this.#closed) {
      await child.close();
      return { ok: false, reason: 'server-unavailable' };
    }
    return { ok: true, wire: child };
  }

  status(): readonly ProgramStatus[] {
    return [...this.#programs.values()].map(({ program, count, started, failed, lastFailure }) => ({
      program: program.name,
      children: count,
      childrenMax: program.childrenMax,
      started,
      failed,
      lastFailure,
    }));
  }

  /** Ends all children; resolves when none is left. */
  async close(): Promise<void> {
    this.#closed = true;
    const children = [...this.#programs.values()].flatMap((running) => [...running.children]);
    await Promise.all(children.map((child) => child.close()));
  }

  /** Null where a secret is missing: without it the program would be another one than is meant. */
  async #environmentOf({ program, log }: Running): Promise<Readonly<Record<string, string>> | null> {
    const env: Record<string, string> = { ...program.env };
    for (const [name, source] of Object.entries(program.secretEnv)) {
      const read = await readReference(source, this.#environment);
      if (!read.ok) {
        log.write('', `cannot be started: ${name} has no value (${read.reason})`);
        return null;
      }
      env[name] = read.value;
    }
    return env;
  }

  async #follow(running: Running, child: Child, key: string, startedMs: number): Promise<void> {
    const how = await child.ended;
    running.children.delete(child);
    running.count--;
    if (child.asked) return;
    this.#failed(running, key, startedMs, how);
    running.log.write(String(child.pid), `ended with ${how}`);
  }

  #failed(running: Running, key: string, startedMs: number, how: string): void {
    running.failed++;
    running.lastFailure = how;
    const wasSteady = this.#now() - startedMs >= PROGRAM_STEADY_MS;
    const failures = wasSteady ? 1 : (this.#rests.get(key)?.failures ?? 0) + 1;
    const restMs = failures < 2 ? 0 : Math.min(PROGRAM_REST_FIRST_MS * 2 ** (failures - 2), PROGRAM_REST_MS_MAX);
    this.#rests.set(key, { failures, untilMs: this.#now() + restMs });
  }
}
