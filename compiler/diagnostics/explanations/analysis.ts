import {
  ALLOWLIST,
  CLIENT,
  GATEWAY,
  GRANT,
  ROBOT,
  RULE,
  SERVER,
  TEAM,
  WIKI,
  wikiLock,
  WORKSPACE,
} from './example-documents.ts';
import type { Explanations } from './explanation.ts';

const OTHER_TEAM = 'kind: Team\nname: sales\nmembers: { groups: [sales] }\n';
const WIKI_FILES = { 'wiki.yaml': WIKI, 'wiki.lock.json': wikiLock() };
const LISTING = `kind: Allowlist
name: ticket-reader
allow:
  - server: tickets
    tools: [list_tickets]
    when: 'CONDITION'
`;
const DESTRUCTIVE = SERVER.replace('write', 'destructive');
const CONFIRM = `kind: Guard
name: nothing-is-destroyed
match: { effects: [destructive] }
when: 'true'
`;
const GUARD = `kind: Guard
name: no-writes-by-robots
match: { effects: [write], kinds: [robot] }
when: 'true'
message: robots read only
`;

export const INVARIANT_EXPLANATIONS: Explanations<'invariant'> = {
  'invariant/violated': {
    meaning:
      'An Invariant says what nobody may be able to do, whatever grants there are, and somebody can. The message names ' +
      'who, and a call that would be allowed; notes name the grants that allow it.',
    remedy: 'Narrow the grant, or list who may under `except` of the Invariant.',
    wrong: 'kind: Invariant\nname: nobody-writes\nnever: { effects: [write] }\n',
    right:
      'kind: Invariant\nname: nobody-writes\nnever: { effects: [write] }\n' +
      'except: { teams: [support], robots: [triage-bot], roles: [admin] }\n',
  },
};

export const DEAD_EXPLANATIONS: Explanations<'dead'> = {
  'dead/no-teams': {
    meaning: 'There is no Team. People get access through teams, so nobody has any.',
    remedy: 'Write a Team; `mcpgw team add NAME ADDRESS` does.',
    wrong: WORKSPACE,
    right: `${WORKSPACE}---\n${TEAM}`,
    isWhole: true,
  },
  'dead/team': {
    meaning: 'A Team is granted nothing and owns nothing.',
    remedy: 'Grant it something with `mcpgw grant add`, or remove it.',
    wrong: OTHER_TEAM,
    right: `${OTHER_TEAM}---\n${GRANT.replace('[support]', '[sales, support]')}`,
  },
  'dead/robot': {
    meaning: 'A Robot is granted nothing. Its key or sign-in works, and opens nothing.',
    remedy: 'Grant it something with `mcpgw grant add`, or remove it.',
    wrong: ROBOT.replace('triage-bot', 'spare-bot').replace('acme/triage', 'acme/spare'),
    right: ROBOT,
  },
  'dead/client': {
    meaning: 'Nothing names a Client: no gateway admits it or turns it away, and no rule is about it.',
    remedy: 'Name it in a Gateway, or remove it.',
    wrong: `${CLIENT}---\nkind: Client\nname: desktop\nids: [https://claude.ai/oauth/desktop]\n`,
    right: CLIENT,
  },
  'dead/gateway': {
    meaning: 'Nobody is granted anything in a Gateway.',
    remedy: 'Add a grant with `mcpgw grant add`, or remove the Gateway.',
    wrong: GATEWAY.replace('name: desk', 'name: spare').replace(/clients.*\n/, ''),
    right: GATEWAY,
  },
  'dead/allowlist': {
    meaning: 'No Grant uses an Allowlist, so it allows nobody anything.',
    remedy: 'Name it in a Grant, or remove it.',
    wrong: ALLOWLIST.replace('ticket-reader', 'ticket-lister'),
    right: ALLOWLIST,
  },
  'dead/entry': {
    meaning: 'An entry of an Allowlist names an assignment that no gateway has in which the Allowlist is granted.',
    remedy: 'Add the assignment to the gateway, or remove the entry.',
    wrong: { ...WIKI_FILES, 'allowlist.yaml': `${ALLOWLIST}  - { server: wiki, tools: [read_page] }\n` },
    right: {
      ...WIKI_FILES,
      'allowlist.yaml': `${ALLOWLIST}  - { server: wiki, tools: [read_page] }\n`,
      'gateway.yaml': GATEWAY.replace('clients', '  wiki: {}\nclients'),
    },
  },
  'dead/grant': {
    meaning: 'Everything that a Grant gives, others give to the same teams and robots, without a condition or an end.',
    remedy: 'Remove it, or narrow the others.',
    wrong: `kind: Grant\nname: support-reads\ngateway: desk\nto: { teams: [support] }\nallow: [tickets/get_ticket]\n`,
    right: GRANT,
  },
  'dead/condition': {
    meaning: 'A condition says the same for every call, so it decides nothing.',
    remedy: 'Correct it, or remove it.',
    wrong: LISTING.replace('CONDITION', '!has(args.state) || args.state in ["open", "closed"]'),
    right: LISTING.replace('CONDITION', '!has(args.state) || args.state == "open"'),
  },
  'dead/guard': {
    meaning:
      'A Guard can never deny anything: nothing that anybody can reach matches it, or its condition always passes.',
    remedy: 'Correct its `match` or its condition, or remove it.',
    wrong: { 'guard.yaml': GUARD.replace('effects: [write]', 'servers: [wiki]'), ...WIKI_FILES },
    right: GUARD,
  },
  'dead/rule': {
    meaning: 'A RedactionRule or a Limit matches nothing that anybody can reach.',
    remedy: 'Correct its `match`, or remove it.',
    wrong: { 'rule.yaml': RULE.replace('detect', 'match: { servers: [wiki] }\ndetect'), ...WIKI_FILES },
    right: RULE.replace('detect', 'match: { servers: [tickets] }\ndetect'),
  },
  'dead/pattern': {
    meaning:
      'A RedactionRule is about the arguments of certain tools, and no text that their schemas declare can match a pattern ' +
      'of it: each is one of a few values, or shorter than any match, or there are no texts at all. What people answer to ' +
      "a server's questions, and members that no schema declares, are looked into as well, and do not count here.",
    remedy: 'Correct the pattern or the `match`, or let the rule look at what comes back: `directions: [to-client]`.',
    wrong: RULE.replace('detect', 'match: { tools: [list_tickets] }\ndirections: [to-server]\ndetect'),
    right: RULE.replace('detect', 'match: { tools: [list_tickets] }\ndirections: [to-client]\ndetect'),
  },
  'dead/never-allowed': {
    meaning:
      'A tool is listed for somebody who can never call it: what is known when tools are listed does not rule it out, and ' +
      'every call is denied.',
    remedy: 'Remove the grant; or give the Guard `hide: true`, so that the tool is not listed.',
    wrong: GUARD,
    right: GUARD.replace('message', 'hide: true\nmessage'),
  },
};

export const LINT_EXPLANATIONS: Explanations<'lint'> = {
  'lint/many-tools': {
    meaning:
      'A gateway exposes more tools than models handle well: every tool costs tokens in each conversation, and choosing ' +
      'among many goes wrong more often. `maxTools` of the Workspace says how many are fine.',
    remedy: 'Split the gateway by what people do with it, or grant fewer tools.',
    wrong: `${WORKSPACE}defaults: { maxTools: 2 }\n`,
    right: `${WORKSPACE}defaults: { maxTools: 40 }\n`,
  },
  'lint/long-name': {
    meaning:
      'Clients put their own name for a server in front of a tool, and some leave out tools whose name is then longer ' +
      'than 60 characters. The name of the gateway stands for it here.',
    remedy: 'Give the assignment a shorter `prefix`, or `rename` the tool.',
    wrong: GATEWAY.replace(
      'identity: reader',
      'identity: reader, rename: { get_ticket: get_the_ticket_that_somebody_outside_of_the_company_opened }',
    ),
    right: GATEWAY.replace('identity: reader', 'identity: reader, rename: { get_ticket: get_outside_ticket }'),
  },
  'lint/bare-star': {
    meaning:
      'A bare `*` grants every tool of a server, those that write or destroy too, and those that somebody accepts later.',
    remedy: 'Name the tools, or grant by effect: `effects: [read]`.',
    wrong: ALLOWLIST.replace('effects: [read]', "tools: ['*']"),
    right: ALLOWLIST,
  },
  'lint/robots-left-out': {
    meaning: 'A Guard on destructive tools is about people alone, and robots can reach such tools.',
    remedy: 'Remove `kinds: [person]`, or write a Guard for robots.',
    wrong: `${DESTRUCTIVE}---\n${CONFIRM.replace('[destructive] }', '[destructive], kinds: [person] }')}`,
    right: `${DESTRUCTIVE}---\n${CONFIRM}`,
  },
  'lint/overlapping-rules': {
    meaning:
      'Two RedactionRules look for the same thing in the same exchanges, and do different things with it: they have the same ' +
      'pattern or entity, or one finds something in what the other finds in an example of its. Where both find it, the ' +
      'surer one says what becomes of it, then the one that finds more, then the one whose name comes first; one that blocks wins always.',
    remedy: 'Give both the same action, or keep them apart by `match`, `directions` or `detect`.',
    wrong: `${RULE}---\n${RULE.replace('name: cards', 'name: numbers').replaceAll('[CARD]', '[NUMBER]')}`,
    right: `${RULE}---\n${RULE.replace('name: cards', 'name: numbers').replaceAll('[CARD]', '[NUMBER]').replace('detect', 'mode: alert\ndetect')}`,
  },
  'lint/literal-secret': {
    meaning: 'A policy file holds what looks like a secret. Whoever can read the repository could use it.',
    remedy:
      'Revoke the secret, since git keeps it. In a policy a secret is a name; the configuration of the proxy says where it is.',
    wrong: `${GRANT}reason: use ghp_0123456789abcdefghijklmnopqrstuvwxyz\n`,
    right: `${GRANT}reason: use the token of the vault\n`,
  },
  'lint/expires-soon': {
    meaning:
      'A robot or one of its keys expires within 30 days (of 20 November 2026, in the example). From then on its calls are denied.',
    remedy: 'Give it a later `expires`, or make a new key with `mcpgw robot key`, before that day.',
    wrong: ROBOT.replace('2027-03-31', '2026-12-01'),
    right: ROBOT,
  },
  'lint/expired': {
    meaning: 'A robot, a key or a grant has expired. It gives nothing any more.',
    remedy: 'Remove it, or give it a later `expires` if it is still needed.',
    wrong: GRANT.replace('2027-06-30', '2020-06-30'),
    right: GRANT,
  },
  'lint/unused-claim': {
    meaning: 'The Workspace lists a claim that no condition reads. Tokens without it are perhaps refused for nothing.',
    remedy: 'Remove the claim, or use it in a condition.',
    wrong: `${WORKSPACE}claims: { tier: string? }\n`,
    right: WORKSPACE,
  },
  'lint/disabled-owner': {
    meaning: "A robot's owner is a disabled Team, and so the robot is disabled too.",
    remedy: 'Give the robot another owner, enable the team, or remove the robot.',
    wrong: `${TEAM}disabled: true\n`,
    right: TEAM,
  },
};
