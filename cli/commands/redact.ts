import { explainText, redactText, type Exchange, type Found } from '../../dataplane/content/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import { loadOffered, offerUnsigned } from '../bundle-file.ts';
import { FORMAT, POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFolder } from '../compile-folder.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import { JSON_STRING_BYTES_MAX } from '../../dataplane/limits.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { readStdin } from '../read-stdin.ts';
import { diagnosticsText, plural } from '../show-diagnostics.ts';

const DIRECTIONS = ['to-server', 'to-client', 'audit'] as const;

export const redact: Command = {
  name: 'redact',
  summary: 'try the redaction rules on a text or JSON from stdin',
  description:
    'Prints the text as it would be passed on, and says on stderr what was found, by which rule and how sure it is. A rule ' +
    'that names servers, tools, prompts or resources is in force for what they exchange alone, and is not tried here: ' +
    'a TestSuite tries those.',
  positionals: [POLICY_FOLDER],
  options: {
    gateway: { value: 'NAME', help: 'the rules of this gateway; otherwise those that name none' },
    direction: { value: 'WAY', help: 'which way the text goes', choices: DIRECTIONS, default: 'to-client' },
    as: { value: 'WHO', help: 'team/NAME or robot/NAME; otherwise a person of no team' },
    environment: { value: 'NAME', help: 'the environment; otherwise the first that the workspace has' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw redact < answer.json', 'what the rules that are in force everywhere make of a file'],
    ['mcpgw redact --gateway engineering --direction to-server --as robot/nightly < args.json', 'what a robot sends'],
  ],
  async run({ args, terminal }) {
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const [environment = ''] = chosenEnvironments(folder, args.text('environment'));
    const { diagnostics, compiled } = compileFolder(folder, environment);
    if (compiled === null) {
      terminal.comment(diagnosticsText(terminal, 'comment', diagnostics));
      return policyExit(diagnostics);
    }
    const bundle = compiled.bundle();
    const name = `bundle ${bundle.id}`;
    const { content, bundle: loaded } = loadOffered(name, offerUnsigned(name, bundle.tar));
    const way = DIRECTIONS.find((each) => each === args.requiredText('direction')) ?? 'to-client';
    const rules = content.rulesFor({
      ...whose(loaded.policy, args.text('as')),
      gateway: gatewayAt(loaded.policy, args.text('gateway')),
      server: -1,
      definition: -1,
      clients: [],
      direction: way,
    });
    const text = await readStdin(JSON_STRING_BYTES_MAX);
    const redaction = redactText(rules, text);
    const found = explainText(rules, text);
    const failed = redaction.kind === 'blocked' ? redaction.failure : null;
    if (args.requiredText('format') === 'json') {
      const passed = redaction.kind === 'blocked' ? null : redaction.text;
      const outcome = { outcome: redaction.kind, failure: failed, text: passed, found };
      terminal.result(`${JSON.stringify(outcome, null, 2)}\n`);
      return EXIT.ok;
    }
    if (redaction.kind !== 'blocked') terminal.result(redaction.text);
    for (const each of found) terminal.comment(describeFound(each));
    const rulesTried = plural(rules.rules.length, 'rule');
    if (failed !== null) terminal.comment(`blocked: it could not be looked through (${failed})`);
    else if (redaction.kind === 'blocked') terminal.comment('blocked: nothing is passed on');
    if (rules.rules.some(({ action }) => action === 'hash')) {
      terminal.comment('hashes are made with the key of examples: those of a proxy are others');
    }
    terminal.comment(`${plural(found.length, 'place')} found, ${rulesTried} tried`);
    return EXIT.ok;
  },
};

function describeFound({ rule, action, mode, entity, score, text, keys }: Found): string {
  const where = keys.length === 0 ? '' : `, in ${keys.join('.')}`;
  const does = mode === 'alert' ? `would ${action}` : action;
  return `${rule} (${does}): ${entity} ${JSON.stringify(text)}, score ${score.toFixed(2)}${where}`;
}

function gatewayAt(policy: Policy, name: string | null): number {
  if (name === null) return -1;
  const at = policy.gateways.findIndex((gateway) => gateway.name === name);
  if (at >= 0) return at;
  const known = policy.gateways.map((gateway) => gateway.name);
  throw failure(
    '--gateway',
    `there is no gateway \`${name}\``,
    didYouMean(name, known) ?? `there is ${known.join(', ')}`,
  );
}

function whose(policy: Policy, who: string | null): Pick<Exchange, 'kind' | 'subjects'> {
  if (who === null) return { kind: 'person', subjects: [] };
  const at = policy.subjects.findIndex(({ kind, name }) => kind !== 'role' && `${kind}/${name}` === who);
  const subject = policy.subjects[at];
  if (subject !== undefined) return { kind: subject.kind === 'robot' ? 'robot' : 'person', subjects: [at] };
  const known = policy.subjects.filter(({ kind }) => kind !== 'role').map(({ kind, name }) => `${kind}/${name}`);
  throw failure('--as', `there is no \`${who}\``, didYouMean(who, known) ?? 'write team/NAME or robot/NAME');
}
