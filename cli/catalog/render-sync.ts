import type { DefinitionChange, ServerChange } from '../../compiler/catalog/update-lock.ts';
import { canonicalTree, memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { shownText, suspicionsIn, suspicionsInText, type Suspicion } from './review-text.ts';
import type { ServerSync } from './sync-server.ts';
import { treeDiff, type Difference } from './tree-diff.ts';
import { renderWordDiff, wordDiff } from './word-diff.ts';

const MARKS = { added: '+', changed: '~', refreshed: '=', removed: '-' } as const;
/** Of a value that is not compared word by word. */
const VALUE_CHARACTERS_MAX = 300;

/** What a person has to read before accepting anything. */
export function renderSync(sync: ServerSync): string {
  const { lock, serverChanges, definitionChanges } = sync;
  const lines = [`${sync.server}  ${sync.url} as ${sync.identity} (${lock.era}, ${lock.protocolVersion})`];
  for (const change of serverChanges) lines.push(...serverLines(change));
  if (sync.isNew && lock.instructions !== null) lines.push(...instructionsLines(lock.instructions));
  for (const change of definitionChanges) lines.push(...definitionLines(change));
  lines.push(`  ${countsText(sync)}`);
  return `${lines.join('\n')}\n`;
}

/** The same as data, texts as they were sent. */
export function syncJson(sync: ServerSync): object {
  const { lock, server, url, identity, lockPath, isNew, written, serverChanges, definitionChanges } = sync;
  return {
    server,
    url,
    identity,
    era: lock.era,
    protocolVersion: lock.protocolVersion,
    lock: lockPath,
    isNew,
    written,
    pending: lock.definitions.filter((definition) => definition.pending).length,
    serverChanges,
    instructionsSuspicions: lock.instructions === null ? [] : suspicionsInText(lock.instructions, 'instructions'),
    definitionChanges: definitionChanges.map((change) => ({
      change: change.change,
      kind: change.kind,
      name: change.name,
      differences: differencesOf(change).map(({ path, before, after }) => ({
        path,
        before: before === null ? null : canonicalTree(before),
        after: after === null ? null : canonicalTree(after),
      })),
      suspicions: change.change === 'removed' ? [] : suspicionsIn(change.after),
    })),
  };
}

function definitionLines(change: DefinitionChange): readonly string[] {
  const head = `  ${MARKS[change.change]} ${change.kind.padEnd(8)} ${shownText(change.name)}`;
  if (change.change === 'removed') return [head];
  const differences = differencesOf(change).map(differenceLine);
  return [head, ...described(change), ...differences, ...suspicionsIn(change.after).map(suspicionLine)];
}

/** Of something new, what it says it does; of something changed, the differences say more. */
function described(change: DefinitionChange): readonly string[] {
  if (change.change !== 'added') return [];
  const description = memberOf(change.after, 'description');
  return description?.kind === 'string' ? [`      ${shownText(description.value)}`] : [];
}

function differencesOf(change: DefinitionChange): readonly Difference[] {
  return change.change === 'changed' || change.change === 'refreshed' ? treeDiff(change.before, change.after) : [];
}

function differenceLine({ path, before, after }: Difference): string {
  if (before?.kind === 'string' && after?.kind === 'string') {
    return `      ${shownText(path)}: ${shownText(renderWordDiff(wordDiff(before.value, after.value)))}`;
  }
  return `      ${shownText(path)}: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(tree: JsonTree | null): string {
  return tree === null ? '(absent)' : shownText(canonicalTree(tree), VALUE_CHARACTERS_MAX);
}

function serverLines({ field, before, after }: ServerChange): readonly string[] {
  const texts = before !== null && after !== null;
  const difference = texts ? renderWordDiff(wordDiff(before, after)) : `${before ?? '(none)'} -> ${after ?? '(none)'}`;
  const suspicions = field === 'instructions' && after !== null ? suspicionsInText(after) : [];
  return [`  ~ ${field}: ${shownText(difference)}`, ...suspicions.map(suspicionLine)];
}

function instructionsLines(instructions: string): readonly string[] {
  return [`  + instructions: ${shownText(instructions)}`, ...suspicionsInText(instructions).map(suspicionLine)];
}

function suspicionLine({ path, kind, what }: Suspicion): string {
  const where = path === '' ? '' : `${shownText(path)} `;
  const said = kind === 'phrase' ? `speaks to the model: "${shownText(what)}"` : `holds the ${kind} character ${what}`;
  return `      ! ${where}${said}`;
}

function countsText({ lock, definitionChanges }: ServerSync): string {
  const count = (change: DefinitionChange['change']): number =>
    definitionChanges.filter((one) => one.change === change).length;
  const unchanged = lock.definitions.length - count('added') - count('changed') - count('refreshed');
  const pending = lock.definitions.filter((definition) => definition.pending).length;
  const refreshed = count('refreshed') === 0 ? '' : `, ${count('refreshed')} refreshed`;
  return `${count('added')} added, ${count('changed')} changed${refreshed}, ${count('removed')} removed, ${unchanged} unchanged; ${pending} pending`;
}
