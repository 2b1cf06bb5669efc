import { strict as assert } from 'node:assert';
import { BoundedCache } from '../bounded-cache.ts';
import type { Engine, Visible } from '../decide/index.ts';
import { LIST_TTL_MS, LISTS_CACHED_MAX } from '../limits.ts';
import { SERVER_INFO, SERVER_INFO_KEY } from './server-profile.ts';
import type { Era } from './versions.ts';

const lists = new WeakMap<Engine, BoundedCache<string, Buffer>>();

/** The members that a modern result has and a legacy one must not have: cacheable for one caller only, and not for long. */
const MODERN_LIST_MEMBERS = `,"resultType":"complete","ttlMs":${LIST_TTL_MS},"cacheScope":"private","_meta":${JSON.stringify({ [SERVER_INFO_KEY]: SERVER_INFO })}`;

/**
 * The result of `tools/list`: the reviewed definitions from the bundle, byte for byte but for the name, in one page. The
 * same visible set of a gateway is assembled once per era and kept.
 */
export function listTools(engine: Engine, gateway: string, tools: Visible, era: Era): Buffer {
  let cache = lists.get(engine);
  if (cache === undefined) {
    cache = new BoundedCache(LISTS_CACHED_MAX);
    lists.set(engine, cache);
  }
  const key = `${era} ${gateway} ${tools.key}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const list = assemble(engine, tools, era);
  cache.set(key, list);
  return list;
}

function assemble(engine: Engine, tools: Visible, era: Era): Buffer {
  const texts = tools.slots.map((slot) => {
    const definition = engine.catalog.definitions[slot.definition];
    assert(definition !== undefined, 'a slot has a definition');
    const rest = definition.json.slice(1).trimStart();
    return `{"name":${JSON.stringify(slot.exposed)}${rest.startsWith('}') ? '' : ','}${rest}`;
  });
  return Buffer.from(`{"tools":[${texts.join(',')}]${era === 'modern' ? MODERN_LIST_MEMBERS : ''}}`);
}
