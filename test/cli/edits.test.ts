import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chosenEnvironments, compileFor } from '../../cli/compile-folder.ts';
import { readPolicyFiles } from '../../cli/policy-folder.ts';
import { isFormatted } from '../../compiler/fmt/format-file.ts';
import { json, modernServer, result, scriptedServer } from './catalog/scripted-server.ts';
import { mcpgw, temporaryFolder, type Run } from './mcpgw.ts';
import { edit, starterFolder } from './starter.ts';

const read = (cwd: string, path: string): Promise<string> => readFile(join(cwd, 'policies', path), 'utf8');

/** Runs a command and then makes sure that the folder checks and is in canonical form. */
async function sound(cwd: string, ...words: readonly string[]): Promise<Run> {
  const run = await mcpgw(words, { cwd });
  expect(run.exit, run.stderr).toBe(0);
  const folder = await readPolicyFiles(join(cwd, 'policies'));
  const { diagnostics } = compileFor(folder, chosenEnvironments(folder, null));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(folder.files.filter(({ text }) => !isFormatted(text)).map(({ path }) => path)).toEqual([]);
  return run;
}

describe('team add', () => {
  test('makes the team, then adds to it; whoever is a member is not added again', async () => {
    const cwd = await starterFolder();
    const made = await sound(cwd, 'team', 'add', 'sales', 'bob@example.com,', 'eve@example.com', '--group', 'sales');
    expect(made).toMatchObject({
      stdout: 'policies/teams/sales.yaml\n',
      stderr: 'next: mcpgw grant add NAME --gateway GATEWAY --team sales --allow ALLOWLIST\n',
    });
    expect(await read(cwd, 'teams/sales.yaml')).toBe(
      'kind: Team\nname: sales\nmembers: { groups: [sales], users: [bob@example.com, eve@example.com] }\n',
    );
    await sound(cwd, 'team', 'add', 'sales', 'eve@example.com', 'zoe@example.com', '--group=sales');
    expect(await read(cwd, 'teams/sales.yaml')).toContain('users: [bob@example.com, eve@example.com, zoe@example.com]');
    expect(await sound(cwd, 'team', 'add', 'sales', 'bob@example.com')).toMatchObject({
      stdout: '',
      stderr: 'nothing to change\n',
    });
  });

  test('takes addresses as they are pasted', async () => {
    const cwd = await starterFolder();
    const pasted = '"Alvarez, Ana" <ana.a@example.com>; Bob <bob@example.com>,\n  eve@example.com bob@example.com';
    await sound(cwd, 'team', 'add', 'sales', pasted);
    expect(await read(cwd, 'teams/sales.yaml')).toContain('[ana.a@example.com, bob@example.com, eve@example.com]');
  });

  test('touches one line of a file that is laid out otherwise, and keeps its comments and line ends', async () => {
    const cwd = await starterFolder();
    const text =
      '# teams\r\nkind: Team\r\nname: engineering\r\nmembers:   # us\r\n    users:\r\n    - "ana@example.com" # lead\r\n';
    const rest = (await read(cwd, 'teams.yaml')).replace(/^[^]*?---\n/, '---\n').replaceAll('\n', '\r\n');
    await writeFile(join(cwd, 'policies/teams.yaml'), text + rest);
    expect((await mcpgw(['team', 'add', 'engineering', 'bob@example.com'], { cwd })).exit).toBe(0);
    expect(await read(cwd, 'teams.yaml')).toBe(`${text}    - bob@example.com\r\n${rest}`);
  });

  test('--dry-run shows the diff and writes nothing', async () => {
    const cwd = await starterFolder();
    const before = await read(cwd, 'teams.yaml');
    const run = await mcpgw(['team', 'add', 'engineering', 'bob@example.com', '--dry-run'], { cwd });
    expect(run).toMatchObject({ exit: 0, stderr: 'nothing is written\n' });
    expect(run.stdout).toMatch(/^--- a\/policies\/teams\.yaml\n\+\+\+ b\/policies\/teams\.yaml\n@@ /);
    expect(run.stdout).toContain('+members: { groups: [engineering], users: [ana@example.com, bob@example.com] }\n');
    expect(await read(cwd, 'teams.yaml')).toBe(before);
  });

  test('what would be a mistake is shown and not written; older mistakes elsewhere do not matter', async () => {
    const cwd = await starterFolder();
    const before = await read(cwd, 'teams.yaml');
    const run = await mcpgw(['team', 'add', 'engineering', 'bob@elsewhere.org'], { cwd });
    expect(run).toMatchObject({ exit: 3, stdout: '' });
    expect(run.stderr).toContain('no issuer may vouch for addresses of `elsewhere.org` [identity/bad-user]');
    expect(run.stderr).toContain('1 error: nothing is written\n');
    expect(await read(cwd, 'teams.yaml')).toBe(before);
    await edit(cwd, 'policies/gateway.yaml', 'allow: [harmless]', 'allow: [harmles]');
    expect((await mcpgw(['team', 'add', 'engineering', 'bob@example.com'], { cwd })).exit).toBe(0);
    expect(await read(cwd, 'teams.yaml')).toContain('bob@example.com');
  });

  test('a team of several environments needs one to be named', async () => {
    const cwd = await starterFolder();
    for (const environment of ['dev', 'production']) {
      await sound(cwd, 'team', 'add', 'sales', `${environment}@example.com`, '--environment', environment);
    }
    expect(await read(cwd, 'teams/sales.yaml')).toMatch(/environments: \[dev\][^]*---[^]*environments: \[production\]/);
    expect((await mcpgw(['team', 'add', 'sales', 'bob@example.com'], { cwd })).stderr).toBe(
      'error: --environment: is required: `sales` has a document for each of dev, production\n',
    );
    await sound(cwd, 'team', 'add', 'sales', 'bob@example.com', '--environment', 'production');
    expect(await read(cwd, 'teams/sales.yaml')).toContain('[production@example.com, bob@example.com]');
  });

  const mistakes: [name: string, words: string[], stderr: string][] = [
    ['nobody', ['sales'], 'error: USER: is required, or --group\n'],
    ['no address', ['sales', 'bob'], 'error: bob: is neither an email address nor issuer:id\n'],
    [
      'an unknown environment',
      ['sales', 'bob@example.com', '--environment', 'prod'],
      'error: --environment: the workspace has no environment `prod`\n  help: it has dev, production\n',
    ],
    [
      'a place elsewhere',
      ['sales', 'bob@example.com', '--file', '../x.yaml'],
      'error: --file: `../x.yaml` is no file below the policy folder\n  help: for example `teams/payments.yaml`\n',
    ],
  ];
  test.each(mistakes)('%s is one line and a remedy', async (_name, words, stderr) => {
    const cwd = await starterFolder();
    expect(await mcpgw(['team', 'add', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
  });

  test('a team with errors is not edited', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/teams.yaml', 'users:', 'usrs:');
    expect(await mcpgw(['team', 'add', 'engineering', 'bob@example.com'], { cwd })).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: engineering: the Team has errors\n  help: mcpgw check policies\n',
    });
  });

  test('elsewhere than in ./policies, what comes next is said for that folder', async () => {
    const cwd = await starterFolder();
    const run = await mcpgw(['team', 'add', 'sales', 'bob@example.com', '--policies', './policies/'], { cwd });
    expect(run.stderr).toContain(' --policies ./policies/\n');
  });
});

describe('robot add', () => {
  const words = ['robot', 'add', 'nightly', '--owner', 'engineering', '--expires', '2027-12-31'] as const;

  test('writes the robot, once', async () => {
    const cwd = await starterFolder();
    const run = await sound(cwd, ...words);
    expect(run.stdout).toBe('policies/robots/nightly.yaml\n');
    expect(run.stderr).toContain('next: mcpgw robot key nightly --environment ENVIRONMENT\n');
    expect(await read(cwd, 'robots/nightly.yaml')).toBe(
      'kind: Robot\nname: nightly\nowner: engineering\nexpires: 2027-12-31\n',
    );
    expect((await sound(cwd, ...words)).stdout).toBe('');
    const other = await mcpgw([...words.slice(0, -1), '2028-01-31'], { cwd });
    expect(other).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'error: nightly: the Robot is there already, with another expiry\n' +
        '  help: edit it at policies/robots/nightly.yaml:2\n',
    });
  });

  test('goes into the folder of its team, if the team has one', async () => {
    const cwd = await starterFolder();
    await mkdir(join(cwd, 'policies/teams/sales'), { recursive: true });
    await sound(cwd, 'team', 'add', 'sales', 'bob@example.com', '--file', 'teams/sales/team.yaml');
    const run = await sound(cwd, 'robot', 'add', 'nightly', '--owner', 'sales', '--expires', '2027-12-31');
    expect(run.stdout).toBe('policies/teams/sales/nightly.yaml\n');
  });

  test('a wrong date or owner is a mistake of the policy, and not written', async () => {
    const cwd = await starterFolder();
    const date = await mcpgw([...words.slice(0, -1), 'tomorrow'], { cwd });
    expect(date).toMatchObject({ exit: 3, stdout: '' });
    expect(date.stderr).toContain('`tomorrow` is not a date [policy/bad-date]');
    const owner = await mcpgw(['robot', 'add', 'nightly', '--owner', 'enginering', '--expires', '2027-12-31'], { cwd });
    expect(owner.stderr).toContain('did you mean `engineering`?');
    await expect(read(cwd, 'robots/nightly.yaml')).rejects.toThrow(/ENOENT/);
  });
});

describe('gateway add and grant add', () => {
  test('make a gateway, grant something in it, and more of it', async () => {
    const cwd = await starterFolder();
    await sound(cwd, 'gateway', 'add', 'desk', '--server', 'everything', '--owner', 'engineering');
    expect(await read(cwd, 'gateways/desk.yaml')).toBe(
      'kind: Gateway\nname: desk\nowners: [engineering]\nservers:\n  everything: {}\n',
    );
    const grant = ['grant', 'add', 'desk-daily', '--gateway', 'desk'] as const;
    await sound(cwd, ...grant, '--team', 'engineering', '--allow', 'harmless', '--expires', '2027-06-30');
    expect(await read(cwd, 'grants/desk-daily.yaml')).toBe(
      'kind: Grant\nname: desk-daily\ngateway: desk\nto: { teams: [engineering] }\nallow: [harmless]\nexpires: 2027-06-30\n',
    );
    await sound(cwd, ...grant, '--robot', 'helper', '--allow', 'everything/get-*', '--allow', 'harmless');
    expect(await read(cwd, 'grants/desk-daily.yaml')).toContain(
      'to: { teams: [engineering], robots: [helper] }\nallow: [harmless, everything/get-*]\n',
    );
    expect((await sound(cwd, ...grant, '--robot', 'helper', '--allow', 'harmless')).stdout).toBe('');
    const other = await mcpgw(['grant', 'add', 'desk-daily', '--gateway=engineering', '--robot=helper', '--allow=x'], {
      cwd,
    });
    expect(other.stderr).toContain('the Grant is there already, with another gateway\n');
  });

  test('an assignment chooses an identity; another one is not overwritten', async () => {
    const cwd = await starterFolder();
    await edit(cwd, 'policies/servers/everything.yaml', 'public: none', 'bot: { bearer: bot }\n  public: none');
    const needed = await mcpgw(['gateway', 'add', 'desk', '--server', 'everything'], { cwd });
    expect(needed.exit).toBe(3);
    expect(needed.stderr).toContain('[link/identity-needed]');
    await edit(cwd, 'policies/gateway.yaml', 'everything: {}', 'everything: { identity: public }');
    await sound(cwd, 'gateway', 'add', 'desk', '--server', 'everything=bot');
    expect(await read(cwd, 'gateways/desk.yaml')).toContain('  everything: { identity: bot }\n');
    const other = await mcpgw(['gateway', 'add', 'desk', '--server', 'everything=public'], { cwd });
    expect(other.stderr).toContain('the assignment is there already, with another identity');
  });

  test('servers are added to a gateway that is there, below the last one', async () => {
    const cwd = await starterFolder();
    await mcpgw(['server', 'add', 'https://docs.example.com/mcp'], { cwd });
    await edit(cwd, 'policies/gateway.yaml', 'everything: {}', 'everything: {} # first:');
    const run = await mcpgw(['gateway', 'add', 'engineering', '--server', 'docs', '--server', 'everything'], { cwd });
    expect(run).toMatchObject({ exit: 0, stdout: 'policies/gateway.yaml\n' });
    expect(await read(cwd, 'gateway.yaml')).toMatch(/^ {2}everything: \{\} # first: .*\n {2}docs: \{\}\n---$/m);
  });

  test('the grant of a team with a folder of its own goes there, one below the other', async () => {
    const cwd = await starterFolder();
    await sound(cwd, 'team', 'add', 'sales', 'bob@example.com', '--file', 'teams/sales/team.yaml');
    const add = (name: string, allow: string): Promise<Run> =>
      sound(cwd, 'grant', 'add', name, '--gateway', 'engineering', '--team', 'sales', '--allow', allow);
    await add('one', 'everything/echo');
    await add('two', 'everything/get-sum');
    expect(await read(cwd, 'teams/sales/grants.yaml')).toMatch(
      /^kind: Grant\nname: one\n[^]*\n---\nkind: Grant\nname: two\n/,
    );
  });

  test('the result as JSON, with the diff', async () => {
    const cwd = await starterFolder();
    const words = ['gateway', 'add', 'desk', '--server', 'everything', '--format', 'json'];
    const { stdout } = await mcpgw([...words, '--dry-run'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      written: false,
      files: [{ file: 'policies/gateways/desk.yaml', diff: expect.stringContaining('+kind: Gateway') }],
      next: [expect.stringContaining('mcpgw grant add')],
    });
    expect(JSON.parse((await mcpgw(words, { cwd })).stdout)).toMatchObject({ written: true });
  });

  const mistakes: [name: string, words: string[], stderr: RegExp][] = [
    [
      'a grant to nobody',
      ['grant', 'add', 'x', '--gateway=engineering', '--allow=harmless'],
      /^error: --team: is required/,
    ],
    ['a gateway without servers', ['gateway', 'add', 'x'], /^error: --server: is required/],
    ['a robot without an owner', ['robot', 'add', 'x', '--expires', '2027-01-01'], /^error: --owner: is required/],
  ];
  test.each(mistakes)('%s is one line', async (_name, words, stderr) => {
    const cwd = await starterFolder();
    const run = await mcpgw(words, { cwd });
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toMatch(stderr);
  });
});

describe('server add', () => {
  test('writes the server, whose lock is still missing, once', async () => {
    const cwd = await starterFolder();
    const words = ['server', 'add', 'https://mcp.github.example.com/mcp', '--bearer', 'github-reader'];
    const run = await mcpgw(words, { cwd });
    expect(run).toEqual({
      exit: 0,
      stdout: 'policies/servers/github.yaml\n',
      stderr:
        'next: mcpgw catalog sync github --config proxy.yaml\n' +
        "next: mcpgw catalog accept 'github/NAME' --effect read\n",
    });
    expect(await read(cwd, 'servers/github.yaml')).toBe(
      'kind: Server\nname: github\nurl: https://mcp.github.example.com/mcp\ncatalog: github.lock.json\n' +
        'identities:\n  shared: { bearer: github-reader }\n',
    );
    expect((await mcpgw(words, { cwd })).stdout).toBe('');
    const other = await mcpgw(['server', 'add', 'https://github.example.com/mcp'], { cwd });
    expect(other.stderr).toContain('the Server is there already, with another URL');
  });

  test('--sync records what it offers, all of it pending, in the same step', async () => {
    const server = await scriptedServer(
      modernServer((heard, response) =>
        json(
          response,
          result(heard, '{"resultType":"complete","tools":[{"name":"find","inputSchema":{"type":"object"}}]}'),
        ),
      ),
    );
    const cwd = await starterFolder();
    const run = await sound(cwd, 'server', 'add', server.url.href, '--name', 'docs', '--sync');
    expect(run.stdout).toBe('policies/servers/docs.yaml\npolicies/servers/docs.lock.json\n');
    expect(run.stderr).toContain('find');
    expect(JSON.parse(await read(cwd, 'servers/docs.lock.json')).tools).toMatchObject([
      { name: 'find', pending: true },
    ]);
    await sound(cwd, 'catalog', 'accept', 'docs/find', '--effect', 'read');
    const dry = await mcpgw(['server', 'add', server.url.href, '--name', 'other', '--sync', '--dry-run'], { cwd });
    expect(dry.stdout).toContain('+++ b/policies/servers/other.lock.json');
    await expect(read(cwd, 'servers/other.yaml')).rejects.toThrow(/ENOENT/);
  });

  test('a server that does not answer is not added', async () => {
    const cwd = await starterFolder();
    const run = await mcpgw(['server', 'add', 'http://127.0.0.1:9/mcp', '--name', 'docs', '--sync'], { cwd });
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    await expect(read(cwd, 'servers/docs.yaml')).rejects.toThrow(/ENOENT/);
  });

  const mistakes: [name: string, words: string[], exit: number, stderr: RegExp][] = [
    ['an address without a name', ['http://127.0.0.1:3001/mcp'], 2, /^error: --name: is required/],
    ['no URL', ['docs'], 2, /^error: --name: is required/],
    ['a URL with a secret', ['https://bot:x@docs.example.com/mcp'], 3, /holds credentials \[policy\/bad-url\]/],
    ['a secret in place of its name', ['https://docs.example.com/mcp', '--bearer', 'ghp_X'], 3, /\[policy\/bad-name\]/],
  ];
  test.each(mistakes)('%s is refused', async (_name, words, exit, stderr) => {
    const cwd = await starterFolder();
    const run = await mcpgw(['server', 'add', ...words], { cwd });
    expect(run).toMatchObject({ exit, stdout: '' });
    expect(run.stderr).toMatch(stderr);
  });
});

test('a folder without a Workspace can be edited, and says what it lacks when it is checked', async () => {
  const cwd = await temporaryFolder();
  await mkdir(join(cwd, 'policies'));
  await writeFile(join(cwd, 'policies/a.yaml'), 'kind: Team\nname: a\nmembers: { groups: [a] }\n');
  const run = await mcpgw(['team', 'add', 'a', '--group', 'b'], { cwd });
  expect(run.exit).toBe(0);
  expect(await read(cwd, 'a.yaml')).toContain('groups: [a, b]');
});
