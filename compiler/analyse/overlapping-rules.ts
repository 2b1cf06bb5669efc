import assert from 'node:assert/strict';
import type { RedactionRule } from '../../schemas/types/documents.ts';
import type { ContentRule, Policy } from '../../schemas/types/policy.ts';
import type { RuleDetection } from '../../dataplane/content/detect/detection.ts';
import { detectTexts } from '../../dataplane/content/explain.ts';
import { buildContent } from '../../dataplane/content/index.ts';
import { isStronger } from '../../dataplane/content/resolve.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import { OVERLAPS_COMPARED_MAX, OVERLAPS_SHOWN_MAX } from '../limits.ts';
import type { LinkedContentRule } from '../link/model.ts';
import { Memo } from '../memo.ts';
import type { Document } from '../source/document.ts';
import type { Analysed } from './analysed.ts';
import { shareExchange } from './share-exchange.ts';

/** Two rules that find the same, by name, and what becomes of it where both do. */
interface Overlap {
  readonly loser: string;
  readonly winner: string;
  readonly why: string;
}

/**
 * Rules that look for the same thing in the same exchanges and do different things with it: which of them has its way is
 * decided by the data plane's order, and in no file. Rules look for the same where they say the same pattern or entity, or
 * where one finds, in the text of another's example, what that finds.
 */
export function findOverlappingRules({ linked, policy }: Analysed, report: Report): void {
  const byName = new Map(linked.content.filter(isActing).map((rule) => [rule.document.name, rule]));
  const documents = [...byName.values()].map(({ document }) => document);
  const [first] = documents;
  if (first === undefined || documents.length < 2) return;
  const overlaps = overlapsBefore.of(first, documents, () => overlapsOf(documents, policy));
  const shown = new Map<string, number>();
  for (const { loser, winner, why } of overlaps) {
    const [one, other] = [byName.get(loser), byName.get(winner)];
    const count = shown.get(loser) ?? 0;
    if (one === undefined || other === undefined || count === OVERLAPS_SHOWN_MAX) continue;
    if (!shareExchange(one, other, linked.gateways)) continue;
    shown.set(loser, count + 1);
    report({
      code: 'lint/overlapping-rules',
      message: `what this rule finds ${quote(winner)} finds too, and does something else with it`,
      span: one.document.span,
      help: `where both do, ${quote(winner)} wins, as ${why}; give both the same action, or keep them apart by \`match\`, \`directions\` or \`detect\``,
      related: [{ message: 'this rule wins', span: other.document.span }],
    });
  }
}

const overlapsBefore = new Memo<Document<RedactionRule>, readonly Overlap[]>();

/** Whether a rule changes or blocks what it finds, by itself. */
function isActing({ document: { value } }: LinkedContentRule): boolean {
  const { action, detect, mode } = value;
  return (
    mode !== 'alert' && action !== undefined && action !== 'alert' && !('presidio' in detect || 'webhook' in detect)
  );
}

/** In an order that no file decides. */
function overlapsOf(documents: readonly Document<RedactionRule>[], policy: Policy): readonly Overlap[] {
  const names = new Set(documents.map(({ name }) => name));
  const acting = policy.content.filter(({ name }) => names.has(name));
  const found = new Overlaps();
  pairsThatSeekTheSame(acting, found);
  pairsInExamples(documents, { ...policy, content: acting }, found);
  return found.sorted();
}

/** Overlaps of pairs of rules, the first that is found of each. */
class Overlaps {
  readonly #byPair = new Map<string, Overlap>();
  #compared = 0;

  /** Whether another pair may be looked at. */
  mayCompare(): boolean {
    return ++this.#compared <= OVERLAPS_COMPARED_MAX;
  }

  knows(one: ContentRule, other: ContentRule): boolean {
    return this.#byPair.has(keyOf(one.name, other.name));
  }

  add(winner: ContentRule, loser: ContentRule, why: string): void {
    const blocking = [winner, loser].find(({ action }) => action.kind === 'block');
    const overlap =
      blocking === undefined || blocking === winner
        ? { winner: winner.name, loser: loser.name, why: blocking === undefined ? why : BLOCKS }
        : { winner: loser.name, loser: winner.name, why: BLOCKS };
    this.#byPair.set(keyOf(winner.name, loser.name), overlap);
  }

  sorted(): readonly Overlap[] {
    const key = ({ loser, winner }: Overlap): string => `${loser} ${winner}`;
    return [...this.#byPair.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

const BLOCKS = 'it blocks the message';
const FIRST = 'its name comes first';

function keyOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** The same pattern, or the same entity of the same detector: both are as sure and as long, so that the name decides. */
function pairsThatSeekTheSame(rules: readonly ContentRule[], found: Overlaps): void {
  const bySought = new Map<string, ContentRule[]>();
  for (const rule of rules) {
    for (const sought of soughtBy(rule)) {
      const before = bySought.get(sought) ?? [];
      for (const other of before) {
        if (!found.mayCompare()) return;
        // What a pattern finds is called by the name of its rule.
        const entities =
          rule.detect.kind === 'regex' ? ([rule.name, other.name] as const) : ([sought, sought] as const);
        if (found.knows(rule, other) || isAlike(rule, other, ...entities)) continue;
        if (rule.name < other.name) found.add(rule, other, FIRST);
        else found.add(other, rule, FIRST);
      }
      bySought.set(sought, before);
      before.push(rule);
    }
  }
}

function soughtBy({ detect }: ContentRule): readonly string[] {
  switch (detect.kind) {
    case 'regex':
      return detect.patterns.map((pattern) => `${pattern} ${detect.group ?? ''}`);
    case 'pii':
    case 'secrets':
    case 'injection':
      return detect.entities.map((entity) => `${detect.kind} ${entity}`);
    case 'presidio':
    case 'webhook':
      return [];
  }
}

function pairsInExamples(documents: readonly Document<RedactionRule>[], policy: Policy, found: Overlaps): void {
  const built = buildContent(policy);
  assert(built.ok, built.ok ? undefined : `the compiler made content rules that do not build: ${built.message}`);
  const rules = [...policy.content].sort((a, b) => (a.name < b.name ? -1 : 1));
  const sets = inParts(rules, RULES_AT_ONCE).map((part) =>
    built.content.rulesNamed(new Set(part.map(({ name }) => name))),
  );
  const texts = documents.flatMap(({ value }) =>
    (value.examples ?? []).flatMap((each) => ('in' in each ? [each.in] : [])),
  );
  for (const some of inParts(texts, EXAMPLES_AT_ONCE)) {
    // Positions of rules go on from set to set; of texts, they are the same in each.
    const detections = sets.flatMap((set, part) =>
      detectTexts(set, some).detections.map((found) => ({ ...found, rule: part * RULES_AT_ONCE + found.rule })),
    );
    for (const inOneText of Map.groupBy(detections, ({ text }) => text).values()) pairsIn(inOneText, rules, found);
  }
}

/** An automaton of many patterns has many states, and takes longer to make them than it saves. */
const RULES_AT_ONCE = 16;
/** Examples are short, and looking through many at once costs little more than through one. */
const EXAMPLES_AT_ONCE = 64;

function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts = Array.from({ length: Math.ceil(items.length / size) });
  return parts.map((_, at) => items.slice(at * size, (at + 1) * size));
}

/** What two rules find in one place of a text. */
function pairsIn(detections: readonly RuleDetection[], rules: readonly ContentRule[], found: Overlaps): void {
  const inOrder = [...detections].sort((a, b) => a.start - b.start || b.end - a.end || a.rule - b.rule);
  for (const [at, one] of inOrder.entries()) {
    for (let next = at + 1; (inOrder[next]?.start ?? one.end) < one.end; next++) {
      const other = inOrder[next];
      const [rule, otherRule] = [rules[one.rule], rules[other?.rule ?? -1]];
      if (!found.mayCompare()) return;
      if (other === undefined || rule === undefined || otherRule === undefined || rule === otherRule) continue;
      if (found.knows(rule, otherRule) || isAlike(rule, otherRule, one.entity, other.entity)) continue;
      if (isStronger(one, other)) found.add(rule, otherRule, whyStronger(one, other));
      else found.add(otherRule, rule, whyStronger(other, one));
    }
  }
}

/** Whether it makes no difference which of two rules has its way. `one`, `other`: the entities that they find. */
function isAlike(rule: ContentRule, { action }: ContentRule, one: string, other: string): boolean {
  const isByEntity = action.kind === 'replace' && action.with === null;
  return JSON.stringify(rule.action) === JSON.stringify(action) && (!isByEntity || one === other);
}

function whyStronger(winner: RuleDetection, loser: RuleDetection): string {
  if (winner.score > loser.score) return `it is surer (${winner.score.toFixed(2)} to ${loser.score.toFixed(2)})`;
  const [long, short] = [winner.end - winner.start, loser.end - loser.start];
  return long > short ? `it finds more (${long} characters to ${short}, in an example)` : FIRST;
}
