import { ROBOT, TEAM } from './example-documents.ts';
import type { Explanations } from './explanation.ts';

const TESTS = (id: string): string => `kind: TestSuite
name: access
now: 2026-11-20T10:00:00Z
principals:
  ana: { token: { issuer: corp, sub: u1, email: ana@acme.dev, groups: [support] } }
tests:
  - name: ana closes a ticket
    as: ana
    gateway: desk
    call: tickets/close_ticket
    args: { id: ${id} }
    expect: allow
`;

export const YAML_EXPLANATIONS: Explanations<'yaml'> = {
  'yaml/syntax': {
    meaning:
      'The document cannot be read as YAML at this place. Nothing else is said about it until it can; other documents of ' +
      'the file are checked all the same.',
    remedy:
      'Mend the text at the caret. Most often a bracket or quote is not closed, a comma or the space after a colon is ' +
      'missing, or a text begins with a character that YAML keeps for itself and has to be quoted.',
    wrong: TEAM.replace('[support], users', '[support] users'),
    right: TEAM,
  },
  'yaml/tab': {
    meaning:
      'YAML indents with spaces. A tab has no fixed width, so a file with tabs could be read in more than one way.',
    remedy: 'Replace the tab by spaces; most editors can be told to insert spaces in YAML files.',
    wrong: 'kind: Team\nname: support\nmembers:\n\tgroups: [support]\n',
    right: 'kind: Team\nname: support\nmembers:\n  groups: [support]\n',
  },
  'yaml/invisible-character': {
    meaning:
      'A character stands in the file that a reader does not see, or that changes the order in which the line is shown: a ' +
      'zero-width space, a direction mark, a control character. What is enforced must be what was reviewed, so none may ' +
      'stand in a policy, not even in a comment.',
    remedy: 'Remove the character. A text that really needs it is written between double quotes, with an escape.',
    wrong: ROBOT.replace('owner: support', 'owner: sup\u200Bport'),
    right: ROBOT,
  },
  'yaml/duplicate-key': {
    meaning:
      'A mapping has a key twice. Which of the values counts would depend on who reads the file, so neither does.',
    remedy: 'Keep one of them.',
    wrong: `${ROBOT}expires: 2026-12-31\n`,
    right: ROBOT,
  },
  'yaml/bad-key': {
    meaning: 'Where a key should be stands nothing, or a mapping or list. Keys are texts.',
    remedy: 'Write a key before the colon; quote a text that begins with a bracket or brace.',
    wrong: ROBOT.replace('owner: support', 'owner: {{ team }}'),
    right: ROBOT,
  },
  'yaml/anchor': {
    meaning:
      'An anchor names a value so that it can be repeated elsewhere. Policies do without: a reviewer of one line would ' +
      'have to look for another to know what it says.',
    remedy: 'Remove the anchor. If the `&` is part of a text, quote the text.',
    wrong: TEAM.replace('[support]', '&everybody [support]'),
    right: TEAM,
  },
  'yaml/alias': {
    meaning:
      'A `*` at the beginning of a text makes it an alias, which stands for a value written elsewhere. Policies do without ' +
      'aliases. Most often a pattern was meant, and only its quotes are missing.',
    remedy: 'Quote the pattern, or write the value out.',
    wrong: `kind: Allowlist
name: ticket-reader
allow:
  - server: tickets
    effects: [read]
    prompts: [*]
`,
    right: `kind: Allowlist
name: ticket-reader
allow:
  - server: tickets
    effects: [read]
    prompts: ['*']
`,
  },
  'yaml/merge-key': {
    meaning: 'The key `<<` takes over what is written elsewhere, which a reviewer of the line does not see.',
    remedy: 'Write the keys and values out.',
    wrong: ROBOT.replace('signIn: {', 'signIn: { <<: { issuer: ci },').replace(' issuer: ci, match', ' match'),
    right: ROBOT,
  },
  'yaml/tag': {
    meaning: 'A `!` at the beginning of a value makes it a tag, which changes what the value is. Policies do without.',
    remedy: 'Remove the tag. A condition that begins with `!` is quoted.',
    wrong: ROBOT.replace('owner: support', 'owner: !team support'),
    right: ROBOT,
  },
  'yaml/directive': {
    meaning: 'A line that begins with `%` tells a YAML reader how to read the file. Policies are YAML 1.2 without any.',
    remedy: 'Remove the line.',
    wrong: `%YAML 1.2\n---\n${TEAM}`,
    right: TEAM,
  },
  'yaml/empty-document': {
    meaning:
      'A file, or the part of it after `---`, has no document: something may have been lost, or was never written.',
    remedy: 'Write the document, remove the `---`, or delete the file.',
    wrong: `${TEAM}---\n# more to come\n`,
    right: `${TEAM}# more to come\n`,
  },
  'yaml/inexact-number': {
    meaning:
      'A number is too large to be kept exactly, so the policy would say something else than the file. Integers are exact ' +
      'up to 9007199254740992.',
    remedy: 'Write a number that can be kept. An identifier of many digits is a text, and is quoted.',
    wrong: TESTS('9007199254740993'),
    right: TESTS('9007199254740991'),
  },
  'yaml/too-large': {
    meaning:
      'A file or a document exceeds a bound of the compiler: 4 million characters, 10 000 documents in a file, 64 levels ' +
      'or 500 000 parts of a document. Every part of mcpgw has such bounds, so that no input can exhaust it.',
    remedy: 'Split the file or the document: a policy may have any number of files.',
    wrong: TESTS(`${'['.repeat(70)}1${']'.repeat(70)}`),
    right: TESTS('1'),
  },
};
