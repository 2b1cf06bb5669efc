import { POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFor } from '../compile-folder.ts';
import { EXIT } from '../exit-code.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { countText, DIAGNOSTICS_FORMAT, formatDiagnostics, hasErrors, plural } from '../show-diagnostics.ts';

export const check: Command = {
  name: 'check',
  summary: 'find mistakes in policies, with file, line, column and remedy',
  positionals: [POLICY_FOLDER],
  options: {
    environment: { value: 'NAME', help: 'only what applies in this environment; otherwise in each of them' },
    format: DIAGNOSTICS_FORMAT,
  },
  examples: [
    ['mcpgw check', 'the policies in ./policies, for every environment'],
    ['mcpgw check --environment production --format json', 'for a program, one environment'],
  ],
  async run({ args, terminal }) {
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const environments = chosenEnvironments(folder, args.text('environment'));
    const { diagnostics } = compileFor(folder, environments);
    terminal.result(formatDiagnostics(terminal, args.requiredText('format'), diagnostics));
    const what = `${plural(folder.files.length, 'file')} for ${environments.join(', ')}`;
    if (hasErrors(diagnostics)) {
      terminal.comment(`${terminal.paint('comment', 'red', countText(diagnostics))} in ${folder.root}`);
      return policyExit(diagnostics);
    }
    const found = diagnostics.length === 0 ? '' : `, ${countText(diagnostics)}`;
    terminal.comment(`${terminal.paint('comment', 'green', 'ok')}: ${what}${found}`);
    return EXIT.ok;
  },
};
