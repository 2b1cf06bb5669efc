import { REGEX_ENGINES } from '../../dataplane/content/index.ts';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';

/** The first version of Node that is supported (package.json, engines). */
const NODE_MAJOR_MIN = 24;

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do about it; null where nothing is to be done. */
  readonly help: string | null;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'what this machine has of what mcpgw can use',
  description:
    'The version of Node, and which engine runs regular expressions. Exits with 2 when something is missing that is needed; ' +
    'what only makes things faster is said, and is no fault.',
  positionals: [],
  options: { format: FORMAT },
  examples: [['mcpgw doctor', 'line by line']],
  run({ args, terminal }) {
    const checks = [checkNode(process.versions.node), checkRegex()];
    if (args.requiredText('format') === 'json') {
      terminal.result(`${JSON.stringify({ checks }, null, 2)}\n`);
    } else {
      for (const { name, ok, found, help } of checks) {
        terminal.result(`${name}: ${found}${ok ? '' : ', which is not enough'}\n`);
        if (help !== null) terminal.result(`  ${help}\n`);
      }
    }
    return Promise.resolve(checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.usage);
  },
};

function checkNode(version: string): Check {
  const ok = Number(version.split('.')[0]) >= NODE_MAJOR_MIN;
  return { name: 'node', ok, found: version, help: ok ? null : `install Node ${NODE_MAJOR_MIN} or newer` };
}

function checkRegex(): Check {
  const [{ name }] = REGEX_ENGINES;
  const help =
    'the native engine, RE2, is several times as fast: `npm install re2` with this Node, and a C++ compiler where no build is offered';
  return { name: 'regular expressions', ok: true, found: name, help: name === 're2' ? null : help };
}
