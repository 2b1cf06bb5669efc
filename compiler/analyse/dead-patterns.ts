import type { RedactionRule } from '../../schemas/types/documents.ts';
import { validatePattern } from '../../dataplane/content/index.ts';
import { leavesOfSpan } from '../../dataplane/content/leaves.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import { stringToken } from '../../dataplane/json/text.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import type { LinkedContentRule, LinkedDefinition, LinkedGateway } from '../link/model.ts';
import { looksIntoNumbers } from '../lower/detectors.ts';
import type { Analysed } from './analysed.ts';
import { declaredTexts, eitherTexts, NO_TEXTS, type Texts } from './declared-texts.ts';
import { mayHave } from './text-forms.ts';

/**
 * Rules for the arguments of certain tools, whose patterns match no text that these tools declare: every match is longer
 * than all texts that there may be, or has other characters, and none is in the values that are listed. Whatever comes from a server may be any text, and
 * so may prompts, resources and what audit records show: of rules for those nothing is said.
 */
export function findDeadPatterns({ linked }: Analysed, report: Report): void {
  for (const rule of linked.content) {
    const tools = soughtIn(rule, linked.gateways);
    const { document } = rule;
    const { value } = document;
    if (tools.length === 0 || value.keys === true) continue;
    const texts = tools.map(declaredTexts).reduce(eitherTexts, NO_TEXTS);
    const { isAny, hasNumbers } = texts;
    if (isAny || (hasNumbers && (value.numbers ?? looksIntoNumbers(value.detect)))) continue;
    const help = 'correct the rule or its `match`, or let it look at more: another direction, other tools';
    if (texts.values.length === 0 && texts.forms.every(({ longest }) => longest === 0)) {
      const message = `the arguments of ${namesOf(tools)} have no text in which this rule could find anything`;
      report({ code: 'dead/pattern', message, span: document.spanAt(['detect'], 'key'), help });
      continue;
    }
    for (const [at, pattern] of patternsOf(value).entries()) {
      if (mayMatch(pattern, texts)) continue;
      const message = `no text that the arguments of ${namesOf(tools)} may be matches this pattern`;
      report({ code: 'dead/pattern', message, span: document.spanAt(['detect', 'regex', at]), help });
    }
  }
}

/** The tools whose arguments are all that a rule looks at; none where it looks at more, or at nothing. */
function soughtIn(
  { document, match }: LinkedContentRule,
  gateways: readonly LinkedGateway[],
): readonly LinkedDefinition[] {
  const { directions } = document.value;
  if (directions?.join() !== 'to-server' || match.definitions === null || match.resources !== 'none') return [];
  const reached = (match.gateways ?? gateways).flatMap(({ assignments }) => [...assignments.values()]);
  const servers = new Set(reached.map(({ server }) => server));
  const sought = match.definitions.filter(({ server }) => servers.has(server));
  const isDeclared = ({ server, definition }: LinkedDefinition): boolean =>
    definition.kind === 'tool' && server.document.value.arguments !== 'open';
  return sought.every(isDeclared) ? sought : [];
}

function patternsOf({ detect }: RedactionRule): readonly string[] {
  return 'regex' in detect ? detect.regex : [];
}

function mayMatch(pattern: string, { values, forms }: Texts): boolean {
  const valid = validatePattern(pattern);
  if (!valid.ok || forms.some((form) => mayHave(form, pattern, valid.shortest))) return true;
  const compiled = re2js.compile(pattern);
  return values.some((value) => textsWithin(value)?.some((text) => compiled.matcher(text).find(0)) ?? true);
}

/** A text and whatever the data plane reads within it: JSON, what escapes stand for. Null = it does not look through it. */
function textsWithin(value: string): readonly string[] | null {
  const token = Buffer.from(stringToken(value), 'utf8');
  const wanted = { keys: false, numbers: false, paths: false, open: false };
  const gathered = leavesOfSpan(token, { start: 0, end: token.length }, wanted);
  return gathered.ok ? gathered.leaves.leaves.map(({ text }) => text) : null;
}

function namesOf(tools: readonly LinkedDefinition[]): string {
  const [first] = tools;
  return first === undefined || tools.length > 1
    ? `the ${tools.length} tools it is about`
    : quote(first.definition.name);
}
