import { definitionDigest, type DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { canonicalTree, memberOf, parseJsonTree, type JsonTree } from '../../dataplane/format/json-tree.ts';
import {
  DEFINITION_NAME_UNITS_MAX,
  DEFINITION_UNITS_MAX,
  DEFINITIONS_PER_KIND_MAX,
  LOCK_UNITS_MAX,
  SERVER_TEXT_UNITS_MAX,
} from '../limits.ts';
import type { Report, SourceFile, Span } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { CAPABILITY_NAMES, capabilitiesFrom } from './capabilities.ts';
import { NAMED_BY, type CatalogLock, type LockedDefinition } from './lock.ts';

const SYNC_HELP = 'a lock is written by `mcpgw catalog sync` and never by hand';

/**
 * Reads a lock file (`schemas/lock.schema.json`), believing nothing: every digest is computed again, so that an edited
 * definition cannot pass for a reviewed one.
 * @returns null when it has any error; each is reported where it stands.
 */
export function readLock(file: SourceFile, report: Report): CatalogLock | null {
  if (file.text.length > LOCK_UNITS_MAX) {
    const span = { file, start: 0, end: 0 };
    report({ code: 'catalog/bad-lock', message: `the lock is larger than ${LOCK_UNITS_MAX} characters`, span });
    return null;
  }
  const parsed = parseJsonTree(file.text);
  if (!parsed.ok) {
    const span = { file, start: parsed.offset, end: Math.min(parsed.offset + 1, file.text.length) };
    report({ code: 'catalog/bad-lock', message: parsed.message, span, help: SYNC_HELP });
    return null;
  }
  const reader = new Reader(file, report);
  const lock = reader.lock(parsed.tree);
  return reader.failed ? null : lock;
}

const MEMBERS = [
  'era',
  'format',
  'instructions',
  'prompts',
  'protocolVersion',
  'resourceTemplates',
  'server',
  'serverInfo',
  'tools',
] as const;

class Reader {
  readonly #file: SourceFile;
  readonly #report: Report;
  #failed = false;

  constructor(file: SourceFile, report: Report) {
    this.#file = file;
    this.#report = report;
  }

  get failed(): boolean {
    return this.#failed;
  }

  lock(tree: JsonTree): CatalogLock {
    const top = this.#members(tree, MEMBERS, ['capabilities', 'legacyVersion'], 'a lock');
    const format = top.get('format');
    if (format !== undefined && !(format.kind === 'number' && format.token === '1')) {
      this.#malformed(format, 'this version of mcpgw reads locks of format 1');
    }
    const info = top.get('serverInfo');
    const serverInfo = info === undefined ? new Map() : this.#members(info, ['name', 'version'], [], '`serverInfo`');
    const instructions = top.get('instructions');
    const isNull = instructions?.kind === 'literal' && instructions.value === null;
    return {
      server: this.#text(top.get('server')),
      era: this.#era(top.get('era')),
      protocolVersion: this.#text(top.get('protocolVersion')),
      legacyVersion: top.has('legacyVersion') ? this.#text(top.get('legacyVersion')) : null,
      serverInfo: { name: this.#text(serverInfo.get('name')), version: this.#text(serverInfo.get('version')) },
      instructions: isNull ? null : this.#text(instructions),
      capabilities: this.#capabilities(top.get('capabilities')),
      definitions: [
        ...this.#definitions('tool', top.get('tools')),
        ...this.#definitions('prompt', top.get('prompts')),
        ...this.#definitions('template', top.get('resourceTemplates')),
      ],
    };
  }

  #definitions(kind: DefinitionKind, tree: JsonTree | undefined): readonly LockedDefinition[] {
    if (tree === undefined) return [];
    if (tree.kind !== 'array') {
      this.#malformed(tree, 'expected a list');
      return [];
    }
    if (tree.items.length > DEFINITIONS_PER_KIND_MAX) {
      this.#tooLarge(tree, `a server may have at most ${DEFINITIONS_PER_KIND_MAX} definitions of a kind`);
      return [];
    }
    const definitions: LockedDefinition[] = [];
    for (const item of tree.items) {
      const definition = this.#definition(kind, item);
      if (definition === null) continue;
      const before = definitions.at(-1);
      if (before !== undefined && before.name >= definition.name) this.#outOfOrder(kind, before, definition, item);
      definitions.push(definition);
    }
    return definitions;
  }

  #definition(kind: DefinitionKind, tree: JsonTree): LockedDefinition | null {
    const members = this.#members(tree, ['definition', 'digest', 'name'], ['pending'], `a locked ${kind}`);
    const [definition, digest] = [members.get('definition'), members.get('digest')];
    if (definition === undefined || digest === undefined || !members.has('name')) return null;
    const pending = members.get('pending');
    if (pending !== undefined && !(pending.kind === 'literal' && pending.value === true)) {
      this.#malformed(pending, '`pending` is true or absent');
    }
    const computed = definitionDigest(kind, definition);
    if (computed === null) {
      this.#malformed(definition, 'expected an object');
      return null;
    }
    const name = this.#text(members.get('name'), DEFINITION_NAME_UNITS_MAX);
    const own = memberOf(definition, NAMED_BY[kind]);
    if (own?.kind !== 'string' || own.value !== name) {
      this.#malformed(own ?? definition, `\`${NAMED_BY[kind]}\` of the definition is not ${quote(name)}`);
      return null;
    }
    if (canonicalTree(definition).length > DEFINITION_UNITS_MAX) {
      this.#tooLarge(definition, `a definition may have at most ${DEFINITION_UNITS_MAX} characters`);
      return null;
    }
    if (digest.kind !== 'string' || digest.value !== computed) this.#stale(kind, name, digest);
    return { kind, name, pending: pending !== undefined, digest: computed, definition, at: this.#span(tree) };
  }

  #era(tree: JsonTree | undefined): CatalogLock['era'] {
    if (tree?.kind === 'string' && (tree.value === 'legacy' || tree.value === 'modern')) return tree.value;
    if (tree !== undefined) this.#malformed(tree, 'expected `legacy` or `modern`');
    return 'legacy';
  }

  #capabilities(tree: JsonTree | undefined): CatalogLock['capabilities'] {
    if (tree === undefined) return null;
    const members = this.#members(tree, CAPABILITY_NAMES, [], '`capabilities`');
    return capabilitiesFrom((name) => {
      const member = members.get(name);
      if (member === undefined) return false;
      if (member.kind === 'literal' && member.value !== null) return member.value;
      this.#malformed(member, 'expected true or false');
      return false;
    });
  }

  #text(tree: JsonTree | undefined, unitsMax: number = SERVER_TEXT_UNITS_MAX): string {
    if (tree === undefined) return '';
    if (tree.kind !== 'string') {
      this.#malformed(tree, 'expected a text');
      return '';
    }
    if (tree.value.length > unitsMax) this.#tooLarge(tree, `at most ${unitsMax} characters are allowed here`);
    return tree.value;
  }

  /** The members of an object that has exactly these; empty, with a diagnostic, when it is no object. */
  #members(
    tree: JsonTree,
    required: readonly string[],
    optional: readonly string[],
    what: string,
  ): ReadonlyMap<string, JsonTree> {
    if (tree.kind !== 'object') {
      this.#malformed(tree, 'expected an object');
      return new Map();
    }
    const members = new Map(tree.members.map(({ key, value }) => [key, value]));
    for (const key of required) {
      if (!members.has(key)) this.#malformed(tree, `${what} lacks \`${key}\``);
    }
    for (const member of tree.members) {
      if (required.includes(member.key) || optional.includes(member.key)) continue;
      const span = { file: this.#file, start: member.keyStart, end: member.keyEnd };
      this.#fail('catalog/bad-lock', span, `${what} has no member ${quote(member.key)}`);
    }
    return members;
  }

  #outOfOrder(kind: DefinitionKind, before: LockedDefinition, definition: LockedDefinition, tree: JsonTree): void {
    const twice = before.name === definition.name;
    const message = twice
      ? `the ${kind} ${quote(definition.name)} stands here twice`
      : `${quote(definition.name)} must stand before ${quote(before.name)}`;
    this.#fail('catalog/bad-lock', this.#span(memberOf(tree, 'name') ?? tree), message);
  }

  #stale(kind: DefinitionKind, name: string, digest: JsonTree): void {
    const message = `the digest is not that of the ${kind} ${quote(name)} as it stands here`;
    this.#fail('catalog/stale-digest', this.#span(digest), message);
  }

  #tooLarge(tree: JsonTree, message: string): void {
    this.#fail('catalog/bad-lock', { file: this.#file, start: tree.start, end: tree.start + 1 }, message);
  }

  #malformed(tree: JsonTree, message: string): void {
    this.#fail('catalog/bad-lock', this.#span(tree), message);
  }

  #fail(code: 'catalog/bad-lock' | 'catalog/stale-digest', span: Span, message: string): void {
    this.#failed = true;
    this.#report({ code, message, span, help: SYNC_HELP });
  }

  /** Of a scalar the whole of it; of an object or list its opening bracket, so that a caret stays on one line. */
  #span(tree: JsonTree): Span {
    const end = tree.kind === 'object' || tree.kind === 'array' ? tree.start + 1 : tree.end;
    return { file: this.#file, start: tree.start, end };
  }
}
