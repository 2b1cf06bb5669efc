import { GRANT, ROBOT, ROLE, SERVER, TEAM, WORKSPACE } from './example-documents.ts';
import type { Explanations } from './explanation.ts';

export const POLICY_EXPLANATIONS: Explanations<'policy'> = {
  'policy/missing-kind': {
    meaning: 'Every document says with `kind` what it is: the schema it is checked against depends on it.',
    remedy: 'Add `kind:` as its first line. `mcpgw schema --list` lists the kinds.',
    wrong: ROLE.replace('kind: Role\n', ''),
    right: ROLE,
  },
  'policy/unknown-kind': {
    meaning: 'The document is of a kind that the policy language does not have.',
    remedy: 'Correct the kind. `mcpgw schema --list` lists all of them.',
    wrong: ROLE.replace('Role', 'Rol'),
    right: ROLE,
  },
  'policy/not-yet': {
    meaning:
      'The document uses a part of the policy language that this version of mcpgw does not support. It is refused, since ' +
      'ignoring it would enforce less than the file says.',
    remedy: 'Remove it, or use a version that supports it.',
    wrong: ROLE.replace('Role', 'Approval'),
    right: ROLE,
  },
  'policy/unknown-key': {
    meaning:
      'A mapping has a key that its schema does not know. A misspelt key that was ignored would be a rule that is not in ' +
      'force.',
    remedy: 'Correct the key, or remove it. `mcpgw schema KIND` prints what may stand where.',
    wrong: TEAM.replace('users', 'usrs'),
    right: TEAM,
  },
  'policy/missing-key': {
    meaning: 'A mapping lacks a key that it needs, by itself or because of another key beside it.',
    remedy: 'Add the key.',
    wrong: ROBOT.replace('expires: 2027-03-31\n', ''),
    right: ROBOT,
  },
  'policy/choose-one': {
    meaning: 'Of several keys exactly one must be written, since each says something that the others would contradict.',
    remedy: 'Keep the one that is meant, or add one if there is none.',
    wrong: SERVER.replace('owners', 'stdio: tickets\nowners'),
    right: SERVER,
  },
  'policy/wrong-type': {
    meaning:
      'A value is not of the type that its field has: a list where a text should be, a number where a list should be. A ' +
      'field for a text takes no number or boolean either, because `on`, `1.10` or `0123` would be kept as something else.',
    remedy: 'Write the value as the field asks for it; quote a text that looks like a number or a boolean.',
    wrong: GRANT.replace('teams: [support]', 'teams: support'),
    right: GRANT,
  },
  'policy/unknown-value': {
    meaning: 'A field has only certain values, and this is none of them.',
    remedy: 'Choose one of those that the message lists.',
    wrong: `kind: Allowlist
name: ticket-reader
allow:
  - { server: tickets, effects: [raed] }
`,
    right: `kind: Allowlist
name: ticket-reader
allow:
  - { server: tickets, effects: [read] }
`,
  },
  'policy/repeated-value': {
    meaning: 'A list has an item twice. The second one says nothing, and perhaps another was meant.',
    remedy: 'Remove or correct one of them.',
    wrong: GRANT.replace('[support]', '[support, support]'),
    right: GRANT,
  },
  'policy/empty': {
    meaning:
      'A value is empty where something must be said. Often a `#` after a space made a comment of what should have been ' +
      'the value.',
    remedy: 'Write the value, quoted if it begins with `#`; or remove the key. A mapping that may be empty is `{}`.',
    wrong: `${GRANT}reason: #1412\n`,
    right: `${GRANT}reason: '#1412'\n`,
  },
  'policy/out-of-range': {
    meaning: 'A number or a text exceeds the bounds of its field.',
    remedy: 'Write a value within the bounds that the message names.',
    wrong: `${WORKSPACE}defaults: { maxTools: 0 }\n`,
    right: `${WORKSPACE}defaults: { maxTools: 40 }\n`,
  },
  'policy/bad-name': {
    meaning:
      'Names are written in URLs, exposed tool names and audit records, so all have one form: a letter, then letters, ' +
      'digits and dashes, all lower case, at most 40 characters.',
    remedy: 'Change the name, and every reference to it.',
    wrong: TEAM.replace('name: support', 'name: Support_Team'),
    right: TEAM,
  },
  'policy/bad-text': {
    meaning:
      'A text does not have the form that its field asks for, for example an address, a hash or assignment/tool.',
    remedy: 'Write it as the message shows.',
    wrong: TEAM.replace('ana@acme.dev', 'ana'),
    right: TEAM,
  },
  'policy/bad-date': {
    meaning:
      'A text is not a date of the calendar, or not a time. Dates are year, month and day and last to the end of the day, ' +
      'UTC; times are written in UTC.',
    remedy: 'Write `2027-03-31`, or `2026-11-20T10:00:00Z`.',
    wrong: ROBOT.replace('2027-03-31', '2027-02-30'),
    right: ROBOT.replace('2027-03-31', '2027-02-28'),
  },
  'policy/bad-url': {
    meaning:
      'A text is not an absolute http or https URL. Credentials in a URL are refused: secrets are named in policies, and ' +
      'never written there.',
    remedy: 'Write the whole URL, with its scheme and without credentials.',
    wrong: SERVER.replace('https://tickets.acme.dev', 'tickets.acme.dev'),
    right: SERVER,
  },
  'policy/no-workspace': {
    meaning:
      'Every policy folder has exactly one Workspace: it says under which URL gateways answer, who identifies people and ' +
      'robots, and which environments there are.',
    remedy: 'Write one; `mcpgw init` writes one to begin with.',
    wrong: { 'workspace.yaml': `kind: Client\nname: desktop\nids: [https://claude.ai/oauth/desktop]\n` },
    right: { 'workspace.yaml': WORKSPACE },
  },
  'policy/two-workspaces': {
    meaning: 'A policy folder has more than one Workspace, so it is not clear which of them is in force.',
    remedy: 'Keep one. Different settings for staging and production are environments of one Workspace.',
    wrong: `${WORKSPACE}---\n${WORKSPACE.replace('name: acme', 'name: acme-staging')}`,
    right: WORKSPACE,
  },
  'policy/duplicate-name': {
    meaning:
      'Two documents of a kind have the same name in the same environment. References and audit records name documents, ' +
      'so a name means one thing.',
    remedy: 'Rename one of them, or give them environments that do not overlap.',
    wrong: `${TEAM}---\n${TEAM.replace('ana', 'bob')}`,
    right: `${TEAM}---\n${TEAM.replace('name: support', 'name: backup').replace('ana', 'bob')}`,
  },
};
