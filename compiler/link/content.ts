import type { RedactionRule } from '../../schemas/types/documents.ts';
import { validatePattern } from '../../dataplane/content/index.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import { linkMatch, type MatchTargets } from './match.ts';
import type { LinkedContentRule } from './model.ts';
import type { Names } from './names.ts';

export function linkContentRule(
  document: Document<RedactionRule>,
  targets: MatchTargets,
  names: Names,
  report: Report,
): LinkedContentRule {
  checkPatterns(document, report);
  checkExampleKinds(document, report);
  return {
    document,
    match: linkMatch({ document, path: ['match'], match: document.value.match }, targets, names, report),
  };
}

function checkPatterns(document: Document<RedactionRule>, report: Report): void {
  document.value.detect.regex.forEach((pattern, at) => {
    const path = ['detect', 'regex', at];
    const checked = validatePattern(pattern);
    if (!checked.ok) {
      const span =
        checked.offset === null ? document.spanAt(path) : document.spanInside(path, checked.offset, checked.offset + 1);
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

/** A rule shows what it finds and what it leaves alone (language.md, RedactionRule). */
function checkExampleKinds(document: Document<RedactionRule>, report: Report): void {
  const { examples } = document.value;
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
