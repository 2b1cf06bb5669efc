import { strict as assert } from 'node:assert';
import { BoundedCache } from '../../bounded-cache.ts';
import {
  exposeUri,
  type Engine,
  type GatewayEngine,
  type ListedKind,
  type Slot,
  type Visible,
} from '../../decide/index.ts';
import { LIST_TTL_MS, LISTS_CACHED_MAX } from '../../limits.ts';
import type { ServerInfo } from '../../../schemas/types/catalog.ts';
import { membersOf, splice } from '../splice.ts';
import { mapToolUris } from '../uri-carriers.ts';
import type { Era } from '../versions.ts';
import { modernMembers } from './modern-members.ts';

const lists = new WeakMap<Engine, BoundedCache<string, Buffer>>();

/** The member of a list's result that has the definitions, by kind. */
const MEMBERS: Readonly<Record<ListedKind, string>> = {
  tool: 'tools',
  prompt: 'prompts',
  template: 'resourceTemplates',
};

/** What a list from the bundle depends on. */
export interface BundleList {
  readonly kind: ListedKind;
  /** Null: the caller sees no gateway. */
  readonly gateway: GatewayEngine | null;
  readonly visible: Visible;
  readonly era: Era;
  readonly serverInfo: ServerInfo;
}

/**
 * HOT PATH. The result of `tools/list`, `prompts/list` or `resources/templates/list`: the reviewed definitions from the
 * bundle, byte for byte but for what names them, in one page. The same visible set of a gateway is assembled once per era
 * and kept.
 */
export function listFromBundle(engine: Engine, list: BundleList): Buffer {
  let cache = lists.get(engine);
  if (cache === undefined) {
    cache = new BoundedCache(LISTS_CACHED_MAX);
    lists.set(engine, cache);
  }
  const { kind, gateway, visible, era, serverInfo } = list;
  const key = `${kind} ${era} ${gateway?.name ?? ''} ${serverInfo.name} ${serverInfo.version} ${visible.key}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const assembled = assemble(engine, list);
  cache.set(key, assembled);
  return assembled;
}

function assemble(engine: Engine, { kind, gateway, visible, era, serverInfo }: BundleList): Buffer {
  const texts = visible.slots.map((slot) => {
    const definition = engine.catalog.definitions[slot.definition];
    assert(definition !== undefined && gateway !== null, 'a slot has a definition and a gateway');
    return exposeDefinition(gateway, slot, definition.json);
  });
  const more = era === 'modern' ? modernMembers(LIST_TTL_MS, serverInfo) : '';
  return Buffer.from(`{"${MEMBERS[kind]}":[${texts.join(',')}]${more}}`);
}

/** `json`: the definition without the name that clients use; a template's keeps it, and it is replaced. */
function exposeDefinition(gateway: GatewayEngine, slot: Slot, json: string): string {
  const { kind, exposed, assignment } = slot;
  if (kind === 'template') return exposeTemplate(exposed, json);
  const text = kind === 'tool' ? exposePages(gateway, assignment, json) : json;
  const rest = text.slice(1).trimStart();
  return `{"name":${JSON.stringify(exposed)}${rest.startsWith('}') ? '' : ','}${rest}`;
}

function exposeTemplate(exposed: string, json: string): string {
  const bytes = Buffer.from(json);
  const named = membersOf(bytes, { start: 0, end: bytes.length }).find(({ key }) => key === 'uriTemplate');
  assert(named !== undefined, 'a template is named by its URI template');
  return splice(bytes, [{ start: named.start, end: named.end, bytes: JSON.stringify(exposed) }]).toString();
}

/** The pages that show a tool's results are resources of its server. */
function exposePages(gateway: GatewayEngine, assignment: Slot['assignment'], json: string): string {
  const bytes = Buffer.from(json);
  const map = (uri: string): string => exposeUri(gateway, assignment, uri);
  return splice(bytes, mapToolUris(bytes, { start: 0, end: bytes.length }, map)).toString();
}
