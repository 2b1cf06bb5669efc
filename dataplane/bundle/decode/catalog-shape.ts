import type {
  Catalog,
  CatalogServer,
  Definition,
  KeyTree,
  ParamHeader,
  ServerCapabilities,
  ServerInfo,
} from '../../../schemas/types/catalog.ts';
import { DIGEST } from '../../format/pointer.ts';
import { boolean, integer, list, literal, nullable, object, record, text, type Shape } from '../../format/shape.ts';
import { JSON_DEPTH_MAX } from '../../limits.ts';

/** The shape of `catalog.json`, member for member that of `schemas/catalog.schema.json` (a test compares the two). */
const server: Shape<CatalogServer> = object<CatalogServer>({
  name: text(),
  era: literal('legacy', 'modern'),
  protocolVersion: text(),
  legacyVersion: nullable(text()),
  serverInfo: object<ServerInfo>({ name: text(), version: text() }),
  instructions: nullable(text()),
  capabilities: object<ServerCapabilities>({
    completions: boolean(),
    listChanged: boolean(),
    logging: boolean(),
    prompts: boolean(),
    resources: boolean(),
    subscribe: boolean(),
    tools: boolean(),
  }),
});

const definition: Shape<Definition> = object<Definition>({
  server: integer(0),
  kind: literal('tool', 'prompt', 'template'),
  name: text(),
  effect: literal('read', 'write', 'destructive', null),
  tags: list(text()),
  pending: boolean(),
  digest: text(DIGEST),
  json: text(),
  keys: nullable(keyTree(JSON_DEPTH_MAX)),
  headers: list(object<ParamHeader>({ path: list(text()), header: text() })),
});

export const CATALOG: Shape<Catalog> = object<Catalog>({
  format: literal(1),
  servers: list(server),
  definitions: list(definition),
});

/** A tree of at most so many levels: the recursion is built, not met at run time. */
function keyTree(levels: number): Shape<KeyTree> {
  const below: Shape<KeyTree | null> = levels === 1 ? literal(null) : nullable(keyTree(levels - 1));
  return object<KeyTree>({ properties: record(below), items: below });
}
