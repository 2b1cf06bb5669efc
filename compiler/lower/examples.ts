import assert from 'node:assert/strict';
import { buildContent, redactText, REGEX_ENGINES, type RuleSet } from '../../dataplane/content/index.ts';
import type { RegexEngine } from '../../dataplane/content/regex/engine.ts';
import type { RedactionRule } from '../../schemas/types/documents.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedContentRule } from '../link/model.ts';
import { actionOf } from './content.ts';

/**
 * Runs each rule on its own examples with every engine that there is here; they agree, but for a mistake of ours. A rule in `mode: alert` is tried as if it were
 * enforced, so that enforcing it later holds no surprise.
 */
export function checkExamples(
  content: readonly LinkedContentRule[],
  policy: Policy,
  report: Report,
  regexEngines: readonly RegexEngine[] = REGEX_ENGINES,
): void {
  const enforced = { ...policy, content: policy.content.map((rule) => ({ ...rule, mode: 'enforce' as const })) };
  const engines = regexEngines.map((regex) => {
    const built = buildContent(enforced, { regex });
    assert(built.ok, built.ok ? undefined : `the compiler made content rules that do not build: ${built.message}`);
    return built.content;
  });
  for (const { document } of content) {
    const built = engines.flatMap((engine) => engine.ruleNamed(document.name) ?? []);
    assert(built.length === engines.length, `${document.name} was lowered`);
    (document.value.examples ?? []).forEach((example, at) => {
      const [problem] = built.flatMap((rules) => tryExample(rules, actionOf(document.value), example) ?? []);
      if (problem === undefined) return;
      report({
        code: 'content/example-failed',
        message: problem.message,
        span: document.spanAt(['examples', at, problem.key]),
        help: problem.help,
      });
    });
  }
}

type Example = NonNullable<RedactionRule['examples']>[number];

interface ExampleProblem {
  readonly key: 'in' | 'out' | 'unchanged';
  readonly message: string;
  readonly help: string;
}

const CORRECT = 'correct the example or the rule';

function tryExample(rules: RuleSet, action: ReturnType<typeof actionOf>, example: Example): ExampleProblem | null {
  const isFound = 'in' in example;
  const text = isFound ? example.in : example.unchanged;
  const result = redactText(rules, text);
  const found = result.findings.length > 0;
  if (!isFound) {
    return found ? { key: 'unchanged', message: 'the rule finds something in this text', help: CORRECT } : null;
  }
  if (!found) return { key: 'in', message: 'the rule finds nothing in this text', help: CORRECT };
  const changes = action !== 'alert' && action !== 'block';
  if (!changes) {
    if (example.out === undefined) return null;
    return { key: 'out', message: `the action \`${action}\` changes no text`, help: 'remove `out`' };
  }
  const actual = result.kind === 'blocked' ? null : result.text;
  if (example.out === undefined) {
    return {
      key: 'in',
      message: 'the example does not say what becomes of the text',
      help: `add \`out: ${JSON.stringify(actual)}\``,
    };
  }
  if (actual === example.out) return null;
  return { key: 'out', message: `the rule makes ${JSON.stringify(actual)} of it`, help: CORRECT };
}
