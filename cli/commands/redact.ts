import {
  explainText,
  screenText,
  type Exchange,
  type Finding,
  type Found,
  type RuleSet,
} from '../../dataplane/content/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';
import { CONFIG } from '../catalog/open-reach.ts';
import { loadOffered, offerUnsigned } from '../bundle-file.ts';
import { FORMAT, POLICY_FOLDER, type Command } from '../command.ts';
import { chosenEnvironments, compileFolder } from '../compile-folder.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import { JSON_STRING_BYTES_MAX } from '../../dataplane/limits.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { openAsking } from '../open-asking.ts';
import { policyExit } from '../policy-exit.ts';
import { readPolicyFolder } from '../policy-folder.ts';
import { readStdin } from '../read-stdin.ts';
import { diagnosticsText, plural } from '../show-diagnostics.ts';
import { withoutAsked } from '../unasked-rules.ts';

const DIRECTIONS = ['to-server', 'to-client', 'audit'] as const;

export const redact: Command = {
  name: 'redact',
  summary: 'try the redaction rules on a text or JSON from stdin',
  description:
    'Prints the text as it would be passed on, and says on stderr what was found, by which rule and how sure it is. A rule ' +
    'that names servers, tools, prompts or resources is in force for what they exchange alone, and is not tried here: ' +
    'a TestSuite tries those. Rules that ask others, such as `presidio`, are tried with `--config` and left out without.',
  positionals: [POLICY_FOLDER],
  options: {
    gateway: { value: 'NAME', help: 'the rules of this gateway; otherwise those that name none' },
    direction: { value: 'WAY', help: 'which way the text goes', choices: DIRECTIONS, default: 'to-client' },
    as: { value: 'WHO', help: 'team/NAME or robot/NAME; otherwise a person of no team' },
    environment: { value: 'NAME', help: 'the environment; otherwise the first that the workspace has' },
    config: CONFIG,
    format: FORMAT,
  },
  examples: [
    ['mcpgw redact < answer.json', 'what the rules that are in force everywhere make of a file'],
    ['mcpgw redact --gateway engineering --direction to-server --as robot/nightly < args.json', 'what a robot sends'],
    ['mcpgw redact --config proxy.yaml < answer.json', 'the same as the first, and others are asked'],
  ],
  async run(context) {
    const { args, terminal } = context;
    const folder = await readPolicyFolder(args.requiredPositional('DIR'));
    const [environment = ''] = chosenEnvironments(folder, args.text('environment'));
    const { diagnostics, compiled } = compileFolder(folder, environment);
    if (compiled === null) {
      terminal.comment(diagnosticsText(terminal, 'comment', diagnostics));
      return policyExit(diagnostics);
    }
    const bundle = compiled.bundle();
    const name = `bundle ${bundle.id}`;
    const asking = await openAsking(context);
    const { content, bundle: loaded } = loadOffered(name, offerUnsigned(name, bundle.tar), asking?.open);
    const way = DIRECTIONS.find((each) => each === args.requiredText('direction')) ?? 'to-client';
    const inForce = content.rulesFor({
      ...whose(loaded.policy, args.text('as')),
      gateway: gatewayAt(loaded.policy, args.text('gateway')),
      server: -1,
      definition: -1,
      clients: [],
      direction: way,
    });
    const text = await readStdin(JSON_STRING_BYTES_MAX);
    const { rules, unasked } = asking === null ? withoutAsked(inForce) : { rules: inForce, unasked: [] };
    const redaction = await screenText(rules, text, new AbortController().signal);
    await asking?.close();
    const asked = askedOf(rules, redaction.findings);
    const found = explainText(rules, text);
    const failed = redaction.kind === 'blocked' ? redaction.failure : null;
    if (args.requiredText('format') === 'json') {
      const passed = redaction.kind === 'blocked' ? null : redaction.text;
      const outcome = { outcome: redaction.kind, failure: failed, text: passed, found, asked, unasked };
      terminal.result(`${JSON.stringify(outcome, null, 2)}\n`);
      return EXIT.ok;
    }
    if (redaction.kind !== 'blocked') terminal.result(redaction.text);
    for (const each of found) terminal.comment(describeFound(each));
    for (const each of asked) terminal.comment(describeAsked(each));
    const rulesTried = plural(rules.rules.length - unasked.length, 'rule');
    if (failed !== null) terminal.comment(`blocked: it could not be looked through (${failed})`);
    else if (redaction.kind === 'blocked') terminal.comment('blocked: nothing is passed on');
    if (unasked.length > 0) {
      terminal.comment(
        `not tried, since others would have to be asked: ${unasked.join(', ')}; name proxy.yaml with --config`,
      );
    }
    if (rules.rules.some(({ action }) => action === 'hash')) {
      terminal.comment('hashes are made with the key of examples: those of a proxy are others');
    }
    const places = asked.reduce((sum, { entities }) => sum + sumOf(entities), found.length);
    terminal.comment(`${plural(places, 'place')} found, ${rulesTried} tried`);
    return EXIT.ok;
  },
};

/** What a rule made of the answer of somebody else. */
interface Asked {
  readonly rule: string;
  readonly action: Finding['action'];
  readonly entities: Finding['entities'];
  /** The answer was of no use, or there was none. */
  readonly failed: boolean;
}

function askedOf(rules: RuleSet, findings: readonly Finding[]): readonly Asked[] {
  return rules.external.flatMap(({ rule: position }) => {
    const rule = rules.rules[position];
    const own = findings.filter((finding) => finding.rule === rule?.id);
    return own.map(({ action, entities, failed }) => ({
      rule: rule?.name ?? '',
      action,
      entities,
      failed: failed > 0,
    }));
  });
}

function sumOf(entities: Finding['entities']): number {
  return Object.values(entities).reduce((sum, count) => sum + count, 0);
}

function describeAsked({ rule, action, entities, failed }: Asked): string {
  if (failed) return `${rule}: its detector gave no answer that can be used`;
  const counts = Object.entries(entities).map(([entity, count]) => `${count} ${entity}`);
  return `${rule} (${action}): ${counts.join(', ')}`;
}

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
