/** What the supervisor and its workers say to each other. */

/** The supervisor's first word to a worker: all that it cannot know by itself. */
export interface StartMessage {
  readonly kind: 'start';
  /** Which of the workers it is: 1, 2, ...; whoever replaces one is called the same. */
  readonly worker: number;
  /** Folder of the sockets over which workers hand requests over. */
  readonly peers: string;
  /** Seals what clients carry where the configuration has no key: base64. Null where it has. */
  readonly sealKey: string | null;
}

export type ToWorker =
  StartMessage | { readonly kind: 'status'; readonly id: number } | { readonly kind: 'stop' | 'reopen' };

export type ToSupervisor =
  | { readonly kind: 'started'; readonly origin: string }
  | { readonly kind: 'cannot-start'; readonly problem: string }
  | { readonly kind: 'status'; readonly id: number; readonly ready: boolean; readonly status: object };

/** Whether a message is one of ours: a worker runs nobody else's code, but a program may be started by others. */
export function isMessage(message: unknown): message is { readonly kind: string } {
  return typeof message === 'object' && message !== null && 'kind' in message && typeof message.kind === 'string';
}
