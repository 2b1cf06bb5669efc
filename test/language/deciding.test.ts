import { describe, expect, test } from 'vitest';
import { NOON, policy, using, WHO } from './policy.ts';

const { ana, pat, root, eve, bot } = WHO;
const DAY_MS = 86_400_000;

const grant = (name: string, to: string, allow: string, rest = ''): string =>
  `{ kind: Grant, name: ${name}, gateway: desk, to: ${to}, allow: [${allow}]${rest} }`;
const payments = grant('daily', '{ teams: [payments] }', '"docs/*", github/get_issue, github/delete_repo');
const join = (...documents: readonly string[]): string => documents.join('\n---\n');
const guard = (name: string, match: string, rest: string): string =>
  `{ kind: Guard, name: ${name}, match: ${match}, ${rest} }`;
const list = (when: string, tools = 'get_issue'): string =>
  `kind: Allowlist\nname: list\nallow:\n  - server: github\n    tools: [${tools}]\n    when: ${JSON.stringify(when)}`;
const conditional = (when: string, tools?: string): string =>
  join(list(when, tools), grant('some', '{ teams: [payments] }', 'list'));

describe('rule 4: evaluation', () => {
  test('without a grant a tool is unknown, whatever guards say', () => {
    const tried = policy(join(payments, guard('no', 'everything', 'when: "true", message: ask somebody')));
    const decision = tried.decide(pat, 'docs_search');
    expect([decision.reason, decision.hidden, decision.message]).toEqual(['no-grant', true, null]);
    expect(tried.why(ana, 'docs_search')).toBe('guard');
  });
  test('any grant that holds suffices', () => {
    const tried = policy(join(conditional('args.n < 5'), grant('more', '{ teams: [payments] }', 'github/get_issue')));
    expect(tried.why(ana, 'github_get_issue', { n: 9 })).toBe('granted');
  });
  test('any guard that denies suffices', () => {
    const guards = [guard('a', 'everything', 'when: "false"'), guard('b', 'everything', 'unless: "false"')];
    expect(policy(join(payments, ...guards)).why(ana, 'docs_search')).toBe('guard');
  });
  test('an unconditional grant is reported before a conditional one, then names decide', () => {
    const documents = [
      list('args.n > 0'),
      grant('a', '{ teams: [payments] }', 'list'),
      grant('c', '{ teams: [payments] }', 'github/get_issue'),
      grant('b', '{ teams: [payments] }', '"github/*"'),
    ];
    for (const order of [documents, documents.toReversed()]) {
      expect(policy(join(...order)).ruleFor(ana, 'github_get_issue', { n: 1 })).toBe('Grant/b');
    }
    expect(policy(join(...documents.slice(0, 2))).ruleFor(ana, 'github_get_issue', { n: 1 })).toBe('Grant/a');
  });
  test('a constant guard is reported before one that has to be asked, then names decide', () => {
    const documents = [
      payments,
      guard('b', '{ kinds: [person] }', 'when: claims.mfa'),
      guard('c', 'everything', 'when: "true"'),
    ];
    for (const order of [documents, documents.toReversed()]) {
      expect(policy(join(...order)).ruleFor(ana, 'docs_search')).toBe('Guard/c');
    }
  });
  test.each([
    ['no-grant', 'github_list_issues', ana, NOON],
    ['unknown', 'gitlab_list', ana, NOON],
    ['pending', 'github_merge', ana, NOON],
    ['expired', 'ghbot_get_issue', ana, Date.parse('2027-01-01T00:00:00Z')],
    ['granted', 'ghbot_get_issue', ana, Date.parse('2027-01-01T00:00:00Z') - 1],
  ])('%s', (reason, tool, who, now) => {
    const until = grant('until', '{ teams: [payments] }', 'github-bot/get_issue', ', expires: 2026-12-31');
    const tried = policy(join(payments, until));
    const decision = tried.decide(who, tool, { n: 1 }, now);
    expect([decision.reason, decision.hidden]).toEqual([reason, reason !== 'granted']);
  });
});

describe('rule 5: what a list shows', () => {
  test.each<[string, string, boolean]>([
    ['what depends on arguments', 'args.n < 5', true],
    ['what depends on the time', 'now < timestamp("2000-01-01T00:00:00Z")', true],
    ['what a claim allows', 'claims.mfa', true],
    ['what a claim forbids', '!claims.mfa', false],
    ['what an absent claim leaves undecided', 'has(claims.tier) && claims.tier == "gold"', false],
    ['what a claim forbids whatever the arguments are', '!claims.mfa && args.n < 5', false],
    ['what a claim allows whatever the arguments are', 'claims.mfa || args.n < 5', true],
    ['what an error leaves undecided', 'claims.level / 0 > 1 || args.n < 5', true],
    ['what the app is not verified for', 'client.id == "https://apps.dev/code"', false],
    ['who somebody is', 'principal.id == "corp:ana"', true],
    ['who somebody is not', 'principal.email == "root@acme.dev"', false],
  ])('%s', (_name, when, isListed) => {
    expect(policy(conditional(when)).sees(ana)).toEqual(isListed ? ['github_get_issue'] : []);
  });
  test('what is listed and never allowed is reported', () => {
    const never = join(payments, guard('no', '{ tools: [search] }', 'when: "true"'));
    expect(policy(never).sees(ana)).toContain('docs_search');
    expect(policy(never).diagnostics.map(({ code }) => code)).toContain('dead/never-allowed');
  });
  test.each<[string, string, boolean, readonly [reason: string, hidden: boolean]]>([
    ['a guard leaves the tool listed', 'when: claims.mfa, message: not now', true, ['guard', false]],
    ['`hide` hides it', 'when: claims.mfa, hide: true', false, ['guard', true]],
    [
      '`hide` hides nothing that a call may still be allowed',
      'when: has(args.query) && args.query == "x", hide: true',
      true,
      ['granted', false],
    ],
    ['`mode: alert` only records', 'when: claims.mfa, mode: alert, hide: true', true, ['granted', false]],
  ])('%s', (_name, rest, isListed, expected) => {
    const tried = policy(join(payments, guard('g', '{ tools: [search], kinds: [person] }', rest)));
    const { reason, hidden, alerts } = tried.decide(ana, 'docs_search', { query: 'a' });
    expect(tried.sees(ana).includes('docs_search')).toBe(isListed);
    expect([reason, hidden]).toEqual(expected);
    expect(alerts).toHaveLength(rest.includes('alert') ? 1 : 0);
  });
  test('the message of a guard is what is told', () => {
    const tried = policy(join(payments, guard('g', '{ tools: [search] }', 'when: "true", message: not now')));
    expect(tried.decide(ana, 'docs_search').message).toBe('not now');
  });
});

describe('rule 6: a disabled team', () => {
  const disabled = '{ kind: Team, name: payments, members: { groups: [pay] }, disabled: { message: frozen } }';
  test('gives nothing', () => {
    const tried = policy(join(payments, disabled));
    expect([tried.sees(ana), tried.why(ana, 'docs_search')]).toEqual([[], 'disabled']);
  });
  test('nor do its robots get anything', () => {
    const tried = policy(join(grant('bots', '{ robots: [bot] }', '"docs/*"'), disabled));
    expect(tried.why(bot, 'docs_search')).toBe('disabled');
  });
  test('takes nothing away from who is in another team', () => {
    const both = { credential: { token: { issuer: 'corp', sub: 'x', groups: ['pay', 'plat'] } }, clientName: '' };
    const tried = policy(join(payments, grant('other', '{ teams: [platform] }', '"docs/*"'), disabled));
    expect(tried.sees(both)).toEqual(['docs_search']);
  });
  test('its members are still seen by guards that name it', () => {
    const both = { credential: { token: { issuer: 'corp', sub: 'x', groups: ['pay', 'plat'] } }, clientName: '' };
    const other = grant('other', '{ teams: [platform] }', '"docs/*"');
    const tried = policy(join(other, disabled, guard('g', '{ teams: [payments] }', 'when: "true"')));
    expect([tried.why(both, 'docs_search'), tried.why(pat, 'docs_search')]).toEqual(['guard', 'granted']);
  });
});

describe('rule 7: use-all-gateways', () => {
  test('makes a member of every team that is granted there', () => {
    const tried = policy(join(payments, grant('lab', '{ teams: [platform] }', '"docs/*"').replace('desk', 'lab')));
    expect([tried.sees(root).length, tried.sees(root, 'lab'), tried.sees(eve)]).toEqual([3, ['docs_search'], []]);
  });
  test('but not of disabled ones, nor beyond an expiry', () => {
    const disabled = '{ kind: Team, name: payments, members: { groups: [pay] }, disabled: true }';
    expect(policy(join(payments, disabled)).sees(root)).toEqual([]);
    const past = grant('past', '{ teams: [platform] }', '"docs/*"', ', expires: 2026-11-19');
    expect(policy(past).why(root, 'docs_search')).toBe('expired');
  });
  test('guards apply, by way of those teams too', () => {
    expect(policy(join(payments, guard('g', '{ teams: [payments] }', 'when: "true"'))).why(root, 'docs_search')).toBe(
      'guard',
    );
  });
  test('gives nothing that only robots are granted, and robots cannot hold it', () => {
    expect(policy(grant('bots', '{ robots: [bot] }', '"docs/*"')).sees(root)).toEqual([]);
    const role = '{ kind: Role, name: admin, capabilities: [use-all-gateways], members: { robots: [bot] } }';
    expect(policy(role).errors()).toContain('policy/unknown-key');
  });
});

describe('rule 8: robots', () => {
  test('inherit nothing from their owner', () => {
    expect(policy(payments).sees(bot)).toEqual([]);
  });
  test('have what they are granted themselves, until the end of their last day, UTC', () => {
    const tried = policy(grant('bots', '{ robots: [bot] }', '"docs/*"'));
    const end = Date.parse('2027-03-31T00:00:00Z') + DAY_MS;
    expect(tried.why(bot, 'docs_search', {}, end - 1)).toBe('granted');
    expect(tried.why(bot, 'docs_search', {}, end)).toBe('expired');
    expect(tried.sees(bot, 'desk', end)).toEqual([]);
  });
  test.each<[string, string, string, readonly string[]]>([
    ['a rule that reads a claim and can reach robots', 'everything', 'claims.mfa', ['cel/optional-field']],
    ['one that asks for it', 'everything', 'has(claims.mfa) && claims.mfa', []],
    ['one for people', '{ kinds: [person] }', 'claims.mfa', []],
    ['one for a team, which has people alone', '{ teams: [payments] }', 'claims.mfa', []],
    ['one for robots', '{ robots: [bot] }', 'claims.mfa', ['cel/optional-field']],
  ])('%s', (_name, match, unless, expected) => {
    expect(policy(join(payments, guard('g', match, `unless: ${unless}`))).errors()).toEqual(expected);
  });
  test('that have no claims do not pass a guard that asks for one', () => {
    const bots = grant('bots', '{ robots: [bot] }', '"docs/*"');
    expect(
      policy(join(bots, guard('g', 'everything', 'unless: has(claims.mfa) && claims.mfa'))).why(bot, 'docs_search'),
    ).toBe('guard');
  });
  test('and a personal identity: no server can have one yet, which is an error', () => {
    const server = `
kind: Server
name: docs
url: https://docs.acme.dev/mcp
catalog: docs.lock.json
identities: { own: { personal: { oauth: docs } } }
effects: { read: [search] }`;
    expect(policy(server).errors()).toContain('policy/not-yet');
  });
});

describe('rule 9: clients', () => {
  const desk = (clients: string): string =>
    join(
      `{ kind: Gateway, name: desk, servers: { github: {}, docs: {} }, clients: ${clients} }`,
      payments,
      grant('bots', '{ robots: [bot] }', '"docs/*"'),
    );
  const code = { id: 'https://apps.dev/code' };
  test.each([
    ['`only` admits a verified id', '{ only: [code] }', using(ana, code), 'granted'],
    ['and no other', '{ only: [code] }', using(ana, { id: 'https://apps.dev/other' }), 'client'],
    ['nor somebody without an app', '{ only: [code] }', ana, 'client'],
    ['nor an app that calls itself so', '{ only: [code] }', using(ana, { name: 'code' }), 'client'],
    ['`except` keeps out a verified id', '{ except: [code] }', using(ana, code), 'client'],
    ['and a name that the app gives itself', '{ except: [shady] }', using(ana, { ...code, name: 'shady' }), 'client'],
    ['and nobody else', '{ except: [shady, code] }', ana, 'granted'],
    ['they apply to people', '{ only: [code] }', bot, 'granted'],
    ['whatever a robot calls itself', '{ except: [shady] }', using(bot, { name: 'shady' }), 'granted'],
    ['who holds nothing does not learn of it', '{ only: [code] }', pat, 'no-grant'],
  ])('%s', (_name, clients, who, expected) => {
    expect(policy(desk(clients)).why(who, 'docs_search')).toBe(expected);
  });
  test('`only` accepts no name that apps give themselves', () => {
    expect(policy(desk('{ only: [shady] }')).errors()).toEqual(['link/client-unverified']);
  });
});
