import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { parseAddress, renderAddress, type Address } from '../config/address.ts';
import { openAdmin } from '../http/admin.ts';
import type { HttpServer } from '../http/server.ts';
import {
  DRAIN_MS_MAX,
  WORKER_RESTART_FIRST_MS,
  WORKER_RESTART_MS_MAX,
  WORKER_STABLE_MS,
  WORKER_STATUS_MS_MAX,
  WORKER_STOP_MS_MAX,
} from '../limits.ts';
import { sayListening } from '../proxy.ts';
import { VERSION } from '../version.ts';
import { isMessage, type StartMessage, type ToSupervisor, type ToWorker } from './messages.ts';

const EXIT_OK = 0;
const EXIT_USAGE = 2;

type Started = { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly problem: string };

interface Answer {
  readonly ready: boolean;
  readonly status: object;
}

/**
 * Runs `count` workers that share the listener: starts them, starts anew those that die, asks them how they are, and stops
 * them. Serves no client itself and holds no bundle. Resolves to the exit code, after everything has ended.
 */
export async function supervise(config: ProxyConfig, count: number, log: (line: string) => void): Promise<number> {
  const peers = await mkdtemp(join(tmpdir(), 'mcpgw-'));
  const sealKey = config.seal === undefined ? randomBytes(32).toString('base64') : null;
  const supervisor = new Supervisor({ peers, sealKey }, count, log);
  const stopped = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('stopped'));
  });
  process.on('SIGHUP', () => supervisor.tell({ kind: 'reopen' }));
  let admin: HttpServer | null = null;
  try {
    const started = await Promise.race([supervisor.start(), stopped]);
    if (started !== 'stopped') {
      if (!started.ok) {
        log(started.problem);
        return EXIT_USAGE;
      }
      if (config.admin !== undefined) {
        const opened = await openAdminListener(config.admin, supervisor);
        if (typeof opened === 'string') {
          log(opened);
          return EXIT_USAGE;
        }
        admin = opened;
      }
      const adminOrigin = config.admin === undefined || admin === null ? null : originOf(config.admin, admin.port);
      sayListening(config, { origin: started.origin, adminOrigin }, log);
      log(`${count} workers serve`);
      await stopped;
    }
    log('stopping');
    return EXIT_OK;
  } finally {
    await supervisor.stop();
    await admin?.close();
    await rm(peers, { recursive: true, force: true });
  }
}

/** Returns why it cannot be opened, as a text. */
async function openAdminListener(text: string, supervisor: Supervisor): Promise<HttpServer | string> {
  const address = addressOf(text);
  const pages = { ready: () => supervisor.ready(), status: () => supervisor.status() };
  try {
    return await openAdmin(address, pages);
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
    return `${text} cannot be listened on (${code})`;
  }
}

function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} was checked to be host:port`);
  return address;
}

const originOf = (text: string, port: number): string => `http://${renderAddress({ ...addressOf(text), port })}`;

class Supervisor {
  readonly #start: Pick<StartMessage, 'peers' | 'sealKey'>;
  readonly #count: number;
  readonly #log: (line: string) => void;
  readonly #workers = new Map<number, Worker>();
  /** Those that said they serve. */
  readonly #serving = new Set<number>();
  readonly #restarting = new Set<NodeJS.Timeout>();
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #asked = 0;
  #restarts = 0;
  #restartMs = WORKER_RESTART_FIRST_MS;
  #stopping = false;

  constructor(start: Pick<StartMessage, 'peers' | 'sealKey'>, count: number, log: (line: string) => void) {
    this.#start = start;
    this.#count = count;
    this.#log = log;
  }

  /** Starts all; what keeps one from starting keeps the proxy from starting. */
  async start(): Promise<Started> {
    const starts = await Promise.all(Array.from({ length: this.#count }, (_, at) => this.#fork(at + 1)));
    return starts.find((outcome) => !outcome.ok) ?? starts[0] ?? { ok: false, problem: 'there are no workers' };
  }

  tell(message: ToWorker): void {
    for (const worker of this.#workers.values()) if (worker.isConnected()) worker.send(message);
  }

  /** Whether all that serve decide calls. Connections go to them alone, so one that is being replaced is no reason to go elsewhere. */
  async ready(): Promise<boolean> {
    const answers = await this.#ask();
    return this.#serving.size > 0 && [...this.#serving].every((index) => answers.get(index)?.ready === true);
  }

  /** How each worker is; null = it did not say in time. */
  async status(): Promise<object> {
    const answers = await this.#ask();
    const workers = [...answers].map(([index, answer]) => ({
      worker: index,
      pid: this.#workers.get(index)?.process.pid ?? null,
      status: answer?.status ?? null,
    }));
    return { version: VERSION, restarts: this.#restarts, workers };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const timer of this.#restarting) clearTimeout(timer);
    this.tell({ kind: 'stop' });
    const ends = [...this.#workers.values()].map(
      (worker) =>
        new Promise<void>((resolve) => {
          if (worker.isDead()) resolve();
          else worker.once('exit', () => resolve());
        }),
    );
    const kill = setTimeout(() => {
      for (const worker of this.#workers.values()) worker.process.kill('SIGKILL');
    }, DRAIN_MS_MAX + WORKER_STOP_MS_MAX);
    await Promise.all(ends);
    clearTimeout(kill);
  }

  #fork(index: number): Promise<Started> {
    const worker = cluster.fork();
    const bornMs = performance.now();
    this.#workers.set(index, worker);
    // What cannot be sent to it any more: its end is told, too.
    worker.on('error', () => undefined);
    worker.send({ kind: 'start', worker: index, ...this.#start } satisfies ToWorker);
    return new Promise((resolve) => {
      worker.on('message', (message: unknown) => {
        if (!isMessage(message)) return;
        const said = message as ToSupervisor;
        switch (said.kind) {
          case 'started':
            this.#serving.add(index);
            resolve({ ok: true, origin: said.origin });
            return;
          case 'cannot-start':
            resolve({ ok: false, problem: said.problem });
            return;
          case 'status':
            this.#waiting.get(said.id)?.(said);
        }
      });
      worker.once('exit', (code: number | null, signal: string | null) => {
        const how = signal ?? `code ${code}`;
        resolve({ ok: false, problem: `worker ${index} ended with ${how}` });
        if (this.#serving.delete(index) && !this.#stopping) this.#replace(index, bornMs, how);
      });
    });
  }

  /** One that died is started anew; one that dies again and again, ever later. */
  #replace(index: number, bornMs: number, how: string): void {
    this.#restarts++;
    if (performance.now() - bornMs > WORKER_STABLE_MS) this.#restartMs = WORKER_RESTART_FIRST_MS;
    const waitMs = this.#restartMs;
    this.#restartMs = Math.min(this.#restartMs * 2, WORKER_RESTART_MS_MAX);
    this.#log(`worker ${index} ended with ${how}: another one starts in ${waitMs} ms`);
    const timer = setTimeout(() => {
      this.#restarting.delete(timer);
      void this.#forkAgain(index);
    }, waitMs);
    this.#restarting.add(timer);
  }

  async #forkAgain(index: number): Promise<void> {
    const started = await this.#fork(index);
    if (started.ok || this.#stopping) return;
    this.#log(started.problem);
    this.#replace(index, performance.now(), 'a problem');
  }

  async #ask(): Promise<ReadonlyMap<number, Answer | null>> {
    const answers = [...this.#workers].map(async ([index, worker]) => [index, await this.#askOne(worker)] as const);
    return new Map(await Promise.all(answers));
  }

  #askOne(worker: Worker): Promise<Answer | null> {
    if (!worker.isConnected()) return Promise.resolve(null);
    const id = ++this.#asked;
    return new Promise((resolve) => {
      const settle = (answer: Answer | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), WORKER_STATUS_MS_MAX);
      this.#waiting.set(id, settle);
      worker.send({ kind: 'status', id } satisfies ToWorker);
    });
  }
}
