import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../dataplane/config/check-config.ts';
import { gatherConfig } from '../../../dataplane/config/raw-config.ts';

const GOOD = `workspace: acme
environment: production
channel: prod
bundles: bundles
trust: trust.json
listen: { address: 127.0.0.1:8080 }
`;

function read(text: string, flags: Record<string, string> = {}, env: Record<string, string> = {}) {
  const gathered = gatherConfig({
    file: { path: 'proxy.yaml', folder: '/etc/mcpgw', text },
    flags: new Map(Object.entries(flags)),
    env,
    workingFolder: '/work',
  });
  return gathered.ok ? checkConfig(gathered.raw) : gathered;
}

function problemsOf(text: string, flags: Record<string, string> = {}): readonly string[] {
  const result = read(text, flags);
  return result.ok ? [] : result.problems;
}

describe('a configuration that is right', () => {
  test('has absolute paths, each relative to where it was written', () => {
    const result = read(GOOD, { trust: 'other.json' }, { MCPGW_STATE: 'state' });
    expect(result.ok && result.config).toEqual({
      workspace: 'acme',
      environment: 'production',
      channel: 'prod',
      bundles: '/etc/mcpgw/bundles',
      trust: '/work/other.json',
      listen: { address: '127.0.0.1:8080' },
      state: '/work/state',
    });
  });

  test('takes a flag before a variable, and a variable before the file', () => {
    const env = { MCPGW_CHANNEL: 'from-variable', MCPGW_WORKSPACE: 'from-variable' };
    const result = read(GOOD, { channel: 'from-flag' }, env);
    expect(result.ok && [result.config.channel, result.config.workspace, result.config.environment]).toEqual([
      'from-flag',
      'from-variable',
      'production',
    ]);
  });

  test('needs no file', () => {
    const flags = {
      workspace: 'acme',
      environment: 'dev',
      channel: 'dev',
      bundles: 'b',
      trust: 't.json',
      'listen-address': '[::1]:0',
      'listen-origins': 'https://a.dev, https://b.dev',
      secrets: '{bot: {from: "env:TOKEN", to: [mcp.acme.dev]}, join: {from: "file:k", use: hash}}',
      stdio:
        '{files: {run: [/usr/bin/mcp-files, --root, /srv], user: mcp, env: {LANG: C.UTF-8}, secretEnv: {T: "file:t"}, cwd: srv, max: 2}}',
      'audit-sinks': 'a.jsonl,-',
      'token-age-max-seconds': '600',
      'drift-seconds': '0',
    };
    const gathered = gatherConfig({ file: null, flags: new Map(Object.entries(flags)), env: {}, workingFolder: '/w' });
    const result = gathered.ok ? checkConfig(gathered.raw) : gathered;
    expect(result.ok && result.config).toMatchObject({
      listen: { address: '[::1]:0', origins: ['https://a.dev', 'https://b.dev'] },
      secrets: { bot: { from: 'env:TOKEN', to: ['mcp.acme.dev'] }, join: { from: 'file:/w/k', use: 'hash' } },
      stdio: {
        files: {
          run: ['/usr/bin/mcp-files', '--root', '/srv'],
          user: 'mcp',
          env: { LANG: 'C.UTF-8' },
          secretEnv: { T: 'file:/w/t' },
          cwd: '/w/srv',
          max: 2,
        },
      },
      audit: { sinks: [{ file: '/w/a.jsonl' }, { file: '-' }] },
      tokenAgeMaxSeconds: 600,
      driftSeconds: 0,
    });
  });

  test.each([
    ['TLS', 'listen: { address: 0.0.0.0:8443, tls: { cert: c.pem, key: k.pem } }'],
    ['a proxy in front', 'listen: { address: 0.0.0.0:8443, trustedProxies: [10.0.0.0/8] }'],
  ])('may be reached from other machines with %s', (_name, listen) => {
    expect(problemsOf(GOOD.replace(/listen.*/, listen))).toEqual([]);
  });
});

const WRONG: readonly [name: string, text: string, problem: string][] = [
  [
    'a field that is missing',
    GOOD.replace(/trust.*\n/, ''),
    'trust is missing: give trust.json: which keys may sign what',
  ],
  ['an unknown field', `${GOOD}colour: red\n`, 'proxy.yaml: colour is not a field of proxy.yaml: remove it'],
  [
    'an unknown field within another',
    GOOD.replace('8080', '8080, port: 1'),
    'proxy.yaml: listen.port is not a field of proxy.yaml: remove it',
  ],
  ['a number where text is meant', GOOD.replace('acme', '12'), 'proxy.yaml: workspace: 12 is not text: quote it'],
  [
    'a name with capitals',
    GOOD.replace('acme', 'Acme'),
    'proxy.yaml: workspace: "Acme" is not a name: small letters, digits and -, at most 40',
  ],
  [
    'bundles by URL',
    GOOD.replace('bundles: bundles', 'bundles: https://x.dev'),
    'proxy.yaml: bundles: "https://x.dev" is a URL: name a folder, and bring bundles there',
  ],
  [
    'an address without a port',
    GOOD.replace('127.0.0.1:8080', 'localhost'),
    'proxy.yaml: listen.address: "localhost" is not host:port, for example 127.0.0.1:8080',
  ],
  [
    'plain HTTP for other machines',
    GOOD.replace('127.0.0.1', '0.0.0.0'),
    'proxy.yaml: listen.address: "0.0.0.0:8080" is reachable from other machines without TLS: add listen.tls, or listen.trustedProxies when TLS ends at a proxy in front',
  ],
  [
    'half of tls',
    GOOD.replace('8080', '8080, tls: { cert: c.pem }'),
    'listen.tls.key is missing: tls needs both cert and key',
  ],
  [
    'a network that is none',
    GOOD.replace('8080', '8080, trustedProxies: [10.0.0.0/33]'),
    'proxy.yaml: listen.trustedProxies: "10.0.0.0/33" is not a network, for example 10.0.0.0/8',
  ],
  [
    'an origin with a path',
    GOOD.replace('8080', '8080, origins: ["https://a.dev/x"]'),
    'proxy.yaml: listen.origins: "https://a.dev/x" is not an origin, for example https://mcp.acme.dev',
  ],
  [
    'a host with a scheme',
    GOOD.replace('8080', '8080, hosts: ["https://a.dev"]'),
    'proxy.yaml: listen.hosts: "https://a.dev" is neither host nor host:port',
  ],
  [
    'an admin listener for other machines',
    `${GOOD}admin: 10.0.0.1:9090\n`,
    'proxy.yaml: admin: "10.0.0.1:9090" is not host:port on loopback, for example 127.0.0.1:9090',
  ],
  [
    'a seal key in the file itself',
    `${GOOD}seal: { keys: [c2VjcmV0] }\n`,
    'proxy.yaml: seal.keys: "c2VjcmV0" is neither file:PATH nor env:NAME',
  ],
  [
    'no seal key',
    `${GOOD}seal: { keys: [] }\n`,
    'proxy.yaml: seal.keys: the list is empty: give a key, or remove the field',
  ],
  [
    'a secret in the file itself',
    `${GOOD}secrets: { bot: { from: hunter2, to: [a.dev] } }\n`,
    'proxy.yaml: secrets.bot: from is neither file:PATH nor env:NAME',
  ],
  [
    'a secret that may go anywhere',
    `${GOOD}secrets: { bot: { from: "env:BOT" } }\n`,
    'proxy.yaml: secrets.bot: to is not a list of hosts: name where it may be sent',
  ],
  [
    'a secret that is sent somewhere and a key of hashes',
    `${GOOD}secrets: { bot: { from: "env:BOT", to: [a.dev], use: hash } }\n`,
    'proxy.yaml: secrets.bot: a key for hashes is sent nowhere: remove either to or use',
  ],
  [
    'a secret for something else',
    `${GOOD}secrets: { bot: { from: "env:BOT", use: anything } }\n`,
    'proxy.yaml: secrets.bot: use is not hash, which is all that it can be',
  ],
  [
    'an egress rule for everything',
    `${GOOD}egress: ["*"]\n`,
    'proxy.yaml: egress: "*" is neither host, host:port nor *.domain',
  ],
  ['a list that is text', `${GOOD}egress: a.dev\n`, 'proxy.yaml: egress: expected a list of texts'],
  [
    'a token age below a minute',
    `${GOOD}tokenAgeMaxSeconds: 5\n`,
    'proxy.yaml: tokenAgeMaxSeconds: 5 is not a whole number of at least 60',
  ],
  [
    'servers that are never quite looked at',
    `${GOOD}driftSeconds: 86401\n`,
    'proxy.yaml: driftSeconds: 86401 is not a whole number from 0 to 86400',
  ],
  [
    'an unknown way out of a full disk',
    `${GOOD}audit: { onFull: panic }\n`,
    'proxy.yaml: audit.onFull: "panic" is neither drop nor block',
  ],
  [
    'a sink without a file',
    `${GOOD}audit: { sinks: [{}] }\n`,
    'proxy.yaml: audit.sinks: expected a list of {file: PATH or -}',
  ],
  [
    'a program that is looked for',
    `${GOOD}stdio: { files: { run: [mcp-files] } }\n`,
    'proxy.yaml: stdio.files: "mcp-files" in run is not an absolute path',
  ],
  [
    'a program without arguments as a list',
    `${GOOD}stdio: { files: { run: /usr/bin/mcp-files --root / } }\n`,
    'proxy.yaml: stdio.files: run is not a list of texts: give the path, then arguments',
  ],
  [
    'a program with a shell',
    `${GOOD}stdio: { files: { run: [/bin/mcp], shell: "yes" } }\n`,
    'proxy.yaml: stdio.files: "shell" is not a field of a program: remove it',
  ],
  [
    'a program with a variable that is a number',
    `${GOOD}stdio: { files: { run: [/bin/mcp], env: { DEPTH: 3 } } }\n`,
    'proxy.yaml: stdio.files: env is not a mapping of variable names to texts: quote numbers',
  ],
  [
    'a program with a variable that is none',
    `${GOOD}stdio: { files: { run: [/bin/mcp], env: { "A=B": x } } }\n`,
    'proxy.yaml: stdio.files: env is not a mapping of variable names to texts: quote numbers',
  ],
  [
    'a program with a secret in the file itself',
    `${GOOD}stdio: { files: { run: [/bin/mcp], secretEnv: { TOKEN: hunter2 } } }\n`,
    'proxy.yaml: stdio.files: secretEnv is not a mapping of variable names to file:PATH or env:NAME',
  ],
  [
    'a program with a variable that has two values',
    `${GOOD}stdio: { files: { run: [/bin/mcp], env: { A: x }, secretEnv: { A: "env:A" } } }\n`,
    'proxy.yaml: stdio.files: A is in both env and secretEnv: keep one',
  ],
  [
    'a program with a user by number',
    `${GOOD}stdio: { files: { run: [/bin/mcp], user: 1001 } }\n`,
    'proxy.yaml: stdio.files: user is not text: quote it',
  ],
  [
    'a program without end',
    `${GOOD}stdio: { files: { run: [/bin/mcp], max: 257 } }\n`,
    'proxy.yaml: stdio.files: max is not a whole number from 1 to 256',
  ],
  [
    'a program of a wrong name',
    `${GOOD}stdio: { Files: { run: [/bin/mcp] } }\n`,
    'proxy.yaml: stdio.Files: the name has other than small letters, digits and -, or more than 40 of them',
  ],
  ['a doubled key', `${GOOD}channel: other\n`, 'proxy.yaml: Map keys must be unique at line 7, column 1'],
  ['no mapping', '- a\n', 'proxy.yaml: expected a mapping of fields'],
];

test.each(WRONG)('%s is one problem that names field and remedy', (_name, text, problem) => {
  expect(problemsOf(text)[0]).toBe(problem);
});

test('a problem in a flag names the flag', () => {
  expect(problemsOf(GOOD, { 'listen-address': 'nowhere' })).toEqual([
    '--listen-address: "nowhere" is not host:port, for example 127.0.0.1:8080',
  ]);
});
