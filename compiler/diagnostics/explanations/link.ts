import { ALLOWLIST, CLIENT, GATEWAY, GRANT, ROBOT, ROLE, RULE, SERVER, WIKI, wikiLock } from './example-documents.ts';
import type { Explanations } from './explanation.ts';

const WIKI_FILES = { 'wiki.yaml': WIKI, 'wiki.lock.json': wikiLock() };
const GATEWAY_WITH_WIKI = GATEWAY.replace('clients', '  wiki: {}\nclients');

export const LINK_EXPLANATIONS: Explanations<'link'> = {
  'link/unknown-environment': {
    meaning:
      'A document names an environment that the Workspace does not list, so it would be in force nowhere. Leaving out ' +
      '`environments` means all of them.',
    remedy: 'Correct the name, or add the environment to the Workspace.',
    wrong: ROLE.replace('capabilities', 'environments: [prodution]\ncapabilities'),
    right: ROLE.replace('capabilities', 'environments: [production]\ncapabilities'),
  },
  'link/unknown-reference': {
    meaning:
      'A field names a document that does not exist, or not in this environment. Which kind is meant follows from the ' +
      'field: `teams` names Teams, `gateway` a Gateway.',
    remedy: 'Correct the name, or write the document.',
    wrong: GRANT.replace('[support]', '[suport]'),
    right: GRANT,
  },
  'link/unknown-definition': {
    meaning: "A prompt or resource template is named that the server's lock does not have.",
    remedy: 'Correct the name; or bring the lock up to date with `mcpgw catalog sync`, and accept what is new.',
    wrong: ALLOWLIST.replace("['*']", '[triaje]'),
    right: ALLOWLIST.replace("['*']", '[triage]'),
  },
  'link/pending': {
    meaning:
      'A tool or prompt is named that is in the lock, but pending: it is new or has changed, and nobody has accepted its ' +
      'definition. Until then it is hidden and denied, and no pattern reaches it.',
    remedy: 'Read its definition in the lock, then accept it with `mcpgw catalog accept SERVER/NAME --effect EFFECT`.',
    wrong: {
      ...WIKI_FILES,
      'wiki.yaml': WIKI.replace('effects:\n  read: [read_page]\n', ''),
      'wiki.lock.json': wikiLock({ pending: true }),
      'gateway.yaml': GATEWAY_WITH_WIKI,
      'grant.yaml': GRANT.replace('tickets/close_ticket', 'wiki/read_page'),
    },
    right: {
      ...WIKI_FILES,
      'gateway.yaml': GATEWAY_WITH_WIKI,
      'grant.yaml': GRANT.replace('tickets/close_ticket', 'wiki/read_page'),
    },
  },
  'link/unknown-tool': {
    meaning:
      "A tool is named that the server's lock does not have. Policies are checked against the lock and never against a " +
      'live server, so that a server cannot add to what is granted.',
    remedy: 'Correct the name; or bring the lock up to date with `mcpgw catalog sync`, and accept what is new.',
    wrong: GRANT.replace('close_ticket', 'close_tickt'),
    right: GRANT,
  },
  'link/empty-glob': {
    meaning:
      'A pattern matches nothing of the lock. A grant that grants nothing is a mistake, today or after a renaming.',
    remedy: 'Correct the pattern, remove it, or bring the lock up to date with `mcpgw catalog sync`.',
    wrong: GRANT.replace('close_ticket', 'delete_*'),
    right: GRANT.replace('close_ticket', 'close_*'),
  },
  'link/empty-match': {
    meaning: 'An empty `match` does not say what it is meant for: everything, or nothing.',
    remedy: 'Write `match: everything`, or name what is meant.',
    wrong: RULE.replace('detect', 'match: {}\ndetect'),
    right: RULE.replace('detect', 'match: everything\ndetect'),
  },
  'link/unknown-assignment': {
    meaning:
      'An Allowlist or Grant speaks of a server under the name that a gateway gives it, its assignment, and no gateway ' +
      'has one of this name.',
    remedy: 'Correct the name, or add the assignment to the gateway under `servers`.',
    wrong: ALLOWLIST.replace('server: tickets', 'server: tikets'),
    right: ALLOWLIST,
  },
  'link/assignment-name': {
    meaning:
      'An assignment has the name of a Server and assigns another one. Whoever reads `tickets` in a grant must be able to ' +
      'rely on what it is.',
    remedy: 'Rename the assignment, or let it assign the Server of its name.',
    wrong: {
      ...WIKI_FILES,
      'gateway.yaml': GATEWAY.replace('clients', '  wiki: { server: tickets, identity: reader }\nclients'),
    },
    right: {
      ...WIKI_FILES,
      'gateway.yaml': GATEWAY.replace(
        'clients',
        '  tickets-2: { server: tickets, identity: reader }\n  wiki: {}\nclients',
      ),
    },
  },
  'link/unknown-identity': {
    meaning: 'An assignment names an identity that its Server does not have.',
    remedy: 'Correct the name, or add the identity to the Server.',
    wrong: GATEWAY.replace('reader', 'raeder'),
    right: GATEWAY,
  },
  'link/identity-needed': {
    meaning:
      'A Server has several identities, and an assignment does not say as which it calls. There is no default and no ' +
      'fallback from one to another.',
    remedy: 'Give the assignment an `identity`.',
    wrong: `${SERVER.replace('effects', '  writer: { bearer: tickets-writer }\neffects')}---\n${GATEWAY.replace(
      '{ identity: reader }',
      '{}',
    )}`,
    right: `${SERVER.replace('effects', '  writer: { bearer: tickets-writer }\neffects')}---\n${GATEWAY}`,
  },
  'link/unknown-issuer': {
    meaning:
      'A robot signs in with tokens of an issuer that does not exist or is for people. Issuers of people never make ' +
      'robots, and those of robots never make people.',
    remedy: 'Name an issuer of the Workspace that says `for: robots`.',
    wrong: ROBOT.replace('issuer: ci', 'issuer: corp'),
    right: ROBOT,
  },
  'link/secret-shared': {
    meaning:
      'Two Servers use the same secret. A secret belongs to one server, so that none can read the credential of another; ' +
      'and what rules hash with is sent to no server, since everybody sees what it makes of a text.',
    remedy: 'Give each its own secret.',
    wrong: {
      'wiki.yaml': WIKI.replace('public: none', 'reader: { bearer: tickets-reader }'),
      'wiki.lock.json': wikiLock(),
    },
    right: {
      'wiki.yaml': WIKI.replace('public: none', 'reader: { bearer: wiki-reader }'),
      'wiki.lock.json': wikiLock(),
    },
  },
  'link/program-credentials': {
    meaning:
      'A server that is a program (`stdio`) is given an identity with credentials. Credentials are sent in the headers of ' +
      "requests, and a program gets none: it is started with what the proxy's configuration says, the same for everybody.",
    remedy: "Write `none`, and put what the program needs into its `env` in the proxy's configuration.",
    wrong: {
      'wiki.yaml': WIKI.replace('url: https://wiki.acme.dev/mcp', 'stdio: wiki').replace(
        'public: none',
        'reader: { bearer: wiki-reader }',
      ),
      'wiki.lock.json': wikiLock(),
    },
    right: {
      'wiki.yaml': WIKI.replace('url: https://wiki.acme.dev/mcp', 'stdio: wiki'),
      'wiki.lock.json': wikiLock(),
    },
  },
  'link/prefix-needed': {
    meaning:
      'Tools are exposed as prefix_tool, and the prefix is the name of the assignment unless that is longer than 16 ' +
      'characters. Clients refuse names beyond 64.',
    remedy: 'Give the assignment a `prefix`.',
    wrong: GATEWAY.replace('clients', '  tickets-of-everybody: { server: tickets, identity: reader }\nclients'),
    right: GATEWAY.replace(
      'clients',
      '  tickets-of-everybody: { server: tickets, identity: reader, prefix: all }\nclients',
    ),
  },
  'link/exposed-name': {
    meaning:
      'A tool would be exposed under a name that clients do not accept: they take 1 to 64 letters, digits, `_` and `-`.',
    remedy: 'Give the assignment a shorter `prefix`, or `rename` the tool.',
    wrong: {
      'wiki.yaml': WIKI.replace('[read_page]', '[read.page]'),
      'wiki.lock.json': wikiLock({ tool: 'read.page' }),
      'gateway.yaml': GATEWAY_WITH_WIKI,
    },
    right: {
      'wiki.yaml': WIKI.replace('[read_page]', '[read.page]'),
      'wiki.lock.json': wikiLock({ tool: 'read.page' }),
      'gateway.yaml': GATEWAY.replace('clients', '  wiki: { rename: { read.page: wiki_read_page } }\nclients'),
    },
  },
  'link/exposed-collision': {
    meaning: 'Two tools of a gateway would have the same exposed name, so a call could mean either.',
    remedy: 'Give one of the assignments another `prefix`, or `rename` one of the tools.',
    wrong: GATEWAY.replace('reader }', 'reader, rename: { get_ticket: tickets_list_tickets } }'),
    right: GATEWAY.replace('reader }', 'reader, rename: { get_ticket: tickets_read } }'),
  },
  'link/effect-missing': {
    meaning:
      'An accepted tool has no effect. Whether it reads, writes or destroys decides which grants and guards are about it, ' +
      'so somebody has to say it.',
    remedy: 'Write its name into `effects` of the Server, or use `mcpgw catalog accept SERVER/NAME --effect EFFECT`.',
    wrong: SERVER.replace('  write: [close_ticket]\n', ''),
    right: SERVER,
  },
  'link/effect-twice': {
    meaning: 'A tool is in two classes of `effects`. Each is in exactly one: the strongest of what it does.',
    remedy: 'Remove it from the weaker one.',
    wrong: `${SERVER}  destructive: [close_ticket]\n`,
    right: SERVER,
  },
  'link/effect-unknown': {
    meaning: 'An effect is given to a tool that the lock does not have.',
    remedy: 'Correct or remove the name. When a server renames a tool, sync its catalog and accept the new name.',
    wrong: SERVER.replace('[close_ticket]', '[close_ticket, reopen_ticket]'),
    right: SERVER,
  },
  'link/tag-unknown': {
    meaning: 'A tag is given to a tool that the lock does not have.',
    remedy: 'Correct or remove the name.',
    wrong: `${SERVER}tags: { egress: [clos_ticket] }\n`,
    right: `${SERVER}tags: { egress: [close_ticket] }\n`,
  },
  'link/client-unverified': {
    meaning:
      'A gateway admits only certain clients, and one of them is known by nothing but the name that it gives itself. ' +
      'Anybody can give themselves a name; only ids are verified by the identity provider.',
    remedy: 'Give the Client `ids`, or use `except`, which turns clients away.',
    wrong: CLIENT.replace(/ids: .*/, 'names: [claude-code]\nselfReported: true'),
    right: CLIENT,
  },
  'link/role-twice': {
    meaning:
      'A person holds two roles. Everybody holds exactly one, so that what a person may do is said in one place.',
    remedy: 'Remove the person from one of the roles, or make a role with the capabilities of both.',
    wrong: `${ROLE}---\nkind: Role\nname: observer\ncapabilities: [view-status]\nmembers: { users: [root@acme.dev] }\n`,
    right: ROLE.replace('[use-all-gateways]', '[use-all-gateways, view-status]'),
  },
};
