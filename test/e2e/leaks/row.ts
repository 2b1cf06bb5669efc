import type { Era } from '../../../dataplane/mcp/versions.ts';
import { NAME, NUMBER, OTHER, PATH, TEXT, WORD, type Planted } from './markers.ts';
import type { Scene, World } from './world.ts';

/** One place where texts travel. */
export interface Row {
  /** Which place. */
  readonly name: string;
  /** The method of the message that has it. */
  readonly method: string;
  /** What is planted there. */
  readonly plants: Planted;
  /** Between whom; absent = between all. */
  readonly of?: { readonly client?: Era; readonly server?: Era };
  /** Who reads it where nothing is held back: the other end, nobody, or those alone who read the audit log. */
  readonly reaches: Reader | ((scene: Scene) => Reader);
  /** Under which direction it is counted; absent = as it goes. Null: it goes nowhere, so that nobody looks at it. */
  readonly counted?: 'to-server' | 'to-client' | 'audit' | null;
  /** Why the client that wrote it reads it again. */
  readonly echo?: string;
  /** Plants the text, given as it is and as JSON text, and sees the exchange through. */
  readonly run: (world: World, scene: Scene, text: string, token: string) => Promise<unknown>;
}

export type Reader = 'server' | 'client' | 'nobody' | 'audit';

export const ALL = { text: TEXT, word: WORD, path: PATH, name: NAME, other: OTHER, number: NUMBER } as const;

/** Names of things have the prefix of their server, which is called by it. */
export const prefixOf = ({ server }: Scene): 'old' | 'now' => (server === 'legacy' ? 'old' : 'now');

/** Parameters with which a method is asked when they are of no interest, JSON text. */
export const USUAL: Readonly<Record<string, (prefix: string) => string>> = {
  'tools/call': (prefix) => `"name":"${prefix}_read","arguments":{}`,
  'prompts/get': (prefix) => `"name":"${prefix}_greet"`,
  'resources/read': (prefix) => `"uri":"doc://${prefix}/a"`,
  'completion/complete': (prefix) =>
    `"ref":{"type":"ref/prompt","name":"${prefix}_greet"},"argument":{"name":"a","value":"b"}`,
};
