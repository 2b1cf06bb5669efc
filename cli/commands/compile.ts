import { FORMAT, POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFolder } from '../compile-folder.ts';
import { EXIT } from '../exit-code.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { readSigningKey } from '../signing-key.ts';
import { countText, diagnosticsText } from '../show-diagnostics.ts';
import { storeSigned } from '../signed-bundle.ts';

export const compile: Command = {
  name: 'compile',
  summary: 'make a signed bundle of the policies for one environment',
  description:
    'The same policies give the same bytes wherever they are compiled. Before anything is written, the data plane loads ' +
    'the bundle and runs its self-test. Compiling again with another key adds a signature.',
  positionals: [POLICY_FOLDER],
  options: {
    environment: { value: 'NAME', help: 'the environment whose bundle it becomes', required: true },
    key: { value: 'FILE', help: 'private key of the role bundle', required: true },
    out: { value: 'STORE', help: 'bundle store to write into', required: true },
    format: FORMAT,
  },
  examples: [
    ['mcpgw compile --environment production --key keys/bundle.pem --out store', 'prints the ids of bundle and policy'],
  ],
  async run({ args, terminal }) {
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const environment = args.requiredText('environment');
    chosenEnvironments(folder, environment);
    const key = await readSigningKey(args.requiredText('key'));
    const { diagnostics, compiled } = compileFolder(folder, environment);
    if (diagnostics.length > 0) terminal.comment(diagnosticsText(terminal, 'comment', diagnostics));
    if (compiled === null) {
      terminal.comment(
        `${terminal.paint('comment', 'red', countText(diagnostics))} in ${folder.root}: nothing is written`,
      );
      return policyExit(diagnostics);
    }
    const bundle = compiled.bundle();
    const store = args.requiredText('out');
    await storeSigned(store, compiled.policy.workspace, environment, bundle, key);
    const { id, policyDigest } = bundle;
    terminal.result(
      args.requiredText('format') === 'json'
        ? `${JSON.stringify({ bundle: id, policyDigest, workspace: compiled.policy.workspace, environment, store })}\n`
        : `bundle ${id}\npolicy ${policyDigest}\n`,
    );
    return EXIT.ok;
  },
};
