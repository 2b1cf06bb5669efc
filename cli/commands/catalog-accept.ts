import { acceptDefinitions, type Acceptance, type Target } from '../catalog/accept-definitions.ts';
import { EFFECTS } from '../catalog/edit-effects.ts';
import { readServers } from '../catalog/find-servers.ts';
import { shownText } from '../catalog/review-text.ts';
import { FORMAT, type Command } from '../command.ts';
import { rewriteFile } from '../edit/rewrite-file.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';

const KINDS = ['tool', 'prompt', 'template'] as const;

export const catalogAccept: Command = {
  name: 'catalog accept',
  summary: 'accept pending definitions of a server, and say what its tools do',
  description:
    'Takes `pending` from the lock and writes each tool into `effects` of its Server, in the way the file is laid out. ' +
    'Both are for a person to review and commit. Accepting grants nothing to anybody.\n' +
    'A name in full also changes the effect of a tool that was accepted before; a pattern reaches pending ones only.',
  positionals: [
    {
      name: 'SERVER/NAME',
      help: 'a tool, prompt or template; * is any run of characters',
      required: true,
      repeated: true,
    },
  ],
  options: {
    effect: {
      value: 'EFFECT',
      help: 'what the tools do; not needed where the Server says so already',
      choices: [...EFFECTS],
    },
    kind: { value: 'KIND', help: 'only definitions of this kind', choices: [...KINDS] },
    policies: { value: 'DIR', help: 'folder with the Workspace and everything below it', default: 'policies' },
    environment: { value: 'NAME', help: 'only the documents of this environment' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw catalog accept tickets/get_ticket --effect read', 'one tool'],
    ["mcpgw catalog accept 'docs/*' --kind prompt", 'all prompts of a server; prompts always read'],
  ],
  async run({ args, terminal }) {
    const folder = await readServers(args.requiredText('policies'));
    const acceptance = acceptDefinitions(folder, {
      targets: args.positionals('SERVER/NAME').map(parseTarget),
      effect: EFFECTS.find((effect) => effect === args.text('effect')) ?? null,
      kind: KINDS.find((kind) => kind === args.text('kind')) ?? null,
      environment: args.text('environment'),
    });
    for (const [path, text] of acceptance.files) await rewriteFile(path, text);
    if (args.requiredText('format') === 'json') terminal.result(`${JSON.stringify(toJson(acceptance), null, 2)}\n`);
    else terminal.result(renderAcceptance(acceptance));
    for (const path of acceptance.files.keys()) terminal.comment(`wrote ${path}`);
    return EXIT.ok;
  },
};

/** The name may hold slashes (a template's does), a server's may not. */
function parseTarget(text: string): Target {
  const slash = text.indexOf('/');
  if (slash < 1 || slash === text.length - 1) {
    throw failure(
      text,
      'is not SERVER/NAME',
      `all that is pending: mcpgw catalog accept '${slash < 1 ? text : text.slice(0, slash)}/*'`,
    );
  }
  return { server: text.slice(0, slash), name: text.slice(slash + 1) };
}

function toJson({ accepted, files }: Acceptance): object {
  return { accepted, files: [...files.keys()] };
}

function renderAcceptance({ accepted }: Acceptance): string {
  const lines = accepted.map(({ server, kind, name, effect }) => {
    const effects = effect === null ? '' : `: ${effect}`;
    return `accepted the ${kind} ${server}/${shownText(name)}${effects}\n`;
  });
  return lines.join('');
}
