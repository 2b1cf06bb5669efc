import { validatePattern } from '../../dataplane/content/index.ts';
import type { Node, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import { describeType } from './explain.ts';
import { wrong, type Inference } from './inference.ts';
import type { Scope } from './scope.ts';
import { unitRanges } from './string-literal.ts';
import { BOOL, STRING } from './types.ts';

type Call = Node & { readonly kind: 'call' };

/** `text.matches("pattern")` and `matches(text, "pattern")`. */
export function isMatches({ name, target, args }: Call): boolean {
  return name.text === 'matches' && args.length === (target === null ? 2 : 1);
}

/** The pattern is a literal, so that it can be checked here, and compiled when a bundle is loaded. */
export function inferMatches(inference: Inference, node: Call, scope: Scope): Checked {
  const { start, end, target, args } = node;
  const [subject, pattern] = target === null ? args : [target, ...args];
  if (subject === undefined || pattern === undefined) return wrong(node);
  const of = inference.infer(subject, scope);
  const { bindings, report } = inference;
  if (!bindings.isAssignable(of.type, STRING)) {
    report(
      'cel/wrong-type',
      of,
      `\`matches\` needs string here, not ${describeType(bindings.finish(of.type))}`,
      'write `string(…)` around it',
    );
  }
  const literal = pattern.kind === 'literal' && pattern.literal.type === 'string' ? pattern.literal.value : null;
  if (literal === null) {
    inference.infer(pattern, scope);
    if (pattern.kind !== 'error') {
      report(
        'cel/dynamic-pattern',
        pattern,
        'the pattern of `matches` is a literal text',
        'write it out: `r"^[a-z]+$"`',
      );
    }
    return wrong(node);
  }
  if (!checkPattern(inference, literal, pattern)) return wrong(node);
  return { kind: 'match', of, pattern: literal, type: BOOL, start, end };
}

function checkPattern({ text, report }: Inference, pattern: string, at: Range): boolean {
  const valid = validatePattern(pattern);
  if (valid.ok) return true;
  // From the offset on: where the part that is wrong ends is not known.
  const units = (valid.offset === null ? null : unitRanges(text, at)?.slice(valid.offset)) ?? [];
  const place = { start: units[0]?.start ?? at.start, end: units.at(-1)?.end ?? at.end };
  const isOpen = valid.message.startsWith('missing closing');
  const help = isOpen ? 'close it, or put a backslash before it' : 'RE2 has no look-around and no back references';
  report('cel/bad-pattern', place, valid.message, help);
  return false;
}
