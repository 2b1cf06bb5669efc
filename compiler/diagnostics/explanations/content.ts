import { ALLOWLIST, ROBOT, RULE, SERVER, TEAM, WORKSPACE } from './example-documents.ts';
import type { Explanations } from './explanation.ts';

const KEY = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const ROBOTS = (second: string): string => `kind: Robot
name: nightly
owner: support
keys:
  - { id: n1, sha256: ${KEY}, expires: 2027-03-31 }
  - { id: ${second}, sha256: ${KEY.replaceAll('9', '8')}, expires: 2027-03-31 }
expires: 2027-03-31
---
kind: Grant
name: nightly
gateway: desk
to: { robots: [nightly] }
allow: [ticket-reader]
`;

const PARTNERS = WORKSPACE.replace(
  '  ci:',
  `  partners:
    url: https://partners.example
    for: people
    audience: https://mcp.acme.dev
    id: sub
    groups: groups
  ci:`,
);

const EXCHANGING = SERVER.replace(
  '{ bearer: tickets-reader }',
  '{ exchange: { tokenUrl: https://idp.acme.dev/token, id: mcpgw, secret: tickets-client, audience: tickets } }',
);

export const IDENTITY_EXPLANATIONS: Explanations<'identity'> = {
  'identity/bad-group': {
    meaning:
      'The Workspace has several issuers for people, and a group does not say which of them it is of. Issuers are ' +
      'separate: `support` of one is not `support` of another.',
    remedy: 'Write the issuer before the group: `corp/support`.',
    wrong: `${PARTNERS}---\n${TEAM}`,
    right: `${PARTNERS}---\n${TEAM.replace('[support]', '[corp/support]')}`,
  },
  'identity/key-twice': {
    meaning: 'Two robot keys have the same id. The id is a part of the key, by which the proxy finds its hash.',
    remedy: 'Make a new key with `mcpgw robot key`, which gives each an id of its own.',
    wrong: ROBOTS('n1'),
    right: ROBOTS('n2'),
  },
  'identity/no-token': {
    meaning:
      'A robot is granted something behind an identity of the sort `exchange`, for which the token of the caller is ' +
      'exchanged. The robot has nothing but keys, so there is no token, and every call would be refused.',
    remedy: 'Let the robot sign in (`signIn`), or grant it an assignment with another identity of the server.',
    wrong: `${EXCHANGING}---\n${ROBOT.replace(/signIn.*/, `keys: [{ id: t1, sha256: ${KEY}, expires: 2027-03-31 }]`)}`,
    right: `${EXCHANGING}---\n${ROBOT}`,
  },
  'identity/bad-user': {
    meaning:
      'A user is named whom no issuer can identify: an address of a domain that none of them may vouch for, or an issuer ' +
      'that does not exist.',
    remedy: 'Correct the address, or add its domain to `email.domains` of the issuer that verifies it.',
    wrong: TEAM.replace('acme.dev', 'acme.com'),
    right: TEAM,
  },
};

/** A gateway with two assignments of one Server, whose tools have names of their own. */
const TWO_ASSIGNMENTS = (second: string): Readonly<Record<string, string>> => ({
  'gateway.yaml':
    'kind: Gateway\nname: desk\nservers:\n' +
    '  tickets: { identity: reader, prefix: shared, rename: { get_ticket: a, list_tickets: b, close_ticket: c, triage: d } }\n' +
    `  again: { server: tickets, identity: reader, ${second} }\n` +
    'clients: { only: [claude-code] }\n',
});

export const URI_EXPLANATIONS: Explanations<'uri'> = {
  'uri/not-normal': {
    meaning:
      'A resource URI is not in the normal form of RFC 3986. URIs are compared as they are, so each has one spelling: ' +
      'scheme and host in lower case, no dot segments, percent-encodings in upper case and only where they are needed.',
    remedy: 'Write the URI as the server does, in normal form.',
    wrong: ALLOWLIST.replace('ticket://*', 'Ticket://*'),
    right: ALLOWLIST,
  },
  'uri/opaque': {
    meaning:
      'A pattern with a `*` is about resources of a Server that says `uris: opaque`. Its URIs are compared as they are, ' +
      'whatever their form, so that there are no segments which a `*` could stand for.',
    remedy: 'Write whole URIs, or `**` for all of them; in a rule, name the `servers` that are meant.',
    wrong: { 'server.yaml': `${SERVER}uris: opaque\n`, 'allowlist.yaml': ALLOWLIST },
    right: {
      'server.yaml': `${SERVER}uris: opaque\n`,
      'allowlist.yaml': ALLOWLIST.replace('ticket://*', "'**'"),
    },
  },
  'uri/collision': {
    meaning:
      'Two assignments of a gateway may serve one resource URI, and have the same prefix or none. Clients could not say ' +
      'which of the two they mean.',
    remedy: 'Give one of the assignments another `prefix`, or grant resources that cannot be the same.',
    wrong: TWO_ASSIGNMENTS('prefix: shared'),
    right: TWO_ASSIGNMENTS('prefix: other'),
  },
  'uri/prefix': {
    meaning:
      'Two assignments of a gateway may serve one resource URI, so that each of them is shown as `<prefix>+<uri>`; but a ' +
      'URI begins with a letter, and the prefix does not.',
    remedy: 'Give the assignment a `prefix` that begins with a letter.',
    wrong: TWO_ASSIGNMENTS('prefix: 2nd'),
    right: TWO_ASSIGNMENTS('prefix: second'),
  },
};

const PHONES = `kind: RedactionRule
name: phones
detect: { pii: { entities: [PHONE_NUMBER], regions: [GB] } }
action: replace
examples:
  - { in: 'phone: 020 7946 0958', out: 'phone: <PHONE_NUMBER>' }
  - { unchanged: ticket 1234 }
`;

const NAMES = `kind: RedactionRule
name: names
directions: [to-client]
detect: { presidio: { url: https://presidio.acme.dev, entities: [PERSON] }, onFailure: block }
action: replace
`;

const LOSSES = `kind: RedactionRule
name: losses
directions: [to-server, to-client]
detect: { webhook: { url: https://dlp.acme.dev/mcp, secret: dlp-signing }, onFailure: block }
action: block
`;

export const CONTENT_EXPLANATIONS: Explanations<'content'> = {
  'content/bad-pattern': {
    meaning:
      'A pattern is not a regular expression in RE2 syntax. RE2 takes linear time whatever the text, and therefore has no ' +
      'look-ahead, look-behind and back-references.',
    remedy: 'Write it without them. https://github.com/google/re2/wiki/Syntax lists what there is.',
    wrong: RULE.replace(String.raw`\b\d{16}`, String.raw`(?=\d)\d{16}`),
    right: RULE,
  },
  'content/too-large': {
    meaning:
      'A pattern has more characters, or compiles to more instructions, than the engines run: the time for each character ' +
      'of a text grows with them. Counted repetitions are written out, so `{1000}` of a part is a thousand such parts.',
    remedy: 'Repeat less, or write several patterns: they are searched for together.',
    wrong: RULE.replace(String.raw`\b\d{16}\b`, '(?:[0-9][a-f][0-9][a-f][0-9][a-f]){1000}'),
    right: RULE,
  },
  'content/empty-match': {
    meaning: 'A pattern matches the empty text, which is found everywhere.',
    remedy: 'Make some part of it required, for example with `+` in place of `*`.',
    wrong: RULE.replace(String.raw`\b\d{16}\b`, String.raw`\d*`),
    right: RULE,
  },
  'content/unknown-group': {
    meaning:
      'A rule refers to a group, by `group` or by `$1` or `${name}` in its replacement, that one of its patterns does not ' +
      'have. Where that pattern matches there would be nothing to redact, or nothing to put in the place.',
    remedy: 'Give every pattern the group, `(?P<name>...)`; a dollar sign that refers to nothing is written `$$`.',
    wrong: RULE.replace("'[CARD]'", "'[CARD $1]'"),
    right: RULE,
  },
  'content/unknown-region': {
    meaning: 'A country is named, for telephone numbers without the code of a country, that is none.',
    remedy: 'Write the two letters that ISO 3166 has for it.',
    wrong: PHONES.replace('GB', 'UK'),
    right: PHONES,
  },
  'content/example-missing': {
    meaning:
      'A rule lacks an example. Each has at least one text in which it finds something and one that it leaves alone; the ' +
      'compiler tries them, so that a rule which finds nothing, or everything, does not ship.',
    remedy: 'Add an example with `in`, and one with `unchanged`.',
    wrong: RULE.replace(/  - \{ unchanged.*\n/, ''),
    right: RULE,
  },
  'content/asked-audit': {
    meaning:
      'A rule whose detector is asked over the network, `presidio` or `webhook`, is in force for audit records. Those are ' +
      'written at once, whatever else is down, and are shown to nobody. Without `directions` a rule is in force for them too.',
    remedy:
      'Say which of `to-server` and `to-client` it is for; give audit records a rule with `regex`, `pii` or `secrets`.',
    wrong: NAMES.replace('[to-client]', '[to-client, audit]'),
    right: NAMES,
  },
  'content/asked-example': {
    meaning:
      'A rule whose detector is asked over the network has examples. The compiler asks nobody, and examples that are not ' +
      'tried would say what need not be true.',
    remedy: 'Remove them, and try texts with `mcpgw redact --config`.',
    wrong: `${NAMES}examples:\n  - { in: Ada called, out: '<PERSON> called' }\n  - { unchanged: nobody called }\n`,
    right: NAMES,
  },
  'content/webhook-option': {
    meaning:
      'A rule with a webhook says what is for the webhook to say. It is asked about whole messages, keys and numbers ' +
      'included, and answers what becomes of them: `action: block` does as it says, which may be to change the message, ' +
      'and `action: alert` records it only.',
    remedy: 'Write one of these two actions, and neither `keys` nor `numbers`.',
    wrong: LOSSES.replace('action: block', 'action: redact'),
    right: LOSSES,
  },
  'content/example-failed': {
    meaning: 'A rule does something else to its own example than the example says.',
    remedy: 'Correct whichever of them is wrong.',
    wrong: RULE.replace("'paid with [CARD]'", "'paid with ****'"),
    right: RULE,
  },
};
