import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import type { ServerCapabilities } from '../../schemas/types/catalog.ts';

/** The names of all capabilities that a lock records, sorted. */
export const CAPABILITY_NAMES = [
  'completions',
  'listChanged',
  'logging',
  'prompts',
  'resources',
  'subscribe',
  'tools',
] as const satisfies readonly (keyof ServerCapabilities)[];

/** Of a server whose lock does not say what it can do. */
export const NO_CAPABILITIES: ServerCapabilities = capabilitiesFrom(() => false);

/** What `initialize` or `server/discover` says under `capabilities`; members that mean nothing to a gateway are dropped. */
export function readCapabilities(tree: JsonTree | null): ServerCapabilities {
  const has = (path: readonly string[]): boolean => {
    let at = tree;
    for (const key of path) at = at === null ? null : memberOf(at, key);
    return at !== null && !(at.kind === 'literal' && at.value !== true);
  };
  return capabilitiesFrom((name) => {
    switch (name) {
      case 'listChanged':
        return ['prompts', 'resources', 'tools'].some((list) => has([list, 'listChanged']));
      case 'subscribe':
        return has(['resources', 'subscribe']);
      case 'completions':
      case 'logging':
      case 'prompts':
      case 'resources':
      case 'tools':
        return has([name]);
    }
  });
}

/** The names of those that a server has, for a person to read; null when its lock does not say. */
export function renderCapabilities(capabilities: ServerCapabilities | null): string | null {
  return capabilities === null ? null : CAPABILITY_NAMES.filter((name) => capabilities[name]).join(', ');
}

/** All capabilities, each as `has` says. */
export function capabilitiesFrom(has: (name: (typeof CAPABILITY_NAMES)[number]) => boolean): ServerCapabilities {
  return {
    completions: has('completions'),
    listChanged: has('listChanged'),
    logging: has('logging'),
    prompts: has('prompts'),
    resources: has('resources'),
    subscribe: has('subscribe'),
    tools: has('tools'),
  };
}
