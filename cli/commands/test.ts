import { join } from 'node:path';
import { loadOffered, offerUnsigned } from '../bundle-file.ts';
import { POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFor } from '../compile-folder.ts';
import { EXIT } from '../exit-code.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { countText, diagnosticsText, hasErrors, plural } from '../show-diagnostics.ts';
import type { Terminal } from '../terminal.ts';
import type { TestOutcome } from '../testing/outcome.ts';
import { renderJunit } from '../testing/render-junit.ts';
import { renderOutcomes } from '../testing/render-text.ts';
import { runSuites } from '../testing/run-suites.ts';
import { askingRules } from '../unasked-rules.ts';

const FORMATS = ['text', 'json', 'junit'] as const;

export const test: Command = {
  name: 'test',
  summary: 'run the tests of the policies against the engine of the proxy',
  description:
    'Every TestSuite: calls are decided, lists compared as exact sets, texts and arguments sent through the redaction ' +
    'rules, but for rules that ask others, such as `presidio`. A failing test names the rule that decided.',
  positionals: [POLICY_FOLDER],
  options: {
    environment: { value: 'NAME', help: 'only this environment; otherwise each of them' },
    format: { value: 'FORMAT', help: 'how to print the result', choices: FORMATS, default: 'text' },
  },
  examples: [
    ['mcpgw test', 'the suites in ./policies, in every environment'],
    ['mcpgw test --format junit > policy-tests.xml', 'for the CI server'],
  ],
  async run({ args, terminal }) {
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const environments = chosenEnvironments(folder, args.text('environment'));
    const { diagnostics, compiled } = compileFor(folder, environments);
    if (diagnostics.length > 0) terminal.comment(diagnosticsText(terminal, 'comment', diagnostics));
    if (hasErrors(diagnostics)) {
      terminal.comment(
        `${terminal.paint('comment', 'red', countText(diagnostics))} in ${folder.root}: no test was run`,
      );
      return policyExit(diagnostics);
    }
    const untried = new Set<string>();
    const outcomes = [...compiled].flatMap(([environment, { bundle: pack, linked }]) => {
      const bundle = pack();
      const name = `bundle ${bundle.id}`;
      const { engine, content, bundle: loaded } = loadOffered(name, offerUnsigned(name, bundle.tar));
      for (const rule of askingRules(loaded.policy)) untried.add(rule);
      const ruleAt = (rule: number) => {
        const place = loaded.ruleAt(rule);
        return place === null ? null : { name: place.name, at: join(folder.root, place.at) };
      };
      const bed = { environment, engine, content, ruleAt };
      return runSuites(bed, linked.suites).map((outcome) => ({ ...outcome, at: join(folder.root, outcome.at) }));
    });
    const format = FORMATS.find((name) => name === args.requiredText('format')) ?? 'text';
    terminal.result(render(outcomes, format, terminal));
    if (untried.size > 0) {
      terminal.comment(`not tried, since others would have to be asked: ${[...untried].sort().join(', ')}`);
    }
    return conclude(outcomes, environments, terminal);
  },
};

function render(outcomes: readonly TestOutcome[], format: (typeof FORMATS)[number], terminal: Terminal): string {
  switch (format) {
    case 'text':
      return renderOutcomes(outcomes, terminal);
    case 'json':
      return `${JSON.stringify({ ...countsOf(outcomes), tests: outcomes }, null, 2)}\n`;
    case 'junit':
      return renderJunit(outcomes);
  }
}

function countsOf(outcomes: readonly TestOutcome[]): { passed: number; failed: number } {
  const failed = outcomes.filter((outcome) => outcome.failure !== null).length;
  return { passed: outcomes.length - failed, failed };
}

/** No tests at all is a failure: a misspelt folder must not look like a green run. */
function conclude(outcomes: readonly TestOutcome[], environments: readonly string[], terminal: Terminal) {
  const where = environments.join(', ');
  if (outcomes.length === 0) {
    terminal.comment(`${terminal.paint('comment', 'red', 'no tests')} for ${where}: write a TestSuite`);
    return EXIT.tests;
  }
  const { passed, failed } = countsOf(outcomes);
  if (failed > 0) {
    terminal.comment(
      `${terminal.paint('comment', 'red', `${plural(failed, 'test')} failed`)}, ${passed} passed, for ${where}`,
    );
    return EXIT.tests;
  }
  terminal.comment(`${terminal.paint('comment', 'green', 'ok')}: ${plural(passed, 'test')} passed, for ${where}`);
  return EXIT.ok;
}
