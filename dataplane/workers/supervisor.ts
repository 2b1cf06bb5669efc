import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { parseAddress, renderAddress } from '../config/address.ts';
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
import { VERSION } from '../version.ts';
import { isMessage, type ToSupervisor, type ToWorker } from './messages.ts';

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
  const supervisor = new Supervisor({ kind: 'start', peers, sealKey }, count, log);
  let admin: HttpServer | null = null;
  try {
    const problem = await supervisor.start();
    if (problem !== null) {
      log(problem);
      return 2;
    }
    if (config.admin !== undefined) admin = await openAdminListener(config.admin, supervisor, log);
    process.on('SIGHUP', () => supervisor.tell({ kind: 'reopen' }));
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    log('stopping');
    return 0;
  } finally {
    await supervisor.stop();
    await admin?.close();
    await rm(peers, { recursive: true, force: true });
  }
}

async function openAdminListener(
  text: string,
  supervisor: Supervisor,
  log: (line: string) => void,
): Promise<HttpServer> {
  const address = parseAddress(text);
  if (address === null) throw new Error(`${text} was checked to be host:port`);
  const pages = { ready: () => supervisor.ready(), status: () => supervisor.status() };
  const server = await openAdmin(address, pages);
  log(`for operators on http://${renderAddress({ ...address, port: server.port })}`);
  return server;
}

class Supervisor {
  readonly #start: ToWorker;
  readonly #count: number;
  readonly #log: (line: string) => void;
  readonly #workers = new Map<number, Worker>();
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #asked = 0;
  #restarts = 0;
  #restartMs = WORKER_RESTART_FIRST_MS;
  #stopping = false;

  constructor(start: ToWorker, count: number, log: (line: string) => void) {
    this.#start = start;
    this.#count = count;
    this.#log = log;
  }

  /** Starts all; what keeps the first from starting keeps the proxy from starting, and is returned. */
  async start(): Promise<string | null> {
    const starts = Array.from({ length: this.#count }, (_, at) => this.#fork(at + 1));
    const problem = (await Promise.all(starts)).find((outcome) => outcome !== null) ?? null;
    if (problem === null) this.#log(`${this.#count} workers serve`);
    return problem;
  }

  tell(message: ToWorker): void {
    for (const worker of this.#workers.values()) if (worker.isConnected()) worker.send(message);
  }

  async ready(): Promise<boolean> {
    const answers = await this.#ask();
    return answers.size === this.#count && [...answers.values()].every((answer) => answer?.ready === true);
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

  /** Resolves to null when the worker serves, else to why it cannot. */
  #fork(index: number): Promise<string | null> {
    const worker = cluster.fork();
    const bornMs = performance.now();
    this.#workers.set(index, worker);
    worker.send(this.#start);
    return new Promise((resolve) => {
      let serves = false;
      worker.on('message', (message: unknown) => {
        if (!isMessage(message)) return;
        const said = message as ToSupervisor;
        if (said.kind === 'started') {
          serves = true;
          resolve(null);
        } else if (said.kind === 'cannot-start') resolve(said.problem);
        else this.#waiting.get(said.id)?.(said);
      });
      worker.once('exit', (code: number | null, signal: string | null) => {
        const how = signal ?? `code ${code}`;
        resolve(`worker ${index} ended with ${how}`);
        if (serves && !this.#stopping) this.#replace(index, bornMs, how);
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
    setTimeout(() => void this.#forkAgain(index), waitMs).unref();
  }

  async #forkAgain(index: number): Promise<void> {
    if (this.#stopping) return;
    const problem = await this.#fork(index);
    if (problem === null || this.#stopping) return;
    this.#log(problem);
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
