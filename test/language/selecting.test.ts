import { describe, expect, test } from 'vitest';
import type { Connection } from '../reference/interpreter.ts';
import { policy, using, WHO, type Tried } from './policy.ts';

const { ana, pat, bot } = WHO;

/** A grant to payments and its robot. */
const grant = (allow: string, rest = ''): string =>
  `{ kind: Grant, name: daily, gateway: desk, to: { teams: [payments], robots: [bot] }, allow: [${allow}]${rest} }`;
const everything = grant('"github/*", "github-bot/*", "docs/*"');
const allowlist = (entries: string): string =>
  `{ kind: Allowlist, name: list, allow: [${entries}] }\n---\n${grant('list')}`;
const guard = (match: string, condition = 'when: "true"'): string =>
  `${everything}\n---\n{ kind: Guard, name: no, match: ${match}, ${condition} }`;

/** What a guard leaves of a caller's tools. */
const denied = (tried: Tried, who = ana): readonly string[] =>
  tried
    .sees(who)
    .filter((tool) => tried.why(who, tool, { title: 'a', n: 1, 'repo-name': 'a', query: 'a' }) === 'guard');

describe('rule 1: additions are narrow, subtractions are wide', () => {
  test('an Allowlist entry reaches the assignment of its name, not another one of the same server', () => {
    expect(policy(allowlist('{ server: github, tools: ["*_issue"] }')).sees(ana)).toEqual([
      'github_create_issue',
      'github_get_issue',
    ]);
  });
  test('so does an item of a grant', () => {
    expect(policy(grant('github-bot/get_issue')).sees(ana)).toEqual(['ghbot_get_issue']);
  });
  test('a guard for a server means each of its assignments', () => {
    expect(denied(policy(guard('{ servers: [github], tools: [get_issue] }')))).toEqual([
      'ghbot_get_issue',
      'github_get_issue',
    ]);
  });
  test('and in every gateway', () => {
    const lab = '{ kind: Grant, name: lab, gateway: lab, to: { teams: [payments] }, allow: ["docs/*"] }';
    const tried = policy(`${guard('{ servers: [docs] }')}\n---\n${lab}`);
    expect([tried.why(ana, 'docs_search'), tried.why(ana, 'docs_search', {}, undefined, 'lab')]).toEqual([
      'guard',
      'guard',
    ]);
  });
  test('effects and tags are of the server, so they hold in each assignment', () => {
    expect(denied(policy(guard('{ tags: [egress] }')))).toEqual(['ghbot_create_issue', 'github_create_issue']);
  });
  test("an assignment with a Server's name must assign that Server", () => {
    expect(policy('{ kind: Gateway, name: desk, servers: { docs: { server: github } } }').errors()).toEqual([
      'link/assignment-name',
    ]);
  });
});

describe('rule 2: one selector shape', () => {
  test.each<[string, string, Connection, readonly string[]]>([
    [
      'keys are ANDed: another effect',
      '{ effects: [write], tools: [delete_repo, create_issue] }',
      ana,
      ['ghbot_create_issue', 'github_create_issue'],
    ],
    ['keys are ANDed: another kind of caller', '{ effects: [destructive], kinds: [person] }', bot, []],
    [
      'keys are ANDed: both hold',
      '{ effects: [destructive], kinds: [robot] }',
      bot,
      ['ghbot_delete_repo', 'github_delete_repo'],
    ],
    ['a pattern is any run of characters', '{ tools: ["*_re*"] }', ana, ['ghbot_delete_repo', 'github_delete_repo']],
    ['a team of somebody else', '{ teams: [platform] }', ana, []],
    ['a gateway that is another one', '{ gateways: [lab] }', ana, []],
    ['an app that is not used', '{ clients: [code] }', ana, []],
    [
      'an app that is used',
      '{ clients: [code], tools: [search] }',
      using(ana, { id: 'https://apps.dev/code' }),
      ['docs_search'],
    ],
    [
      'an app that says so itself',
      '{ clients: [shady], tools: [search] }',
      using(ana, { id: 'https://apps.dev/code', name: 'shady' }),
      ['docs_search'],
    ],
  ])('%s', (_name, match, who, expected) => {
    expect(denied(policy(guard(match)), who)).toEqual(expected);
  });
  test('values of a key are ORed', () => {
    expect(denied(policy(guard('{ effects: [destructive, write], servers: [github] }')))).toEqual([
      'ghbot_create_issue',
      'ghbot_delete_repo',
      'github_create_issue',
      'github_delete_repo',
    ]);
  });
  test('everything is matched by saying so, and not by saying nothing', () => {
    expect(denied(policy(guard('everything')))).toHaveLength(9);
    expect(policy(guard('{}')).errors()).toEqual(['policy/empty']);
  });
  test.each([
    ['an entry that allows nothing', '{ server: github }', ['link/empty-match']],
    ['tools and effects in one entry', '{ server: github, tools: ["*"], effects: [read] }', ['policy/choose-one']],
    [
      'tools beside prompts and resources',
      '{ server: github, tools: ["*"], prompts: ["*"], resources: ["repo://**"] }',
      [],
    ],
    ['an assignment that there is nowhere', '{ server: gitlab, tools: ["*"] }', ['link/unknown-assignment']],
  ])('of an Allowlist: %s', (_name, entry, expected) => {
    expect(policy(allowlist(entry)).errors()).toEqual(expected);
  });
  test('an entry for an assignment that a gateway lacks has no effect there', () => {
    const tried = policy(`
{ kind: Allowlist, name: list, allow: [{ server: github, effects: [read] }, { server: docs, effects: [read] }] }
---
{ kind: Grant, name: lab, gateway: lab, to: { teams: [payments] }, allow: [list] }`);
    expect(tried.sees(ana, 'lab')).toEqual(['docs_search']);
  });
  test('what a grant names must be in its gateway', () => {
    expect(
      policy('{ kind: Grant, name: lab, gateway: lab, to: { teams: [payments] }, allow: [github/get_issue] }').errors(),
    ).toEqual(['link/unknown-assignment']);
    expect(policy(grant('github/get_isue')).errors()).toEqual(['link/unknown-tool']);
  });
  test('prompts and resources read: a guard on effects covers them, one on tools or tags does not', () => {
    const reading = `
{ kind: Allowlist, name: reading, allow: [{ server: github, prompts: ["*"], resources: ["repo://**"] }] }
---
{ kind: Grant, name: reading, gateway: desk, to: { teams: [payments] }, allow: [reading] }
---
`;
    const denies = (match: string): readonly [prompts: boolean, resources: boolean] => {
      const tried = policy(reading + guard(match));
      const prompt = tried.prompt(ana, 'github_triage', { topic: 'x' });
      const resource = tried.read(ana, 'github+repo://acme/web/readme').decision;
      expect([prompt.reason, resource.reason].every((reason) => reason === 'granted' || reason === 'guard')).toBe(true);
      return [!prompt.allow, !resource.allow];
    };
    expect(denies('{ effects: [read] }')).toEqual([true, true]);
    expect(denies('{ servers: [github] }')).toEqual([true, true]);
    expect(denies('everything')).toEqual([true, true]);
    expect(denies('{ effects: [write] }')).toEqual([false, false]);
    expect(denies('{ tools: ["*"] }')).toEqual([false, false]);
    expect(denies('{ tags: [egress] }')).toEqual([false, false]);
    expect(denies('{ prompts: [triage] }')).toEqual([true, false]);
    expect(denies('{ resources: ["repo://acme/web/*"] }')).toEqual([false, true]);
    expect(denies('{ resources: ["repo://acme/api/*"] }')).toEqual([false, false]);
  });
});

describe('rule 3: exposed names', () => {
  const exposed = (servers: string): Tried =>
    policy(
      `{ kind: Gateway, name: desk, servers: ${servers} }\n---\n{ kind: Grant, name: daily, gateway: desk, to: { teams: [payments] }, allow: ["docs/*"] }`,
    );
  test.each<[string, string, readonly string[]]>([
    ['the prefix is the name of the assignment', '{ docs: {} }', ['docs_search']],
    ['or what is given', '{ docs: { prefix: d } }', ['d_search']],
    ['or nothing', '{ docs: { prefix: "" } }', ['search']],
    ['a renamed tool has no prefix', '{ docs: { rename: { search: find } } }', ['find']],
  ])('%s', (_name, servers, expected) => {
    expect(exposed(servers).sees(ana)).toEqual(expected);
  });
  test.each<[string, string, readonly string[]]>([
    [
      'an assignment with a long name needs a prefix',
      '{ docs: {}, documents-of-everybody: { server: docs } }',
      ['link/prefix-needed'],
    ],
    ['two tools under one name', '{ docs: {}, more: { server: docs, prefix: docs } }', ['link/exposed-collision']],
    [
      'two tools under one name by renaming',
      '{ docs: { rename: { search: github_merge } }, github: {} }',
      ['link/exposed-collision'],
    ],
    ['a name that clients do not accept', '{ docs: { rename: { search: "a b" } } }', ['policy/bad-name']],
    ['a renamed tool that there is not', '{ docs: { rename: { seek: find } } }', ['link/unknown-tool']],
  ])('%s is an error', (_name, servers, expected) => {
    expect(exposed(servers).errors()).toEqual(expected);
  });
  test('names are looked up and never split', () => {
    const tried = exposed('{ docs: { prefix: a }, github: { prefix: a-b } }');
    expect([tried.why(ana, 'a_search'), tried.why(ana, 'docs_search'), tried.why(pat, 'a_search')]).toEqual([
      'granted',
      'unknown',
      'no-grant',
    ]);
  });
});
