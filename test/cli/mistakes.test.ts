import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';

interface Mistake {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const CONDITION = "when: 'args.amount <= 50000'";
const BLOCK = `  - server: payments\n    tools: [create_refund]\n    ${CONDITION}\n`;

/** What people do on their first day with the sample company. */
const MISTAKES: readonly Mistake[] = [
  {
    what: 'a comment behind a condition without quotes',
    file: 'allowlists/payments.yaml',
    from: CONDITION,
    to: 'when: args.amount <= 50000 # cents',
  },
  {
    what: 'a condition that begins with an exclamation mark',
    file: 'allowlists/payments.yaml',
    from: CONDITION,
    to: 'when: !has(args.reason) || args.amount <= 50000',
  },
  {
    what: 'a pattern in double quotes',
    file: 'rules/cards.yaml',
    from: String.raw`'\b\d(?:[ -]?\d){12,18}\b'`,
    to: String.raw`"\b\d(?:[ -]?\d){12,18}\b"`,
  },
  {
    what: 'a condition cut by a comma',
    file: 'allowlists/payments.yaml',
    from: BLOCK,
    to: '  - { server: payments, tools: [create_refund], when: args.amount in [100, 200] && args.reason, args.id }\n',
  },
  {
    what: 'one = instead of two',
    file: 'allowlists/payments.yaml',
    from: CONDITION,
    to: "when: 'args.amount = 50000'",
  },
  {
    what: 'an argument misspelt',
    file: 'allowlists/payments.yaml',
    from: CONDITION,
    to: "when: 'args.amuont <= 50000'",
  },
  {
    what: 'a team misspelt',
    file: 'teams/payments/grants.yaml',
    from: 'to: { teams: [payments] }',
    to: 'to: { teams: [payment] }',
  },
  {
    what: 'a tool that is not there',
    file: 'teams/payments/grants.yaml',
    from: 'payments/set_payout_account',
    to: 'payments/set_payout',
  },
  {
    what: 'a day that does not exist',
    file: 'teams/payments/grants.yaml',
    from: 'expires: 2029-10-31',
    to: 'expires: 2029-11-31',
  },
  {
    what: 'a field forgotten',
    file: 'teams/payments/grants.yaml',
    from: 'gateway: payments-ops\n',
    to: '',
  },
];

const sample = fileURLToPath(new URL('../../policies/', import.meta.url));
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

async function checkAfter({ file, from, to }: Mistake): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'mcpgw-mistake-'));
  folders.push(cwd);
  const policies = join(cwd, 'policies');
  await cp(sample, policies, { recursive: true, filter: (path) => !path.endsWith('/demo') });
  const text = await readFile(join(policies, file), 'utf8');
  expect(text).toContain(from);
  await writeFile(
    join(policies, file),
    text.replace(from, () => to),
  );
  const { exit, stdout } = await mcpgw(['check'], { cwd });
  expect(exit).toBe(3);
  return stdout;
}

test('ten mistakes of a first day each lead to their remedy', async () => {
  const transcript: string[] = [];
  for (const mistake of MISTAKES) transcript.push(`# ${mistake.what}\n$ mcpgw check\n${await checkAfter(mistake)}`);
  for (const part of transcript) expect(part).toContain('  help: ');
  expectGolden('mistakes.txt', transcript.join('\n'));
}, 60_000);
