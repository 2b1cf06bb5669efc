import { ALL, prefixOf, USUAL, type Reader, type Row } from './row.ts';
import type { Scene, Sent } from './world.ts';

/** What a client sends: parameters as JSON text, and what goes beside them. */
type Plant = (text: string, token: string, scene: Scene) => readonly [params: string, sent?: Sent];

/** A request of a client, with something planted in it. */
export function request(
  method: string,
  name: string,
  plants: keyof typeof ALL,
  plant: Plant,
  more: Partial<Row> = {},
): Row {
  return {
    name,
    method,
    plants: ALL[plants],
    reaches: 'server',
    ...more,
    run: (world, scene, text, token) => world.ask(scene, method, ...plant(text, token, scene)),
  };
}

export const usual = (method: string, scene: Scene): string => USUAL[method]?.(prefixOf(scene)) ?? '';
/** Where they are no other client's, ids pass as they are. */
export const ownIds = ({ client, server }: Scene): Reader =>
  client === 'modern' && server === 'legacy' ? 'nobody' : 'server';
export const NOBODY = { reaches: 'nobody', counted: null } as const;
export const MODERN = { client: 'modern' } as const;
export const LEGACY = { client: 'legacy' } as const;
