import { describe, expect, test } from 'vitest';
import { NOON, policy, WHO } from './policy.ts';

const { ana, bot } = WHO;

const join = (...documents: readonly string[]): string => documents.join('\n---\n');
const list = (entry: string): string =>
  join(
    `kind: Allowlist\nname: list\nallow:\n  - ${entry}`,
    '{ kind: Grant, name: daily, gateway: desk, to: { teams: [payments], robots: [bot] }, allow: [list] }',
  );
const when = (tool: string, condition: string): string =>
  list(`{ server: github, tools: [${tool}], when: ${JSON.stringify(condition)} }`);
const unconditional = '{ kind: Grant, name: all, gateway: desk, to: { teams: [payments] }, allow: ["github/*"] }';

describe('rule 10: resource URIs are never normalised', () => {
  test.each([
    'repo://acme/x/readme',
    'repo://acme/*/readme',
    'repo://acme/**',
    'file:///etc/hosts',
    'repo://acme/?ref=main',
    'repo://acme/%E2%82%AC',
    'repo://acme/x/',
  ])('%s may be granted', (uri) => {
    const tried = policy(list(`{ server: github, resources: [${JSON.stringify(uri)}] }`));
    const one = uri.replaceAll(/\*+/g, 'x');
    expect(tried.reading(ana, tried.uriOf('github', one))).toBe(`granted: github ${one}`);
  });
  test.each([
    ['letters that are not ASCII', 'repo://acme/é'],
    ['an upper-case scheme', 'REPO://acme/x'],
    ['an upper-case host', 'repo://Acme/x'],
    ['userinfo', 'repo://me@acme/x'],
    ['a fragment', 'repo://acme/x#y'],
    ['a backslash', String.raw`repo://acme\x`],
    ['a control character', 'repo://acme/\u0001'],
    ['a dot segment', 'repo://acme/./x'],
    ['two dots', 'repo://acme/../x'],
    ['an empty segment', 'repo://acme//x'],
    ['lower-case percent-encoding', 'repo://acme/%e2%82%ac'],
    ['percent-encoding of an unreserved character', 'repo://acme/%41'],
    ['an encoded slash', 'repo://acme/%2Fx'],
    ['an encoded backslash', 'repo://acme/%5Cx'],
    ['an encoded NUL', 'repo://acme/%00'],
    ['an encoded percent sign', 'repo://acme/%2525'],
    ['no scheme', 'acme/x'],
  ])('%s is refused', (name, uri) => {
    expect(policy(list(`{ server: github, resources: [${JSON.stringify(uri)}] }`)).errors()).toEqual([
      name === 'a control character' ? 'policy/bad-text' : 'uri/not-normal',
    ]);
    expect(
      policy(`{ kind: Guard, name: g, match: { resources: [${JSON.stringify(uri)}] }, when: "true" }`).errors(),
    ).toHaveLength(1);
  });
});

describe('rule 11: arguments are checked before they are decided on', () => {
  test.each<[string, string, string, string, string]>([
    ['what fits is decided on', 'get_issue', 'args.n < 5', '{"n":1}', 'granted'],
    ['and may be refused by the condition', 'get_issue', 'args.n < 5', '{"n":9}', 'condition'],
    ['another type', 'get_issue', 'args.n < 5', '{"n":"1"}', 'arguments'],
    ['another type, where the condition would be true', 'get_issue', '!(args.n < 5)', '{"n":"1"}', 'arguments'],
    ['null', 'get_issue', 'args.n < 5', '{"n":null}', 'arguments'],
    ['a required argument that is missing', 'get_issue', 'args.n < 5', '{}', 'arguments'],
    ['5.0 is an integer', 'get_issue', 'args.n == 5', '{"n":5.0}', 'granted'],
    ['1e3 is an integer', 'get_issue', 'args.n == 1000', '{"n":1e3}', 'granted'],
    ['1.5 is none', 'get_issue', 'args.n < 5', '{"n":1.5}', 'arguments'],
    ['2^53 + 1 is exact', 'get_issue', 'args.n == 9007199254740993', '{"n":9007199254740993}', 'granted'],
    ['and is not 2^53', 'get_issue', 'args.n == 9007199254740992', '{"n":9007199254740993}', 'condition'],
    ['the largest integer', 'get_issue', 'args.n == 9223372036854775807', '{"n":9223372036854775807}', 'granted'],
    ['an integer beyond 64 bits', 'get_issue', 'args.n > 0', '{"n":9223372036854775808}', 'arguments'],
    ['a value of an enum', 'get_issue', 'has(args.state) && args.state == "open"', '{"n":1,"state":"open"}', 'granted'],
    [
      'a value that is not in it',
      'get_issue',
      'has(args.state) && args.state != "open"',
      '{"n":1,"state":"Open"}',
      'arguments',
    ],
    ['an undeclared argument', 'get_issue', 'args.n < 5', '{"n":1,"x":1}', 'arguments'],
    ['an argument that no condition reads is not looked at', 'get_issue', 'args.n < 5', '{"n":1,"state":7}', 'granted'],
    ['a name that is no identifier', 'delete_repo', 'args["repo-name"] == "a"', '{"repo-name":"a"}', 'granted'],
    ['an inner argument', 'list_issues', 'has(args.who) && args.who.id == 1', '{"who":{"id":1}}', 'granted'],
    [
      'an undeclared member inside',
      'list_issues',
      'has(args.who) && args.who.id == 1',
      '{"who":{"id":1,"x":1}}',
      'arguments',
    ],
    ['a required member missing inside', 'list_issues', 'has(args.who) && args.who.id == 1', '{"who":{}}', 'arguments'],
    ['an optional argument that is absent', 'list_issues', 'has(args.who) && args.who.id == 1', '{}', 'condition'],
    [
      'elements of a list',
      'create_issue',
      'has(args.labels) && "a" in args.labels',
      '{"title":"t","labels":["a"]}',
      'granted',
    ],
    [
      'an element of another type',
      'create_issue',
      'has(args.labels) && "a" in args.labels',
      '{"title":"t","labels":["a",1]}',
      'arguments',
    ],
    ['no object', 'get_issue', 'args.n < 5', '[]', 'arguments'],
    [
      'where no condition reads arguments, they are left to the server',
      'get_issue',
      'has(claims.mfa) && claims.mfa',
      '{"n":"1","x":1}',
      'granted',
    ],
  ])('%s', (_name, tool, condition, args, expected) => {
    const tried = policy(when(tool, condition));
    expect(tried.why(ana, `github_${tool}`, args)).toBe(expected);
  });
  test.each([
    ['upper case', '{"n":1,"STATE":"open"}'],
    ['the long s', '{"n":1,"ſtate":"open"}'],
    ['a control character', String.raw`{"n":1,"st\u0007ate":"open"}`],
  ])('a key that only resembles a declared one is refused, with or without conditions: %s', (_name, args) => {
    expect(policy(when('get_issue', 'args.n < 5')).why(ana, 'github_get_issue', args)).toBe('arguments');
    expect(policy(unconditional).why(ana, 'github_get_issue', args)).toBe('arguments');
  });
  test('`arguments: open` admits undeclared ones, and still no look-alikes', () => {
    const open = `
kind: Server
name: github
url: https://github.acme.dev/mcp
catalog: github.lock.json
identities: { reader: { bearer: github-reader } }
effects: { read: [get_issue, list_issues], write: [create_issue], destructive: [delete_repo] }
arguments: open`;
    const tried = policy(join(open, when('get_issue', 'args.n < 5')));
    expect(tried.why(ana, 'github_get_issue', '{"n":1,"x":1}')).toBe('granted');
    expect(tried.why(ana, 'github_get_issue', '{"n":1,"N":9}')).toBe('arguments');
  });
  test('a condition of one grant decides nothing about the arguments of another', () => {
    const tried = policy(join(when('get_issue', 'args.n < 5'), unconditional));
    expect(tried.why(ana, 'github_get_issue', '{"n":"1"}')).toBe('granted');
    expect(tried.why(bot, 'github_get_issue', '{"n":"1"}')).toBe('arguments');
  });
  test('a guard that reads what does not fit denies', () => {
    const guard = '{ kind: Guard, name: g, match: { tools: [get_issue] }, when: "args.n > 5" }';
    expect(policy(join(unconditional, guard)).why(ana, 'github_get_issue', '{"n":"1"}')).toBe('arguments');
  });
});

describe('rule 12: what nobody has reviewed is pending', () => {
  test('it is known, denied and hidden', () => {
    const tried = policy(unconditional);
    const decision = tried.decide(ana, 'github_merge', { n: 1 });
    expect([decision.reason, decision.hidden, tried.sees(ana).includes('github_merge')]).toEqual([
      'pending',
      true,
      false,
    ]);
  });
  test.each([
    ['by name', 'tools: [merge]'],
    ['by a pattern that reaches nothing else', 'tools: ["mer*"]'],
  ])('it cannot be granted %s', (_name, what) => {
    expect(policy(list(`{ server: github, ${what} }`)).errors()).toEqual(['link/pending']);
  });
  test('no pattern reaches it', () => {
    expect(policy(list('{ server: github, tools: ["*"] }')).why(ana, 'github_merge')).toBe('pending');
  });
  test('it does not decide what conditions may read', () => {
    // Only `merge` declares it.
    const guard = '{ kind: Guard, name: g, match: { servers: [github] }, when: has(args.strategy) }';
    expect(policy(join(unconditional, guard)).errors()).toEqual(['cel/unknown-field']);
  });
});

describe('rule 13: environments', () => {
  const two = `
{ kind: Grant, name: daily, gateway: desk, to: { teams: [payments] }, allow: ["docs/*"], environments: [production] }
---
{ kind: Grant, name: daily, gateway: desk, to: { teams: [platform] }, allow: ["docs/*"], environments: [staging] }`;
  test('two documents may share a name when their environments are disjoint', () => {
    expect(policy(two).sees(ana)).toEqual(['docs_search']);
    expect(policy(two, 'staging').sees(ana)).toEqual([]);
  });
  test('and not otherwise', () => {
    expect(policy(two.replace('[staging]', '[staging, production]')).errors()).toEqual(['policy/duplicate-name']);
    expect(policy(two.replace(', environments: [staging]', '')).errors()).toEqual(['policy/duplicate-name']);
  });
  test('a document without them is in all', () => {
    for (const environment of ['staging', 'production']) {
      expect(policy(unconditional, environment).why(ana, 'github_get_issue')).toBe('granted');
    }
  });
  test('what refers to a document that does not apply refers to nothing', () => {
    const gateway = '{ kind: Gateway, name: lab, servers: { docs: {} }, environments: [staging] }';
    const grant = '{ kind: Grant, name: daily, gateway: lab, to: { teams: [payments] }, allow: ["docs/*"] }';
    expect(policy(join(gateway, grant)).errors()).toEqual(['link/unknown-reference']);
    expect(policy(join(gateway, grant), 'staging').errors()).toEqual([]);
  });
  test('an environment that the workspace lacks is an error, in a document and for the compiler', () => {
    expect(policy(two.replace('[staging]', '[stage]')).errors()).toEqual(['link/unknown-environment']);
    expect(policy('', 'prod').errors()).toEqual(['link/unknown-environment']);
  });
});

test('rule 14: a language that this compiler does not know is an error that says what to do', () => {
  const workspace = `
{ kind: Workspace, name: acme, language: 2, url: "https://mcp.acme.dev", environments: [production], issuers: {} }`;
  const { diagnostics } = policy(workspace);
  const [problem] = diagnostics;
  expect(problem?.severity).toBe('error');
  expect(`${problem?.message}; ${problem?.help}`).toMatch(/2/);
  expect(problem?.help).not.toBeNull();
});

describe('fail closed', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a pattern that matches nothing',
      '{ kind: Grant, name: g, gateway: desk, to: { teams: [payments] }, allow: ["github/zzz*"] }',
      ['link/empty-glob'],
    ],
    [
      'an unknown team',
      '{ kind: Grant, name: g, gateway: desk, to: { teams: [paymants] }, allow: ["github/*"] }',
      ['link/unknown-reference'],
    ],
    [
      'an unknown gateway',
      '{ kind: Grant, name: g, gateway: dsk, to: { teams: [payments] }, allow: [list] }',
      ['link/unknown-reference', 'link/unknown-reference'],
    ],
    [
      'an undeclared claim',
      '{ kind: Guard, name: g, match: { kinds: [person] }, unless: claims.mfaa }',
      ['cel/unknown-field'],
    ],
    ['a guard that asks nothing', '{ kind: Guard, name: g, match: everything }', ['policy/choose-one']],
    ['a condition that is no bool', '{ kind: Guard, name: g, match: everything, when: "1" }', ['cel/not-bool']],
    [
      'a definition without an effect',
      `{ kind: Server, name: docs, url: "https://docs.acme.dev/mcp", catalog: docs.lock.json, identities: { r: { bearer: docs-reader } } }`,
      ['link/effect-missing'],
    ],
  ])('%s is a compile error', (_name, yaml, expected) => {
    expect(policy(yaml).errors()).toEqual(expected);
  });
  test('a tool that is not in the lock is unknown', () => {
    expect(policy(unconditional).why(ana, 'github_close_issue')).toBe('unknown');
  });
  test('a grant whose condition fails does not apply, and another one may', () => {
    const fails = when('get_issue', '10 / args.n > 1');
    expect(policy(fails).why(ana, 'github_get_issue', { n: 0 })).toBe('condition');
    expect(policy(fails).why(ana, 'github_get_issue', { n: 2 })).toBe('granted');
    expect(policy(join(fails, unconditional)).why(ana, 'github_get_issue', { n: 0 })).toBe('granted');
  });
  test.each([
    ['an error, under `when`', 'when', '10 / args.n > 1', 'guard'],
    ['an error, under `unless`', 'unless', '10 / args.n > 1', 'guard'],
    ['an overflow', 'when', 'args.n + 9223372036854775807 - 9223372036854775807 + 2 < 0', 'granted'],
    ['an overflow that happens', 'when', 'args.n - 2 - 9223372036854775807 < -5', 'guard'],
    ['an error that does not matter', 'unless', '10 / args.n > 1 || true', 'granted'],
  ])('a guard passes nothing but what is clear: %s', (_name, form, condition, expected) => {
    const guard = `{ kind: Guard, name: g, match: { tools: [get_issue] }, ${form}: ${JSON.stringify(condition)} }`;
    expect(policy(join(unconditional, guard)).why(ana, 'github_get_issue', { n: 0 })).toBe(expected);
  });
  test.each([
    ['under `when`', 'when: claims.level < 2'],
    ['under `unless`', 'unless: claims.level < 2'],
  ])('an absent claim is no clear pass, %s', (_name, rest) => {
    const guard = `{ kind: Guard, name: g, match: { tools: [get_issue], kinds: [person] }, ${rest} }`;
    const noLevel = { credential: { token: { issuer: 'corp', sub: 'x', groups: ['pay'] } }, clientName: '' };
    expect(policy(join(unconditional, guard)).why(noLevel, 'github_get_issue', { n: 1 })).toBe('guard');
  });
  test.each([
    ['a grant', ', expires: 2026-11-20', ana],
    ['a robot', '', bot],
  ])('%s is over at the end of its date, UTC', (_name, rest, who) => {
    const robot =
      '{ kind: Robot, name: bot, owner: payments, signIn: { issuer: ci, match: { sub: bot } }, expires: 2026-11-20 }';
    const tried = policy(
      join(
        robot,
        `{ kind: Grant, name: g, gateway: desk, to: { teams: [payments], robots: [bot] }, allow: ["docs/*"]${rest} }`,
      ),
    );
    const end = Date.parse('2026-11-21T00:00:00Z');
    expect([NOON, end - 1, end].map((now) => tried.why(who, 'docs_search', {}, now))).toEqual([
      'granted',
      'granted',
      'expired',
    ]);
    expect([tried.sees(who, 'desk', end - 1), tried.sees(who, 'desk', end)]).toEqual([['docs_search'], []]);
  });
});
