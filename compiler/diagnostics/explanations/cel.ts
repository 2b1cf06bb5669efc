import { GATEWAY, WIKI, wikiLock } from './example-documents.ts';
import type { Example, Explanations } from './explanation.ts';

/** An Allowlist with this condition on closing tickets, whose only argument is the whole number `id`. */
function closing(condition: string): Example {
  return allowing('tools: [close_ticket]', condition);
}

/** On listing tickets, whose only argument is the text `state`, which may be absent. */
function listing(condition: string): Example {
  return allowing('tools: [list_tickets]', condition);
}

function allowing(tools: string, condition: string): Example {
  return `kind: Allowlist
name: ticket-reader
allow:
  - server: tickets
    ${tools}
    when: ${condition}
`;
}

/** On reading a page, whose only argument is `title`. */
function reading(title: object, condition: string): Example {
  const inputSchema = { properties: { title }, required: ['title'], type: 'object' };
  return {
    'allowlist.yaml': `kind: Allowlist
name: ticket-reader
allow:
  - server: wiki
    tools: [read_page]
    when: ${condition}
`,
    'gateway.yaml': GATEWAY.replace('clients', '  wiki: {}\nclients'),
    'wiki.yaml': WIKI,
    'wiki.lock.json': wikiLock({ inputSchema }),
  };
}

const NULLABLE = { type: ['string', 'null'] };
const ANYTHING = {};
const LONG = Array.from({ length: 2_000 }, (_, at) => at).join(', ');
const DEEP = `${'('.repeat(80)}args.id${')'.repeat(80)}`;

export const CEL_EXPLANATIONS: Explanations<'cel'> = {
  'cel/syntax': {
    meaning: 'The text of a condition is not an expression of CEL, the Common Expression Language.',
    remedy: 'Mend it at the caret. Texts stand in double or single quotes, `==` compares, `&&` and `||` combine.',
    wrong: closing("'args.id > 0 and args.id < 1000'"),
    right: closing("'args.id > 0 && args.id < 1000'"),
  },
  'cel/bad-literal': {
    meaning: 'A number or a text in a condition is not written as CEL writes it, or is too large to be kept.',
    remedy:
      'Correct the literal. In a text a backslash begins an escape; write two for one, or put `r` before the quote.',
    wrong: closing("'args.id < 99999999999999999999'"),
    right: closing("'args.id < 9999999999'"),
  },
  'cel/comment': {
    meaning:
      'YAML takes a `#` after a space for a comment, so only what stands before it is the condition. Whether the rest was ' +
      'meant to be a part of it, nobody can tell.',
    remedy: 'Quote the condition, or put the comment on a line of its own. `mcpgw fmt` quotes every condition.',
    wrong: closing('args.id > 0 # && args.id < 100'),
    right: closing("'args.id > 0' # of the first hundred thousand"),
  },
  'cel/reserved-word': {
    meaning:
      'A word that CEL keeps for itself is used as a name: `in`, `null`, `true`, `false`, `if`, `for`, `while` and others.',
    remedy: 'Write a member of that name as `args["for"]`.',
    wrong: closing("'args.id > 0 || while'"),
    right: closing("'args.id > 0'"),
  },
  'cel/bad-macro': {
    meaning: 'A macro such as `has`, `all`, `exists` or `map` is not written as it must be.',
    remedy: '`has(args.x)` takes a member; `list.all(x, …)` takes a new name and an expression.',
    wrong: listing("'has(state)'"),
    right: listing("'has(args.state)'"),
  },
  'cel/unsupported': {
    meaning: 'CEL has this, but conditions do not: what it would do depends on something that policies do not have.',
    remedy: 'Write the condition without it.',
    wrong: closing("'google.Message{id: args.id}.id > 0'"),
    right: closing("'args.id > 0'"),
  },
  'cel/too-large': {
    meaning: 'A condition is longer than the compiler reads.',
    remedy: 'Split it: a tool may be allowed by several entries, each with its own condition.',
    wrong: closing(`'args.id in [${LONG}]'`),
    right: closing("'args.id < 2000'"),
  },
  'cel/too-deep': {
    meaning: 'A condition is nested deeper than the compiler reads.',
    remedy: 'Simplify it.',
    wrong: closing(`'${DEEP} > 0'`),
    right: closing("'args.id > 0'"),
  },
  'cel/unknown-variable': {
    meaning:
      'A condition reads a variable that does not exist. There are `args`, `claims`, `principal`, `client`, `now`, `tool` ' +
      'and `gateway`.',
    remedy: 'Correct the name. Arguments are members of `args`.',
    wrong: closing("'id > 0'"),
    right: closing("'args.id > 0'"),
  },
  'cel/unknown-field': {
    meaning:
      'A condition reads a member that is not there: an argument that the tool does not declare, a claim that the ' +
      'Workspace does not list. Such a condition could never hold.',
    remedy:
      'Correct the name; or bring the lock up to date with `mcpgw catalog sync`, or add the claim to the Workspace.',
    wrong: closing("'args.ids > 0'"),
    right: closing("'args.id > 0'"),
  },
  'cel/unknown-function': {
    meaning: 'A condition calls a function that does not exist.',
    remedy: 'Correct the name.',
    wrong: listing("'has(args.state) && args.state.lenght() > 0'"),
    right: listing("'has(args.state) && args.state.size() > 0'"),
  },
  'cel/wrong-type': {
    meaning: 'A part of a condition has another type than is needed where it stands.',
    remedy: 'Correct it, or convert it with `int(…)`, `string(…)` and the like.',
    wrong: closing("'args.id && true'"),
    right: closing("'args.id > 0 && true'"),
  },
  'cel/no-overload': {
    meaning:
      'A function or operator does not take values of these types. Types are known from the schema of the tool, so what ' +
      'would fail in every call is said here.',
    remedy: 'Compare like with like, or convert one of them.',
    wrong: closing(`'args.id == "7"'`),
    right: closing("'args.id == 7'"),
  },
  'cel/optional-field': {
    meaning:
      'A member that a call may leave out is read without asking whether it is there. A condition that fails grants ' +
      'nothing, and a guard that fails denies.',
    remedy: 'Ask first: `has(args.x) && …`, or `!has(args.x) || …` if absence is fine.',
    wrong: listing(`'args.state == "open"'`),
    right: listing(`'has(args.state) && args.state == "open"'`),
  },
  'cel/nullable': {
    meaning: 'A value that may be null is used as if it could not.',
    remedy: 'Ask first: `args.x != null && …`.',
    wrong: reading(NULLABLE, "'args.title.size() < 200'"),
    right: reading(NULLABLE, "'args.title != null && args.title.size() < 200'"),
  },
  'cel/dyn': {
    meaning:
      'The schema does not say what type a value has, so the condition cannot be checked before it is in force. Writing ' +
      '`dyn` says that this is known; where the value is of another type at run time, the condition fails.',
    remedy: 'Write `dyn(args.x)`.',
    wrong: reading(ANYTHING, `'args.title == "on-call"'`),
    right: reading(ANYTHING, `'dyn(args.title) == "on-call"'`),
  },
  'cel/not-bool': {
    meaning: 'A condition is an expression that is true or false; this one is something else.',
    remedy: 'Compare its value with something.',
    wrong: closing('args.id'),
    right: closing("'args.id > 0'"),
  },
  'cel/bad-pattern': {
    meaning: 'The pattern of `matches` is not a regular expression in RE2 syntax.',
    remedy: 'Write it without look-ahead, look-behind and back-references.',
    wrong: listing(`'has(args.state) && args.state.matches("(?=o)open")'`),
    right: listing(`'has(args.state) && args.state.matches("^open$")'`),
  },
  'cel/dynamic-pattern': {
    meaning: 'The pattern of `matches` is computed. Patterns are compiled with the policy, so they must be literal.',
    remedy: 'Write the pattern as a text; or use `startsWith`, `endsWith` or `contains`.',
    wrong: listing(`'has(args.state) && "open".matches(args.state)'`),
    right: listing(`'has(args.state) && "open".startsWith(args.state)'`),
  },
};
