import { DEVELOPMENT } from '../../compiler/index.ts';
import { POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFolder } from '../compile-folder.ts';
import { announcement } from '../development/announcement.ts';
import { folderState } from '../development/folder-state.ts';
import { interrupted } from '../development/interrupted.ts';
import { writeIssuers } from '../development/issuers.ts';
import { developmentConfig, developmentUrl } from '../development/proxy-config.ts';
import { publish, type PublishTarget } from '../development/publish.ts';
import { runProxy } from '../development/run-proxy.ts';
import { openStateFolder } from '../development/state-folder.ts';
import { watchFolder } from '../development/watch-folder.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { complain } from '../explain.ts';
import { Failure } from '../failure.ts';
import { workspaceOf } from '../policy-documents.ts';
import { readPolicyFolder, type PolicyFolder } from '../policy-folder.ts';
import { diagnosticsText } from '../show-diagnostics.ts';
import type { Terminal } from '../terminal.ts';

/** The channel that the development proxy follows. */
const CHANNEL = 'dev';

const UNCHANGED = 'still serving what was served before';

export const serve: Command = {
  name: 'serve',
  summary: 'compile and serve policies on this machine, again after each change',
  description:
    'The environment is dev, the address loopback. Keys, development tokens and the audit log are kept in the state ' +
    'folder, made on first use; none of them is of use anywhere else. A change with mistakes is printed, and what was ' +
    'served before stays.',
  positionals: [POLICY_FOLDER],
  options: {
    listen: { value: 'ADDRESS', help: 'host:port on loopback; otherwise what --config says, or 127.0.0.1:8080' },
    config: { value: 'FILE', help: 'proxy.yaml: where secrets are, and which hosts servers may have' },
    state: { value: 'DIR', help: 'state folder', default: '.mcpgw' },
    once: { value: null, help: 'do not watch the policies' },
  },
  examples: [
    ['mcpgw serve', 'the policies in ./policies at 127.0.0.1:8080'],
    ['mcpgw serve --listen 127.0.0.1:9000 --config proxy.yaml', 'elsewhere, with servers on other hosts'],
  ],
  async run({ args, terminal, environment }) {
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const seen = await folderState(folder.root);
    chosenEnvironments(folder, DEVELOPMENT);
    const document = workspaceOf(folder);
    if (document === null) return explainMistakes(folder, terminal);
    const workspace = document.name;
    const state = await openStateFolder(args.requiredText('state'), workspace, DEVELOPMENT);
    const place = { state, workspace, environment: DEVELOPMENT, channel: CHANNEL };
    const config = developmentConfig({ ...place, listen: args.text('listen'), file: args.text('config') });
    const target = { ...place, url: developmentUrl(config, document.value.url), terminal };
    const published = await publish(folder, target);
    if (published === null) return EXIT.compile;
    const issuers = await writeIssuers(state.path, published.engine.policy.issuers);
    const proxy = await runProxy({ ...config, jwks: { ...config.jwks, ...issuers } }, environment, terminal);
    const program = environment['npm_execpath'] === undefined ? 'mcpgw' : 'npx mcpgw';
    terminal.result(announcement({ ...published, origin: proxy.origin, program, nowMs: Date.now() }));
    const watcher = args.flag('once') ? null : watchFolder(folder.root, seen, () => republish(folder.root, target));
    terminal.comment(`every request is recorded in ${state.files.audit}; Ctrl-C stops`);
    await interrupted();
    watcher?.close();
    await proxy.close();
    return EXIT.ok;
  },
};

function explainMistakes(folder: PolicyFolder, terminal: Terminal): ExitCode {
  const { diagnostics } = compileFolder(folder, DEVELOPMENT);
  terminal.comment(diagnosticsText(terminal, 'comment', diagnostics).trimEnd());
  return EXIT.compile;
}

async function republish(root: string, target: PublishTarget): Promise<void> {
  const { terminal } = target;
  try {
    const published = await publish(await readPolicyFolder(root), target);
    if (published === null) terminal.comment(UNCHANGED);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain(error, terminal);
    terminal.comment(UNCHANGED);
  }
}
