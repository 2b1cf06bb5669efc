import { join } from 'node:path';
import { callingOf } from '../../compiler/catalog/calling.ts';
import { lockPath } from '../../compiler/catalog/lock-path.ts';
import type { LockedDefinition } from '../../compiler/catalog/lock.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import { nameMatches } from '../../compiler/link/pattern.ts';
import type { Document } from '../../compiler/source/document.ts';
import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { failure } from '../failure.ts';
import { EFFECTS, setEffects, type Effect } from './edit-effects.ts';
import { lockOf, serversNamed, type ServerFolder } from './find-servers.ts';
import { shownText } from './review-text.ts';

/** `SERVER/NAME`. In the name `*` is any run of characters, and reaches what is pending only. */
export interface Target {
  readonly server: string;
  readonly name: string;
}

export interface AcceptOptions {
  readonly targets: readonly Target[];
  /** What the tools do; null = what their Server says already. */
  readonly effect: Effect | null;
  /** Only definitions of this kind; null = of any. */
  readonly kind: DefinitionKind | null;
  readonly environment: string | null;
}

interface Accepted {
  readonly server: string;
  readonly kind: DefinitionKind;
  readonly name: string;
  /** Null for what is no tool. */
  readonly effect: Effect | null;
}

export interface Acceptance {
  /** Sorted by server, kind and name, each once. */
  readonly accepted: readonly Accepted[];
  /** New content of files that change, by path as it should be printed. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * What accepting changes: `pending` goes from the lock, and each tool's name comes into one class of `effects` in every
 * document of its Server. Nothing is written.
 * @throws Failure when anything is unclear, and then nothing should be.
 */
export function acceptDefinitions(folder: ServerFolder, options: AcceptOptions): Acceptance {
  const accepted = new Map<string, Accepted>();
  const locks = new Map<string, string>();
  const effects = new Map<Document<Server>, Map<string, Effect>>();
  for (const server of [...new Set(options.targets.map((target) => target.server))].sort()) {
    const names = options.targets.filter((target) => target.server === server).map((target) => target.name);
    for (const document of serversNamed(folder, server, options.environment)) {
      const lock = lockOf(folder, document);
      if (lock === null) throw failure(server, 'has no lock yet', `write it with: mcpgw catalog sync ${server}`);
      const chosen = new Set(names.flatMap((name) => choose(lock.definitions, server, name, options.kind)));
      const definitions = lock.definitions.map((locked) =>
        chosen.has(locked) ? { ...locked, pending: false } : locked,
      );
      const path = lockPath(document);
      const text = writeLock({ ...lock, definitions });
      if (text !== folder.locks.get(path)?.text) locks.set(join(folder.root, path), text);
      const ofDocument = new Map<string, Effect>();
      for (const locked of lock.definitions.filter((one) => chosen.has(one))) {
        checkCallable(server, locked);
        const effect = locked.kind === 'tool' ? effectOf(document, locked.name, options.effect) : null;
        if (effect !== null) ofDocument.set(locked.name, effect);
        const { kind, name } = locked;
        accepted.set(`${server} ${kind} ${name}`, { server, kind, name, effect });
      }
      effects.set(document, ofDocument);
    }
  }
  return { accepted: [...accepted.values()], files: new Map([...locks, ...editFiles(folder, effects)]) };
}

function choose(
  definitions: readonly LockedDefinition[],
  server: string,
  name: string,
  kind: DefinitionKind | null,
): readonly LockedDefinition[] {
  const ofKind = definitions.filter((locked) => kind === null || locked.kind === kind);
  if (!name.includes('*')) {
    const named = ofKind.filter((locked) => locked.name === name);
    if (named.length > 0) return named;
    const help =
      didYouMean(
        name,
        ofKind.map((locked) => locked.name),
      ) ?? `look again with: mcpgw catalog sync ${server}`;
    throw failure(`${server}/${name}`, 'is not in the lock', help);
  }
  const matching = ofKind.filter((locked) => locked.pending && nameMatches(name, locked.name));
  if (matching.length === 0) throw failure(`${server}/${name}`, 'matches nothing that is pending');
  return matching;
}

/** Accepting what clients must leave out would only look like access. */
function checkCallable(server: string, { kind, name, definition }: LockedDefinition): void {
  const calling = callingOf(kind, definition);
  if (!calling.ok) throw failure(`${server}/${shownText(name)}`, `nobody can call it: ${calling.message}`);
}

function effectOf(server: Document<Server>, name: string, wanted: Effect | null): Effect {
  const known = EFFECTS.find((effect) => server.value.effects?.[effect]?.includes(name) === true);
  const effect = wanted ?? known;
  if (effect !== undefined) return effect;
  throw failure('--effect', `is required: nothing says yet what \`${server.name}/${name}\` does`, EFFECTS.join(', '));
}

/** From the last document of a file to the first, so that an edit moves nothing that is still to be found. */
function editFiles(
  folder: ServerFolder,
  effects: ReadonlyMap<Document<Server>, ReadonlyMap<string, Effect>>,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [document, names] of [...effects].sort(([a], [b]) => b.span.start - a.span.start)) {
    if (names.size === 0) continue;
    const path = join(folder.root, document.file.path);
    const before = texts.get(path) ?? document.file.text;
    const after = setEffects(before, document.span.start, names);
    if (after !== before) texts.set(path, after);
  }
  return texts;
}
