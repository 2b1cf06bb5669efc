export type Severity = 'error' | 'warning';

export interface DiagnosticInfo {
  readonly severity: Severity;
  /** What went wrong, as the list of all codes explains it. */
  readonly summary: string;
}

/**
 * Every diagnostic the compiler can report, by phase. A code, once released, keeps its meaning for ever.
 * An area is a phase or a subject: `yaml` and `policy` are text and form, `link` is names and what they refer to.
 */
export const DIAGNOSTICS = {
  'yaml/syntax': { severity: 'error', summary: 'The text is not YAML.' },
  'yaml/tab': { severity: 'error', summary: 'A line is indented with a tab.' },
  'yaml/invisible-character': { severity: 'error', summary: 'The file holds a character that a reviewer cannot see.' },
  'yaml/duplicate-key': { severity: 'error', summary: 'A mapping has the same key twice.' },
  'yaml/bad-key': { severity: 'error', summary: 'The key of a mapping is not a text.' },
  'yaml/anchor': { severity: 'error', summary: 'YAML anchors are not part of the policy language.' },
  'yaml/alias': { severity: 'error', summary: 'YAML aliases are not part of the policy language.' },
  'yaml/merge-key': { severity: 'error', summary: 'YAML merge keys are not part of the policy language.' },
  'yaml/tag': { severity: 'error', summary: 'YAML tags are not part of the policy language.' },
  'yaml/directive': { severity: 'error', summary: 'YAML directives are not part of the policy language.' },
  'yaml/empty-document': { severity: 'error', summary: 'There is nothing where a document should be.' },
  'yaml/inexact-number': { severity: 'error', summary: 'A number would not keep its value.' },
  'yaml/too-large': { severity: 'error', summary: 'A file or a document exceeds a bound of the compiler.' },

  'policy/missing-kind': { severity: 'error', summary: 'A document does not say what it is.' },
  'policy/unknown-kind': { severity: 'error', summary: 'A document is of a kind that does not exist.' },
  'policy/not-yet': { severity: 'error', summary: 'A part of the language that this version does not support.' },
  'policy/unknown-key': { severity: 'error', summary: 'A mapping has a key that is not in the schema.' },
  'policy/missing-key': { severity: 'error', summary: 'A mapping lacks a key that the schema requires.' },
  'policy/choose-one': { severity: 'error', summary: 'A mapping has none or several of keys that exclude each other.' },
  'policy/wrong-type': { severity: 'error', summary: 'A value is not of the type that its field has.' },
  'policy/unknown-value': { severity: 'error', summary: 'A value is not among those that its field can have.' },
  'policy/repeated-value': { severity: 'error', summary: 'A list has the same item twice.' },
  'policy/empty': { severity: 'error', summary: 'A value is empty where something must be said.' },
  'policy/out-of-range': { severity: 'error', summary: 'A number or a text exceeds the bounds of its field.' },
  'policy/bad-name': { severity: 'error', summary: 'A name does not have the form of names.' },
  'policy/bad-text': { severity: 'error', summary: 'A text does not have the form that its field asks for.' },
  'policy/bad-date': { severity: 'error', summary: 'A text is not a date of the calendar, or not a time.' },
  'policy/bad-url': { severity: 'error', summary: 'A text is not an absolute http or https URL.' },
  'policy/no-workspace': { severity: 'error', summary: 'There is no Workspace.' },
  'policy/two-workspaces': { severity: 'error', summary: 'There is more than one Workspace.' },
  'policy/duplicate-name': { severity: 'error', summary: 'Two documents of a kind share a name and an environment.' },

  'catalog/missing-lock': { severity: 'error', summary: "A Server's lock file does not exist." },
  'catalog/bad-lock': { severity: 'error', summary: 'A lock file does not have the form of lock files.' },
  'catalog/wrong-server': { severity: 'error', summary: 'A lock file belongs to another Server.' },
  'catalog/stale-digest': { severity: 'error', summary: 'A definition in a lock file does not match its digest.' },
  'catalog/unusable-tool': { severity: 'warning', summary: 'A tool is defined in a way that nobody can call it.' },
  'catalog/unreadable-text': { severity: 'warning', summary: 'A definition holds characters that nobody sees.' },

  'link/unknown-environment': { severity: 'error', summary: 'An environment is not one of the Workspace.' },
  'link/unknown-reference': { severity: 'error', summary: 'A name refers to nothing.' },
  'link/unknown-definition': { severity: 'error', summary: 'A prompt or resource template is not in the catalog.' },
  'link/pending': { severity: 'error', summary: 'A definition that nobody has reviewed is named.' },
  'link/unknown-tool': { severity: 'error', summary: 'A tool or prompt is not in the catalog.' },
  'link/empty-glob': { severity: 'error', summary: 'A pattern matches nothing in the catalog.' },
  'link/empty-match': { severity: 'error', summary: 'A selector matches nothing.' },
  'link/unknown-assignment': { severity: 'error', summary: 'A gateway has no assignment of this name.' },
  'link/assignment-name': { severity: 'error', summary: "An assignment has a Server's name and assigns another." },
  'link/unknown-identity': { severity: 'error', summary: 'A Server has no identity of this name.' },
  'link/identity-needed': { severity: 'error', summary: 'An assignment does not choose among several identities.' },
  'link/unknown-issuer': { severity: 'error', summary: 'No issuer of this name speaks for robots.' },
  'link/secret-shared': { severity: 'error', summary: 'Two Servers use the same secret.' },
  'link/prefix-needed': { severity: 'error', summary: "An assignment's name is too long to be a prefix." },
  'link/exposed-name': { severity: 'error', summary: 'A tool would be exposed under a name that clients refuse.' },
  'link/exposed-collision': { severity: 'error', summary: 'Two tools of a gateway would be exposed under one name.' },
  'link/effect-missing': { severity: 'error', summary: 'An accepted tool has no effect.' },
  'link/effect-twice': { severity: 'error', summary: 'A tool has two effects.' },
  'link/effect-unknown': { severity: 'error', summary: 'An effect is given to a tool that the lock does not have.' },
  'link/tag-unknown': { severity: 'error', summary: 'A tag is given to a tool that the lock does not have.' },
  'link/client-unverified': { severity: 'error', summary: '`only` names a client without verified ids.' },
  'link/role-twice': { severity: 'error', summary: 'A person holds two roles.' },

  'identity/bad-group': { severity: 'error', summary: 'A group does not say which issuer it is of.' },
  'identity/key-twice': { severity: 'error', summary: 'Two robot keys have the same id.' },
  'identity/no-token': { severity: 'error', summary: 'A robot without tokens is granted what needs one.' },
  'identity/bad-user': { severity: 'error', summary: 'No issuer can identify a user as written.' },

  'uri/not-normal': { severity: 'error', summary: 'A resource URI is not in the normal form of RFC 3986.' },

  'content/bad-pattern': { severity: 'error', summary: 'A regular expression is not RE2 syntax.' },
  'content/empty-match': { severity: 'error', summary: 'A regular expression matches the empty text.' },
  'content/example-missing': {
    severity: 'error',
    summary: 'A rule lacks an example of what it finds or leaves alone.',
  },
  'content/example-failed': { severity: 'error', summary: 'A rule does something else to its own example.' },

  'cel/comment': { severity: 'error', summary: 'A comment follows a condition that is not quoted.' },
  'cel/syntax': { severity: 'error', summary: 'A condition is not CEL.' },
  'cel/bad-literal': { severity: 'error', summary: 'A number or a text in a condition is not one of CEL.' },
  'cel/reserved-word': { severity: 'error', summary: 'A condition uses a word that CEL keeps for itself.' },
  'cel/bad-macro': { severity: 'error', summary: 'A macro of CEL is not written as it must be.' },
  'cel/unsupported': { severity: 'error', summary: 'A condition uses a part of CEL that conditions do not have.' },
  'cel/too-large': { severity: 'error', summary: 'A condition is longer than the compiler reads.' },
  'cel/too-deep': { severity: 'error', summary: 'A condition is nested deeper than the compiler reads.' },
  'cel/unknown-variable': { severity: 'error', summary: 'A condition reads a variable that does not exist.' },
  'cel/unknown-field': { severity: 'error', summary: 'A condition reads a member that its record does not have.' },
  'cel/unknown-function': { severity: 'error', summary: 'A condition calls a function that does not exist.' },
  'cel/wrong-type': { severity: 'error', summary: 'A part of a condition is not of the type that is needed there.' },
  'cel/no-overload': { severity: 'error', summary: 'A function or operator does not take values of these types.' },
  'cel/optional-field': { severity: 'error', summary: 'A member that may be absent is read without asking `has`.' },
  'cel/nullable': { severity: 'error', summary: 'A value that may be null is used without asking.' },
  'cel/dyn': { severity: 'error', summary: 'A value without a known type is used without writing `dyn`.' },
  'cel/not-bool': { severity: 'error', summary: 'A condition is neither true nor false.' },
  'cel/bad-pattern': { severity: 'error', summary: 'The pattern of `matches` is not RE2 syntax.' },
  'cel/dynamic-pattern': { severity: 'error', summary: 'The pattern of `matches` is not a literal.' },

  'invariant/violated': { severity: 'error', summary: 'Somebody can do what an Invariant rules out.' },

  'dead/no-teams': { severity: 'warning', summary: 'There is no Team, so nobody can be granted anything.' },
  'dead/team': { severity: 'warning', summary: 'A Team is granted nothing and owns nothing.' },
  'dead/robot': { severity: 'warning', summary: 'A Robot is granted nothing.' },
  'dead/client': { severity: 'warning', summary: 'Nothing names a Client.' },
  'dead/gateway': { severity: 'warning', summary: 'Nobody is granted anything in a Gateway.' },
  'dead/allowlist': { severity: 'warning', summary: 'No Grant uses an Allowlist.' },
  'dead/entry': { severity: 'warning', summary: 'An entry of an Allowlist has no effect where the Allowlist is used.' },
  'dead/grant': { severity: 'warning', summary: 'Other grants give everything that a Grant gives.' },
  'dead/condition': { severity: 'warning', summary: 'A condition always says the same.' },
  'dead/guard': { severity: 'warning', summary: 'A Guard can never deny anything.' },
  'dead/rule': { severity: 'warning', summary: 'A RedactionRule or a Limit is about nothing that anybody can reach.' },
  'dead/never-allowed': { severity: 'warning', summary: 'A tool is listed for somebody and can never be called.' },

  'lint/many-tools': { severity: 'warning', summary: 'A gateway exposes more tools than models handle well.' },
  'lint/long-name': { severity: 'warning', summary: 'The name of a tool is longer than some clients accept.' },
  'lint/bare-star': { severity: 'warning', summary: 'A bare `*` grants tools that do more than read.' },
  'lint/robots-left-out': { severity: 'warning', summary: 'A Guard on destructive tools leaves out robots.' },
  'lint/literal-secret': { severity: 'warning', summary: 'A policy file holds what looks like a secret.' },
  'lint/expires-soon': { severity: 'warning', summary: 'A robot or its key expires within 30 days.' },
  'lint/expired': { severity: 'warning', summary: 'A robot, a key or a grant has expired.' },
  'lint/unused-claim': { severity: 'warning', summary: 'No condition reads a claim of the Workspace.' },
  'lint/disabled-owner': { severity: 'warning', summary: "A robot's owner is disabled, and so is the robot." },
} as const satisfies Record<string, DiagnosticInfo>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;
