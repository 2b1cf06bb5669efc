import type { Finding, RuleSet } from '../../content/index.ts';
import { resourceVisible, type Call, type View } from '../../decide/index.ts';
import { goOn } from '../../go-on.ts';
import { KnownKeys } from '../../json/known-keys.ts';
import { JsonScanner } from '../../json/scanner.ts';
import { ESCAPED_STRING, NONE, STRING } from '../../json/tape.ts';
import type { Assignment } from '../../../schemas/types/policy.ts';
import type { Waiter } from '../redact-scanned.ts';
import { Level, textOf } from '../scan-level.ts';
import { splice } from '../splice.ts';
import { mapResourceUris, type UriMap } from '../uri-carriers.ts';
import { redactEntries, type RedactedEntry } from './redact-entries.ts';

/** What decides which entries of an upstream's list a caller gets, and in which words. */
export interface EntryFilter {
  readonly view: View;
  readonly call: Call;
  readonly assignment: Assignment;
  /** In force towards the client. */
  readonly rules: RuleSet;
  /** From the server's URIs to ours; null where they are the same. */
  readonly mapUri: UriMap | null;
}

export interface ShownEntries {
  readonly entries: readonly Buffer[];
  readonly findings: readonly Finding[];
  /** False: entries that content rules could not look into are left out. */
  readonly complete: boolean;
}

const scanner = new JsonScanner();
/** The entry and its members. */
const LEVELS = 2;
const URI = 0;
const level = new Level(new KnownKeys(['uri']));

/**
 * Of the entries of an upstream's `resources/list` those that the caller may know of, in the same order: as they were sent,
 * but for what content rules take out and for their URIs. An entry without a URI, or with one that could be read in two
 * ways, is left out; so is one that content rules block, or whose URI they change: under another name there is nothing.
 * A promise, which never rejects, only where rules ask others.
 */
export function showEntries(
  filter: EntryFilter,
  items: readonly Buffer[],
  waiter: Waiter,
): ShownEntries | Promise<ShownEntries> {
  const { view, call, assignment, rules, mapUri } = filter;
  const visible = items.flatMap((item) => {
    const uri = uriOf(item);
    return uri !== null && resourceVisible(view, assignment, uri, call) ? [{ item, uri }] : [];
  });
  const show = (redactions: readonly RedactedEntry[]): ShownEntries => {
    const entries: Buffer[] = [];
    for (const [at, { entry, isChanged }] of redactions.entries()) {
      if (entry === null || (isChanged && uriOf(entry) !== visible[at]?.uri)) continue;
      entries.push(mapUri === null ? entry : splice(entry, mapResourceUris(entry, mapUri)));
    }
    return {
      entries,
      findings: redactions.flatMap(({ findings }) => findings),
      complete: redactions.every(({ isUnseen }) => !isUnseen),
    };
  };
  const redactions = redactEntries(
    rules,
    visible.map(({ item }) => item),
    waiter,
  );
  return goOn(redactions, show);
}

function uriOf(item: Buffer): string | null {
  if (scanner.scanWithin(item, 0, item.length, LEVELS) !== null) return null;
  const { tape } = scanner;
  if (level.read(item, tape, 0) !== NONE) return null;
  const node = level.node(URI);
  if (node === NONE) return null;
  const kind = tape.kind(node);
  return kind === STRING || kind === ESCAPED_STRING ? textOf(item, tape, node) : null;
}
