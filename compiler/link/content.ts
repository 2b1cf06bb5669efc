import type { RedactionRule } from '../../schemas/types/documents.ts';
import { groupNumber, isRegion, referencesOf, validatePattern } from '../../dataplane/content/index.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import { asksOthers, checkAskedRule } from './asked-rules.ts';
import { linkMatch, type MatchTargets } from './match.ts';
import type { LinkedContentRule } from './model.ts';
import type { Names } from './names.ts';

export function linkContentRule(
  document: Document<RedactionRule>,
  targets: MatchTargets,
  names: Names,
  report: Report,
): LinkedContentRule {
  checkAction(document, report);
  checkPatterns(document, report);
  checkReferences(document, report);
  checkRegions(document, report);
  checkAskedRule(document, report);
  checkExampleKinds(document, report);
  return {
    document,
    match: linkMatch({ document, path: ['match'], match: document.value.match }, targets, names, report),
  };
}

/** Only of texts that steer models it is known what is best done with them: most of them are about models. */
function checkAction(document: Document<RedactionRule>, report: Report): void {
  const { action, detect } = document.value;
  if (action !== undefined || 'injection' in detect) return;
  report({
    code: 'policy/missing-key',
    message: '`action` is missing from RedactionRule',
    span: document.spanAt(['detect'], 'key'),
    help:
      'webhook' in detect
        ? 'add `action: block` to do as the webhook says, changes included, or `action: alert` to record it only'
        : 'add `action: redact`, or what else is to be done with what the rule finds; only `injection` is `alert` without',
  });
}

function checkPatterns(document: Document<RedactionRule>, report: Report): void {
  patternsOf(document).forEach((pattern, at) => {
    const path = ['detect', 'regex', at];
    const checked = validatePattern(pattern);
    if (!checked.ok) {
      const span =
        checked.offset === null ? document.spanAt(path) : document.spanInside(path, checked.offset, checked.offset + 1);
      if (checked.isTooLarge) {
        report({
          code: 'content/too-large',
          message: checked.message,
          span,
          help: 'repeat less, or write several patterns: they are searched for together',
        });
        return;
      }
      report({
        code: 'content/bad-pattern',
        message: `this is no regular expression in RE2 syntax: ${checked.message}`,
        span,
        help: 'see https://github.com/google/re2/wiki/Syntax; there is no look-ahead, look-behind or back-reference',
      });
    } else if (checked.matchesEmpty) {
      report({
        code: 'content/empty-match',
        message: 'the pattern matches the empty text, which is everywhere',
        span: document.spanAt(path),
        help: 'make some part of it required',
      });
    }
  });
}

function patternsOf({ value }: Document<RedactionRule>): readonly string[] {
  return 'regex' in value.detect ? value.detect.regex : [];
}

/** A group that a pattern lacks would be nothing wherever that pattern matches. */
function checkReferences(document: Document<RedactionRule>, report: Report): void {
  const { action, detect } = document.value;
  const group = 'regex' in detect ? detect.group : undefined;
  const template = typeof action === 'object' && 'replace' in action ? action.replace : '';
  const groups = [
    ...(group === undefined ? [] : [{ name: group, path: ['detect', 'group'] }]),
    ...referencesOf(template).map((name) => ({ name, path: ['action', 'replace'] })),
  ];
  if (groups.length > 0 && !('regex' in detect)) {
    report({
      code: 'content/unknown-group',
      message: `there is no pattern that could have a group \`${groups[0]?.name ?? ''}\``,
      span: document.spanAt(['action', 'replace']),
      help: 'write `$$` for a dollar sign',
    });
    return;
  }
  for (const [at, pattern] of patternsOf(document).entries()) {
    const checked = validatePattern(pattern);
    const missing = checked.ok ? groups.find(({ name }) => groupNumber(name, checked) === null) : undefined;
    if (missing === undefined) continue;
    report({
      code: 'content/unknown-group',
      message: `a pattern has no group \`${missing.name}\``,
      span: document.spanAt(missing.path),
      help: 'name the part `(?P<name>...)` in every pattern, or write `$$` for a dollar sign',
      related: [{ message: 'this pattern', span: document.spanAt(['detect', 'regex', at]) }],
    });
    return;
  }
}

function checkRegions(document: Document<RedactionRule>, report: Report): void {
  const { detect } = document.value;
  if (!('pii' in detect) || !('regions' in detect.pii)) return;
  for (const [at, region] of detect.pii.regions?.entries() ?? []) {
    if (isRegion(region)) continue;
    report({
      code: 'content/unknown-region',
      message: `there are no telephone numbers of \`${region}\``,
      span: document.spanAt(['detect', 'pii', 'regions', at]),
      help: 'write the two letters of ISO 3166, such as `GB`',
    });
  }
}

/** A rule shows what it finds and what it leaves alone (language.md, RedactionRule). */
function checkExampleKinds(document: Document<RedactionRule>, report: Report): void {
  const { examples } = document.value;
  if (asksOthers(document.value)) return;
  if (examples === undefined) {
    report({
      code: 'policy/missing-key',
      message: '`examples` is missing from RedactionRule',
      span: document.spanAt(['name'], 'key'),
      help: 'add `examples`: a text that the rule finds, with `in` and `out`, and one that it leaves alone, `unchanged`',
    });
    return;
  }
  const hasFound = examples.some((example) => 'in' in example);
  const hasUnchanged = examples.some((example) => 'unchanged' in example);
  if (hasFound && hasUnchanged) return;
  report({
    code: 'content/example-missing',
    message: hasFound ? 'no example shows what the rule leaves alone' : 'no example shows what the rule finds',
    span: document.spanAt(['examples'], 'key'),
    help: hasFound ? 'add one with `unchanged:`' : 'add one with `in:` and `out:`',
  });
}
