import process from 'node:process';
import type { ProxyConfig } from '../../schemas/types/proxy.ts';
import { startProxy, type Proxy } from '../proxy.ts';
import { isMessage, type StartMessage, type ToSupervisor, type ToWorker } from './messages.ts';

/** One worker: waits for the supervisor's word, serves, and ends when it is told to or when the supervisor is gone. */
export async function runWorker(config: ProxyConfig, log: (line: string) => void): Promise<number> {
  const inbox = new Inbox();
  const start = await inbox.started;
  if (start === null) return 0;
  // The supervisor has the operator's listener.
  const { admin: _, ...own } = config;
  const worker = { peers: start.peers, sealKey: start.sealKey };
  const lines = (line: string): void => log(`worker ${start.worker}: ${line}`);
  const started = await startProxy(own, { environment: process.env, log: lines, worker });
  if (!started.ok) {
    await say({ kind: 'cannot-start', problem: started.problem });
    // As long as it is connected the process does not end.
    process.disconnect?.();
    return 2;
  }
  const { proxy } = started;
  inbox.serve(proxy);
  await say({ kind: 'started', origin: proxy.origin });
  await inbox.stopped;
  await proxy.close();
  process.disconnect?.();
  return 0;
}

function say(message: ToSupervisor): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** What the supervisor says. */
class Inbox {
  readonly started: Promise<StartMessage | null>;
  readonly stopped: Promise<void>;
  #start: (message: StartMessage | null) => void = () => undefined;
  #stop: () => void = () => undefined;
  #proxy: Proxy | null = null;

  constructor() {
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    process.on('message', (message: unknown) => {
      if (isMessage(message)) this.#hear(message as ToWorker);
    });
    // Without a supervisor nobody can stop us, nor ask how we are.
    process.once('disconnect', () => this.#end());
    // A terminal's Ctrl-C goes to all; it is the supervisor who says when to stop.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  }

  serve(proxy: Proxy): void {
    this.#proxy = proxy;
  }

  #hear(message: ToWorker): void {
    switch (message.kind) {
      case 'start':
        this.#start(message);
        return;
      case 'status': {
        const proxy = this.#proxy;
        const ready = proxy !== null && proxy.channel.current() !== null;
        void say({ kind: 'status', id: message.id, ready, status: proxy?.status() ?? {} });
        return;
      }
      case 'reopen':
        void this.#proxy?.reopenAudit();
        return;
      case 'stop':
        this.#end();
    }
  }

  #end(): void {
    this.#start(null);
    this.#stop();
  }
}
