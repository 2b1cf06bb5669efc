import { describe, expect, test } from 'vitest';
import { NOON, policy, using, WHO, type Tried } from './policy.ts';

const { ana, pat, root, eve, bot } = WHO;

const join = (...documents: readonly string[]): string => documents.join('\n---\n');
const SOLO = '{ kind: Gateway, name: solo, servers: { github: {} } }';
const grant = (gateway: string, more = ''): string =>
  `{ kind: Grant, name: of-${gateway}, gateway: ${gateway}, to: { teams: [payments], robots: [bot] }, allow: [list]${more} }`;
const list = (...entries: readonly string[]): string => `{ kind: Allowlist, name: list, allow: [${entries.join()}] }`;
const READMES = '{ server: github, resources: ["repo://acme/*/readme"] }';
const guard = (match: string, rest = 'when: "true"'): string => `{ kind: Guard, name: g, match: ${match}, ${rest} }`;

const WEB = 'repo://acme/web/readme';

describe('rule 10: a resource keeps its URI when exactly one assignment of the gateway can serve it', () => {
  const cases: readonly (readonly [name: string, servers: string, entries: readonly string[], shown: string])[] = [
    ['one assignment', '{ github: {} }', [READMES], WEB],
    ['another server has no such resources', '{ github: {}, docs: {} }', [READMES], WEB],
    [
      'another assignment of the server has the template',
      '{ github: {}, two: { server: github } }',
      [READMES],
      `github+${WEB}`,
    ],
    [
      'another server may have one of them',
      '{ github: {}, docs: {} }',
      [READMES, '{ server: docs, resources: ["repo://**"] }'],
      `github+${WEB}`,
    ],
    [
      'another server has others',
      '{ github: {}, docs: {} }',
      [READMES, '{ server: docs, resources: ["repo://acme/*/licence", "docs://**"] }'],
      WEB,
    ],
    [
      'another server may have anything',
      '{ github: {}, docs: {} }',
      [READMES, '{ server: docs, resources: ["**"] }'],
      `github+${WEB}`,
    ],
    ['a prefix of its own', '{ github: { prefix: gh }, two: { server: github } }', [READMES], `gh+${WEB}`],
    ['no prefix', '{ github: { prefix: "" }, two: { server: github } }', [READMES], WEB],
  ];
  test.each(cases)('%s', (_name, servers, entries, shown) => {
    const tried = policy(join(`{ kind: Gateway, name: solo, servers: ${servers} }`, list(...entries), grant('solo')));
    expect(tried.uriOf('github', WEB, 'solo')).toBe(shown);
    expect(tried.reading(ana, shown, 'solo')).toBe(`granted: github ${WEB}`);
    if (shown !== WEB) expect(tried.reading(ana, WEB, 'solo')).toBe('unknown');
    const template = 'repo://acme/{name}/readme';
    const shownTemplate = shown === WEB ? template : shown.replace(WEB, template);
    expect(tried.seesOther(ana, 'template', 'solo')).toContain(shownTemplate);
  });

  test('what neither can serve is shown under its own URI, and read by nobody', () => {
    const tried = policy(
      join('{ kind: Gateway, name: solo, servers: { github: {}, docs: {} } }', list(READMES), grant('solo')),
    );
    expect(tried.uriOf('docs', 'https://acme.dev/page', 'solo')).toBe('https://acme.dev/page');
    expect(tried.reading(ana, 'https://acme.dev/page', 'solo')).toBe('unknown');
  });

  test('what another one can serve is not shown as if it were its own', () => {
    const tried = policy(
      join('{ kind: Gateway, name: solo, servers: { github: {}, docs: {} } }', list(READMES), grant('solo')),
    );
    expect(tried.uriOf('docs', WEB, 'solo')).toBe(`docs+${WEB}`);
    expect(tried.reading(ana, `docs+${WEB}`, 'solo')).toBe(`no-grant: docs ${WEB}`);
  });

  test('a URI that reads as if it had a prefix gets one', () => {
    const tried = policy(
      join(
        '{ kind: Gateway, name: solo, servers: { github: {}, docs: {} } }',
        list('{ server: github, resources: ["**"] }'),
        grant('solo'),
      ),
    );
    expect(tried.uriOf('github', 'docs+repo://x', 'solo')).toBe('github+docs+repo://x');
    expect(tried.reading(ana, 'docs+repo://x', 'solo')).toBe('no-grant: docs repo://x');
    expect(tried.reading(ana, 'github+docs+repo://x', 'solo')).toBe('granted: github docs+repo://x');
  });

  test('two without a prefix that may have one URI do not compile', () => {
    const servers = (entry: string): Tried =>
      policy(
        join(
          '{ kind: Gateway, name: solo, servers: { github: { prefix: "" }, docs: { prefix: "" } } }',
          list(READMES, entry),
          grant('solo'),
        ),
      );
    expect(servers('{ server: docs, resources: ["repo://**"] }').errors()).toEqual(['uri/collision']);
    const apart = servers('{ server: docs, resources: ["docs://**"] }');
    expect(apart.reading(ana, 'docs://x', 'solo')).toBe('granted: docs docs://x');
    expect(apart.reading(ana, WEB, 'solo')).toBe(`granted: github ${WEB}`);
  });
});

describe('rule 10: what is not in normal form is refused before it is compared', () => {
  const everything = join(SOLO, list('{ server: github, resources: ["**", "**?**"] }'), grant('solo'));
  test.each([
    'repo://acme/x/../web/readme',
    'REPO://acme/web',
    'repo://acme/%77eb',
    'repo://acme//web',
    'no scheme',
    `a:${'b'.repeat(9_000)}`,
  ])('%s', (uri) => {
    const tried = policy(everything);
    expect(tried.reading(ana, uri, 'solo')).toBe('not-normal');
    expect(tried.seesResource(ana, 'github', uri, 'solo')).toBe(false);
  });
  test('with a prefix before it', () => {
    const tried = policy(everything);
    expect(tried.reading(ana, 'github+repo://acme/../x', 'solo')).toBe('not-normal');
    expect(tried.reading(ana, `github+${WEB}`, 'solo')).toBe(`granted: github ${WEB}`);
  });
});

describe('rule 10: where a Server says `uris: opaque`, only exact texts and `**` match', () => {
  const OPAQUE = `kind: Server
name: docs
url: https://docs.acme.dev/mcp
catalog: docs.lock.json
identities: { reader: { bearer: docs-reader } }
effects: { read: [search] }
uris: opaque`;
  const opaque = (entry: string, ...more: readonly string[]): Tried =>
    policy(join('{ kind: Gateway, name: solo, servers: { docs: {} } }', OPAQUE, list(entry), grant('solo'), ...more));
  test('exact texts, whatever their form', () => {
    const tried = opaque('{ server: docs, resources: ["NOTE|1", "docs://a/../b"] }');
    expect(tried.reading(ana, 'NOTE|1', 'solo')).toBe('granted: docs NOTE|1');
    expect(tried.reading(ana, 'docs://a/../b', 'solo')).toBe('granted: docs docs://a/../b');
    expect(tried.reading(ana, 'docs://b', 'solo')).toBe('unknown');
    expect(tried.seesResource(ana, 'docs', 'NOTE|1', 'solo')).toBe(true);
  });
  test('`**` is any', () => {
    const tried = opaque('{ server: docs, resources: ["**"] }');
    expect(tried.reading(ana, 'a note? #1', 'solo')).toBe('granted: docs a note? #1');
  });
  test('no other pattern compiles, in rules about it either', () => {
    expect(opaque('{ server: docs, resources: ["docs://*"] }').errors()).toEqual(['uri/opaque']);
    const all = '{ server: docs, resources: ["**"] }';
    expect(opaque(all, guard('{ resources: ["docs://*"] }')).errors()).toEqual(['uri/opaque']);
    expect(opaque(all, guard('{ servers: [github], resources: ["repo://*"] }')).errors()).toEqual([]);
    expect(opaque(all, guard('{ servers: [docs], resources: ["NOTE|1"] }')).reading(ana, 'NOTE|1', 'solo')).toBe(
      'guard: docs NOTE|1',
    );
  });
});

describe('resources are granted, guarded and asked about as tools are', () => {
  const solo = (...documents: readonly string[]): Tried => policy(join(SOLO, ...documents));
  const plain = [list(READMES), grant('solo')];
  const SECRET = 'repo://acme/secret/readme';
  test('to whom the grant is for', () => {
    const tried = solo(...plain);
    expect([ana, bot, root, pat, eve].map((who) => tried.reading(who, WEB, 'solo').replace(/:.*/, ''))).toEqual([
      'granted',
      'granted',
      'granted',
      'no-grant',
      'no-grant',
    ]);
    expect(tried.read(eve, WEB, 'solo').decision.hidden).toBe(true);
  });
  test('until it expires', () => {
    const tried = solo(list(READMES), grant('solo', ', expires: 2026-11-20'));
    expect(tried.reading(ana, WEB, 'solo')).toBe(`granted: github ${WEB}`);
    expect(tried.reading(ana, WEB, 'solo', NOON + 86_400_000)).toBe(`expired: github ${WEB}`);
    expect(tried.seesResource(ana, 'github', WEB, 'solo', NOON + 86_400_000)).toBe(false);
  });
  test('until the team is disabled', () => {
    const tried = solo(...plain, '{ kind: Team, name: payments, members: { groups: [pay] }, disabled: true }');
    expect(tried.reading(ana, WEB, 'solo')).toBe(`disabled: github ${WEB}`);
    expect(tried.reading(bot, WEB, 'solo')).toBe(`disabled: github ${WEB}`);
  });
  test('with an app that the gateway admits', () => {
    const tried = policy(
      join('{ kind: Gateway, name: solo, servers: { github: {} }, clients: { only: [code] } }', ...plain),
    );
    expect(tried.reading(ana, WEB, 'solo')).toBe(`client: github ${WEB}`);
    expect(tried.reading(using(ana, { id: 'https://apps.dev/code' }), WEB, 'solo')).toBe(`granted: github ${WEB}`);
  });
  test('the first grant by name is reported, and an unconditional one before', () => {
    const tried = solo(
      list(READMES),
      '{ kind: Allowlist, name: narrow, allow: [{ server: github, resources: ["repo://**"], when: "args.uri != \'\'" }] }',
      grant('solo'),
      '{ kind: Grant, name: a-first, gateway: solo, to: { teams: [payments] }, allow: [narrow] }',
      '{ kind: Grant, name: z-last, gateway: solo, to: { teams: [payments] }, allow: [list] }',
    );
    expect(tried.nameOf(tried.read(ana, WEB, 'solo').decision.rule)).toBe('Grant/of-solo');
    expect(tried.nameOf(tried.read(ana, 'repo://x', 'solo').decision.rule)).toBe('Grant/a-first');
  });
  test('conditions see the URI as the server has it', () => {
    const entry = '{ server: github, resources: ["repo://**"], when: \'args.uri.startsWith("repo://acme/")\' }';
    const tried = policy(join(list(entry), grant('desk')));
    expect(tried.reading(ana, `github+${WEB}`)).toBe(`granted: github ${WEB}`);
    expect(tried.reading(ana, 'github+repo://other/web')).toBe('condition: github repo://other/web');
    expect(tried.seesResource(ana, 'github', WEB)).toBe(true);
    expect(tried.seesResource(ana, 'github', 'repo://other/web')).toBe(false);
  });
  test('a guard about some resources leaves the others', () => {
    const tried = solo(...plain, guard('{ resources: ["repo://acme/secret/**"] }', 'when: "true", message: no'));
    expect(tried.reading(ana, SECRET, 'solo')).toBe(`guard: github ${SECRET}`);
    expect(tried.read(ana, SECRET, 'solo').decision).toMatchObject({ hidden: false, message: 'no' });
    expect(tried.reading(ana, WEB, 'solo')).toBe(`granted: github ${WEB}`);
    expect(tried.seesResource(ana, 'github', SECRET, 'solo')).toBe(true);
  });
  test('a guard that hides keeps it out of lists, but no template of which others may be read', () => {
    const tried = solo(...plain, guard('{ resources: ["repo://acme/secret/**"] }', 'when: "true", hide: true'));
    expect(tried.read(ana, SECRET, 'solo').decision).toMatchObject({ allow: false, hidden: true });
    expect(tried.seesResource(ana, 'github', SECRET, 'solo')).toBe(false);
    expect(tried.seesResource(ana, 'github', WEB, 'solo')).toBe(true);
    expect(tried.seesOther(ana, 'template', 'solo')).toEqual(['repo://acme/{name}/readme']);
    const all = solo(...plain, guard('{ servers: [github] }', 'when: "true", hide: true'));
    expect(all.seesOther(ana, 'template', 'solo')).toEqual([]);
  });
  test('a guard in alert mode only records', () => {
    const tried = solo(...plain, guard('{ resources: ["repo://**"] }', 'when: "true", mode: alert'));
    const { decision } = tried.read(ana, WEB, 'solo');
    expect(decision.allow).toBe(true);
    expect(decision.alerts.map((rule) => tried.nameOf(rule))).toEqual(['Guard/g']);
  });
  test('what only a call brings is unknown to a list, who and which resource are not', () => {
    const tried = solo(
      list('{ server: github, resources: ["repo://**"], when: "now.getFullYear() == 1999" }'),
      grant('solo'),
    );
    expect(tried.reading(ana, WEB, 'solo')).toBe(`condition: github ${WEB}`);
    expect(tried.read(ana, WEB, 'solo').decision.hidden).toBe(false);
    expect(tried.seesResource(ana, 'github', WEB, 'solo')).toBe(true);
    const people = solo(
      list('{ server: github, resources: ["repo://**"], when: "has(claims.mfa) && claims.mfa" }'),
      '{ kind: Grant, name: all, gateway: solo, to: { teams: [payments, platform] }, allow: [list] }',
    );
    expect([ana, pat].map((who) => people.seesResource(who, 'github', WEB, 'solo'))).toEqual([true, false]);
    expect([ana, pat].map((who) => people.seesOther(who, 'template', 'solo').length)).toEqual([1, 0]);
  });
});

describe('a template is listed when a granted pattern can match a URI of it', () => {
  const cases: readonly (readonly [pattern: string, isListed: boolean])[] = [
    ['repo://acme/*/readme', true],
    ['repo://acme/web/readme', true],
    ['repo://**', true],
    ['**/readme', true],
    ['repo://acme/*', false],
    ['repo://acme/*/licence', false],
    ['repo://acme/web/deep/readme', false],
    ['repo://acme/web/readme?x=*', false],
    ['docs://**', false],
  ];
  test.each(cases)('%s', (pattern, isListed) => {
    const tried = policy(join(SOLO, list(`{ server: github, resources: ["${pattern}"] }`), grant('solo')));
    expect(tried.seesOther(ana, 'template', 'solo')).toEqual(isListed ? ['repo://acme/{name}/readme'] : []);
  });
});

describe('prompts are granted, guarded and asked about as tools are', () => {
  const triage = '{ server: github, prompts: ["*"] }';
  test('under a name of their own', () => {
    const tried = policy(
      join(
        '{ kind: Gateway, name: solo, servers: { github: { rename: { triage: sort-out } }, github-bot: { server: github, prefix: "" } } }',
        list(triage, '{ server: github-bot, prompts: [triage] }'),
        grant('solo'),
      ),
    );
    expect(tried.seesOther(ana, 'prompt', 'solo')).toEqual(['sort-out', 'triage']);
    expect(tried.prompt(ana, 'sort-out', { topic: 'x' }, NOON, 'solo').reason).toBe('granted');
    expect(tried.prompt(ana, 'github_triage', { topic: 'x' }, NOON, 'solo').reason).toBe('unknown');
    expect(tried.why(ana, 'triage', { topic: 'x' }, NOON, 'solo')).toBe('unknown');
  });
  test('two of one name do not compile, a prompt and a tool of one name do', () => {
    const servers = (github: string): Tried =>
      policy(
        join(
          `{ kind: Gateway, name: solo, servers: { github: ${github}, github-bot: { server: github, rename: { triage: one } } } }`,
          list(triage),
          grant('solo'),
        ),
      );
    expect(servers('{ rename: { triage: one } }').errors()).toEqual(['link/exposed-collision']);
    expect(servers('{ rename: { triage: github_get_issue } }').errors()).toEqual([]);
  });
  test('with arguments that are texts, and checked where conditions read them', () => {
    const entry = '{ server: github, prompts: [triage], when: \'args.topic.startsWith("bug")\' }';
    const tried = policy(join(list(entry), grant('desk')));
    const why = (args: unknown): string => tried.prompt(ana, 'github_triage', args).reason;
    expect(why({ topic: 'bugs' })).toBe('granted');
    expect(why({ topic: 'chores' })).toBe('condition');
    expect(why({ topic: 7 })).toBe('arguments');
    expect(why({})).toBe('arguments');
    expect(why({ topic: 'bugs', more: 'x' })).toBe('arguments');
    expect(why({ TOPIC: 'bugs', topic: 'bugs' })).toBe('arguments');
    expect(tried.seesOther(ana, 'prompt')).toEqual(['github_triage']);
  });
  test('whoever holds none learns nothing of them', () => {
    const tried = policy(join(list(triage), grant('desk'), guard('everything')));
    expect(tried.seesOther(eve, 'prompt')).toEqual([]);
    expect(tried.prompt(eve, 'github_triage', { topic: 'x' })).toMatchObject({ reason: 'no-grant', hidden: true });
    expect(tried.prompt(ana, 'github_triage', { topic: 'x' })).toMatchObject({ reason: 'guard', hidden: false });
  });
});
