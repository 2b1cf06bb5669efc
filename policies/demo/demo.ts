/**
 * `npm run demo`: three principals with three real clients, and the audit log of what they did. Fails when anything is
 * not as the policies say.
 */
import { isDeepStrictEqual } from 'node:util';
import { CLIENT_KINDS, connect, type CallResult, type ClientKind } from './demo-clients.ts';
import { openStage, type Stage } from './demo-stage.ts';

interface Act {
  readonly who: string;
  readonly client: ClientKind;
  readonly gateway: string;
  credential(stage: Stage): Promise<string>;
  /** Exactly what is listed, sorted. */
  readonly sees: readonly string[];
  readonly scenes: readonly Scene[];
}

interface Scene {
  readonly point: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly expect: { readonly kind: CallResult['kind']; readonly saying: RegExp; readonly notSaying?: RegExp };
}

const CARD = /4111 1111 1111 1111/;
const UNKNOWN_TOOL = { kind: 'refused', saying: /Unknown tool/ } as const;

const ACTS: readonly Act[] = [
  {
    who: 'Ana of the payments team',
    client: 'sdk-1',
    gateway: 'payments-ops',
    credential: (stage) =>
      stage.token(
        'ana@acme.dev',
        '--group',
        'payments-eng',
        '--client',
        'https://claude.ai/oauth/claude-code-client-metadata',
      ),
    sees: [
      'payments_create_refund',
      'payments_get_payment',
      'payments_list_payments',
      'payments_set_payout_account',
      'tickets_add_comment',
      'tickets_get_ticket',
      'tickets_search_tickets',
    ],
    scenes: [
      {
        point: 'allowed',
        tool: 'payments_list_payments',
        args: { merchant: 'acme-us' },
        expect: { kind: 'result', saying: /pay_7005/ },
      },
      {
        point: 'redacted',
        tool: 'payments_get_payment',
        args: { merchant: 'acme-eu', id: 'pay_7003' },
        expect: { kind: 'result', saying: /\[CARD\]/, notSaying: CARD },
      },
      {
        point: 'denied',
        tool: 'payments_create_refund',
        args: { merchant: 'acme-eu', id: 'pay_7004', amount: 4990, reason: 'duplicate' },
        expect: { kind: 'tool-error', saying: /second factor/ },
      },
      { point: 'hidden', tool: 'tickets_purge_ticket', args: { id: 'T-1041' }, expect: UNKNOWN_TOOL },
    ],
  },
  {
    who: 'Joan of the platform team',
    client: 'sdk-2-auto',
    gateway: 'sandbox',
    credential: (stage) => stage.token('joan@acme.dev', '--group', 'platform-eng'),
    sees: [
      'everything_echo',
      'everything_get-annotated-message',
      'everything_get-structured-content',
      'everything_get-sum',
      'everything_get-tiny-image',
      'everything_trigger-long-running-operation',
    ],
    scenes: [
      { point: 'allowed', tool: 'everything_get-sum', args: { a: 40, b: 2 }, expect: { kind: 'result', saying: /42/ } },
      { point: 'hidden', tool: 'everything_get-env', args: {}, expect: UNKNOWN_TOOL },
    ],
  },
  {
    who: 'the robot triage-bot',
    client: 'sdk-2-pinned',
    gateway: 'support-desk',
    credential: (stage) => Promise.resolve(stage.robotKey('triage-bot')),
    sees: ['bot_add_comment', 'bot_assign_ticket', 'bot_get_ticket', 'bot_search_tickets'],
    scenes: [
      {
        point: 'redacted',
        tool: 'bot_get_ticket',
        args: { id: 'T-1041' },
        expect: { kind: 'result', saying: /My card is \[CARD\]/, notSaying: CARD },
      },
      { point: 'hidden', tool: 'bot_close_ticket', args: { id: 'T-1042' }, expect: UNKNOWN_TOOL },
    ],
  },
];

const problems: string[] = [];
const stage = await openStage();
process.once('SIGINT', () => void stage.close().finally(() => process.exit(130)));
try {
  for (const act of ACTS) await play(act, stage);
  showAudit(await stage.calls(ACTS.reduce((sum, act) => sum + act.scenes.length, 0)));
} finally {
  await stage.close();
}
if (problems.length === 0) console.log('\nEverything went as the policies say.');
for (const problem of problems) console.error(`not as the policies say: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function play(act: Act, { url }: Stage): Promise<void> {
  const client = await connect(act.client, `${url}/${act.gateway}`, await act.credential(stage));
  console.log(`\n${act.who} connects to ${act.gateway} with ${CLIENT_KINDS[act.client]} (${client.revision})`);
  try {
    const tools = [...(await client.tools())].sort();
    console.log(`  sees       ${tools.join(', ')}`);
    if (!isDeepStrictEqual(tools, act.sees)) problems.push(`${act.who} should see ${act.sees.join(', ')}`);
    for (const scene of act.scenes) {
      const result = await client.call(scene.tool, scene.args);
      console.log(`  ${scene.point.padEnd(10)} ${scene.tool} ${JSON.stringify(scene.args)}\n${summary(result, scene)}`);
      if (!isExpected(result, scene)) problems.push(`${act.who}, ${scene.tool}: ${JSON.stringify(result)}`);
    }
  } finally {
    await client.close();
  }
}

function isExpected(result: CallResult, { expect }: Scene): boolean {
  const said = saidBy(result);
  return result.kind === expect.kind && expect.saying.test(said) && expect.notSaying?.test(said) !== true;
}

function saidBy(result: CallResult): string {
  return result.kind === 'refused' ? result.message : result.text;
}

/** What was said around the words that matter, on one line. */
function summary(result: CallResult, { expect }: Scene): string {
  const line = saidBy(result).replaceAll(/\s+/g, ' ');
  const from = Math.max(0, line.search(expect.saying) - 50);
  const shown = line.slice(from, from + 110);
  const text = `${from > 0 ? '…' : ''}${shown}${from + shown.length < line.length ? '…' : ''}`;
  return `${' '.repeat(13)}${result.kind === 'result' ? '->' : '-x'} ${text}`;
}

interface AuditLine {
  readonly principal: { readonly id: string; readonly email: string } | null;
  readonly tool: string | null;
  readonly decision: string;
  readonly reason: string;
  readonly rule: { readonly name: string; readonly at: string | null } | null;
  readonly content: readonly {
    readonly rule: string;
    readonly at: string | null;
    readonly action: string;
    readonly count: number;
  }[];
}

/** Every call in the audit log, with the line of the policy that decided it. */
function showAudit(lines: readonly string[]): void {
  console.log('\nThe audit log of these calls:');
  const calls = lines.map((line): AuditLine => JSON.parse(line));
  for (const { principal, tool, decision, reason, rule, content } of calls) {
    const who = principal === null || principal.email === '' ? (principal?.id ?? '') : principal.email;
    const decided =
      rule?.at == null ? `${reason}: no line of the policies grants it` : `${rule.name} policies/${rule.at}`;
    console.log(`  ${decision.padEnd(5)} ${who.padEnd(14)} ${(tool ?? '').padEnd(24)} ${decided}`);
    for (const finding of content) {
      console.log(`        ${finding.action} x${finding.count} by ${finding.rule} policies/${finding.at ?? ''}`);
    }
    if (decision === 'allow' && rule?.at == null)
      problems.push(`the audit record of ${tool} names no line of the policy`);
  }
  const expected = ACTS.reduce((sum, act) => sum + act.scenes.length, 0);
  if (calls.length !== expected) problems.push(`${calls.length} calls are in the audit log, ${expected} were made`);
}
