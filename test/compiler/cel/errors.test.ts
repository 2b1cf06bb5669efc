import { expect, test } from 'vitest';
import { compileCondition, conditionEnvironment, type CelProblem } from '../../../compiler/cel/index.ts';
import { DIAGNOSTICS } from '../../../compiler/diagnostics/registry.ts';
import { writeMarks } from './marked.ts';
import { ENVIRONMENT, SUBJECT } from './refund.ts';

/** What is wrong with a condition: where, marked in its text, and for each place the code, the message, and the remedy. */
type Row = readonly [marked: string, ...problems: (readonly [code: string, message: string, help: string])[]];

const SYNTAX: readonly Row[] = [
  ['args.amount «=» 5', ['cel/syntax', '`=` is not an operator', 'did you mean `==`?']],
  ['args.amount «===» 5', ['cel/syntax', '`===` is not an operator', 'did you mean `==`?']],
  ['args.amount «<>» 5', ['cel/syntax', '`<>` is not an operator', 'did you mean `!=`?']],
  ['args.amount «=>» 5', ['cel/syntax', '`=>` is not an operator', 'did you mean `>=`?']],
  ['args.currency «=~» "x"', ['cel/syntax', '`=~` is not an operator', 'write `text.matches("pattern")`']],
  ['claims.mfa «&» claims.mfa', ['cel/syntax', '`&` is not an operator', 'did you mean `&&`?']],
  ['claims.mfa «|» claims.mfa', ['cel/syntax', '`|` is not an operator', 'did you mean `||`?']],
  ['claims.mfa «and» claims.mfa', ['cel/syntax', '`and` is not an operator', 'did you mean `&&`?']],
  ['claims.mfa «OR» claims.mfa', ['cel/syntax', '`OR` is not an operator', 'did you mean `||`?']],
  ['«not» claims.mfa', ['cel/syntax', '`not` is not an operator', 'did you mean `!`?']],
  ['args.amount «not» in [1]', ['cel/syntax', 'expected an operator before `not`', 'write `!(value in list)`']],
  [
    'args.currency «contains» "x"',
    ['cel/syntax', 'expected an operator before `contains`', 'a method is called as `value.contains(…)`'],
  ],
  [
    'args.amount > 5 &&«»',
    ['cel/syntax', 'the expression ends too early', 'write the value that is missing, or take away what asks for it'],
  ],
  [
    '«»',
    ['cel/syntax', 'the expression ends too early', 'write the value that is missing, or take away what asks for it'],
  ],
  ['«(»args.amount > 5', ['cel/syntax', '`(` is opened and never closed', 'close it with `)`']],
  ['args.amount in «[»1, 2', ['cel/syntax', '`[` is opened and never closed', 'close it with `]`']],
  ['args.amount > 5«)»', ['cel/syntax', '`)` closes nothing', 'take it away, or open it where it should begin']],
  ['args.amount in [1, 2«)»', ['cel/syntax', 'expected `,` or `]` before `)`', 'close it with `]`']],
  ['args.tags.all(t «t» == "x")', ['cel/syntax', 'expected `,` or `)` before `t`', 'put a comma between two items']],
  ['{"a": 1, "b"«}» == {}', ['cel/syntax', 'expected `:`, not `}`', 'write `{key: value}`']],
  ['claims.mfa ? true«»', ['cel/syntax', 'expected `:`, not the end', 'write `condition ? value : other`']],
  [
    'claims.mfa ? claims.mfa «?» true : false : true',
    ['cel/syntax', 'a choice inside of a choice needs parentheses', 'write `a ? (b ? c : d) : e`'],
  ],
  ['args.«true» == 1', ['cel/syntax', 'expected the name of a member, not `true`', 'write `["true"]`']],
  ['args.«"x"» == 1', ['cel/syntax', 'expected the name of a member, not the text `x`', 'write `["x"]`']],
  ['args.amount > 1«;» true', ['cel/syntax', '`;` has no meaning here', 'a condition is one expression']],
  ['args.amount «#» 3', ['cel/syntax', '`#` has no meaning here', 'a comment begins with `//`']],
  [
    '«café» == 1',
    [
      'cel/syntax',
      '`café` is not a name: letters a to z, digits and `_`',
      'a member that is no such name is written `args["a-name"]`',
    ],
  ],
  [
    'args.amount > «$x»',
    [
      'cel/syntax',
      '`$x` is not a name: letters a to z, digits and `_`',
      'a member that is no such name is written `args["a-name"]`',
    ],
  ],
  [
    '«“»x«”» == args.currency',
    ['cel/syntax', '`“` has no meaning here', 'texts stand in straight quotes: `"` or `\'`'],
    ['cel/syntax', '`”` has no meaning here', 'texts stand in straight quotes: `"` or `\'`'],
  ],
  ['«`a b`» == 1', ['cel/syntax', 'backticks are for the names of members', 'write `args["a b"]`']],
  [
    'args.amount «=» 5 && claims.mfa «and» args.«amuont» > 1',
    ['cel/syntax', '`=` is not an operator', 'did you mean `==`?'],
    ['cel/syntax', '`and` is not an operator', 'did you mean `&&`?'],
    ['cel/unknown-field', '`amuont` is not an argument of stripe/create_refund', 'did you mean `amount`?'],
  ],
];

const LITERALS: readonly Row[] = [
  [
    'args.currency == «"abc»',
    ['cel/bad-literal', 'a text is opened and never closed', 'close it with the quote that opens it'],
  ],
  [
    '"«\\d»" == "x"',
    ['cel/bad-literal', 'CEL has no escape `\\d`', 'for a backslash write `\\\\`, or a raw text: `r"…"`'],
  ],
  [
    '"«\\q»«\\w»" == "x"',
    ['cel/bad-literal', 'CEL has no escape `\\q`', 'for a backslash write `\\\\`, or a raw text: `r"…"`'],
    ['cel/bad-literal', 'CEL has no escape `\\w`', 'for a backslash write `\\\\`, or a raw text: `r"…"`'],
  ],
  [
    '"«\\u»12" == "x"',
    ['cel/bad-literal', '`\\u` needs four hexadecimal digits', 'write all digits, or `\\\\` for a backslash'],
  ],
  [
    '"«\\U»0001" == "x"',
    ['cel/bad-literal', '`\\U` needs eight hexadecimal digits', 'write all digits, or `\\\\` for a backslash'],
  ],
  [
    '"«\\x»g" == "x"',
    ['cel/bad-literal', '`\\x` needs two hexadecimal digits', 'write all digits, or `\\\\` for a backslash'],
  ],
  [
    '"«\\4»00" == "x"',
    ['cel/bad-literal', '`\\4` needs three octal digits up to 377', 'write all digits, or `\\\\` for a backslash'],
  ],
  [
    '"«\\ud800»" == "x"',
    ['cel/bad-literal', '`\\ud800` is not a character of Unicode', 'the last one is `\\U0010ffff`'],
  ],
  [
    '"«\\U00110000»" == "x"',
    ['cel/bad-literal', '`\\U00110000` is not a character of Unicode', 'the last one is `\\U0010ffff`'],
  ],
  [
    'b"«\\u0041»" == b"A"',
    ['cel/bad-literal', '`\\u0041` is a character, not a byte', 'write each byte as \\x00 to \\xff'],
  ],
  [
    'args.amount < «9223372036854775808»',
    [
      'cel/bad-literal',
      '9223372036854775808 does not fit in 64 bits',
      'an int is at most 9223372036854775807, a uint `18446744073709551615u`',
    ],
  ],
  [
    'args.amount < -«9223372036854775809»',
    [
      'cel/bad-literal',
      '9223372036854775809 does not fit in 64 bits',
      'an int is at most 9223372036854775807, a uint `18446744073709551615u`',
    ],
  ],
  [
    'args.amount < «18446744073709551616u»',
    [
      'cel/bad-literal',
      '18446744073709551616u does not fit in 64 bits',
      'an int is at most 9223372036854775807, a uint `18446744073709551615u`',
    ],
  ],
  [
    'args.ratio < «1e999»',
    ['cel/bad-literal', '1e999 is larger than any double', 'the largest is 1.7976931348623157e308'],
  ],
  ['args.amount < «5kg»', ['cel/bad-literal', '`5kg` is not a number', 'put a space or an operator behind the number']],
  ['args.amount < «0x»', ['cel/bad-literal', '`0x` is not a number', 'put a space or an operator behind the number']],
];

const FORM: readonly Row[] = [
  ['«var» == 1', ['cel/reserved-word', '`var` is a word that CEL keeps for itself', 'choose another name']],
  [
    'args.tags.all(«package», true)',
    ['cel/reserved-word', '`package` is a word that CEL keeps for itself', 'choose another name'],
  ],
  ['has(«args»)', ['cel/bad-macro', '`has` asks for one member', 'write `has(args.name)`']],
  ['«has»(args.note, args.note)', ['cel/bad-macro', '`has` asks for one member', 'write `has(args.name)`']],
  [
    'args.tags.«all»(x)',
    ['cel/bad-macro', '`all` takes a variable and what is asked of it', 'write `list.all(x, condition)`'],
  ],
  [
    'args.tags.exists(«"x"», true)',
    [
      'cel/bad-macro',
      'the variable of `exists` must be a name of your choice, like `x`',
      'write `list.exists(x, condition)`',
    ],
  ],
  [
    'args.tags.all(i, «i», true)',
    ['cel/bad-macro', 'the variable of `all` must be another name', 'write `list.all(x, condition)`'],
  ],
  ['«Refund»{amount: 1} == null', ['cel/unsupported', 'conditions make no messages', 'write a map: `{"name": value}`']],
  ['args.«?»amount == 1', ['cel/unsupported', 'conditions have no optional values', 'ask `has(…)` first']],
  ['args.tags[«?»0] == "x"', ['cel/unsupported', 'conditions have no optional values', 'ask `has(…)` first']],
];

const NAMES: readonly Row[] = [
  ['«amount» > 5', ['cel/unknown-variable', 'there is no variable `amount`', 'did you mean `args.amount`?']],
  ['«arg».amount > 5', ['cel/unknown-variable', 'there is no variable `arg`', 'did you mean `args`?']],
  ['«amuont» > 5', ['cel/unknown-variable', 'there is no variable `amuont`', 'did you mean `args.amount`?']],
  ['«mfa»', ['cel/unknown-variable', 'there is no variable `mfa`', 'did you mean `claims.mfa`?']],
  [
    '«request».tool.name == "x"',
    [
      'cel/unknown-variable',
      'there is no variable `request`',
      'there are `args`, `claims`, `principal`, `client`, `now`, `tool` and `gateway`',
    ],
  ],
  [
    'args.tags.all(t, «x» == t)',
    [
      'cel/unknown-variable',
      'there is no variable `x`',
      'there are `t`, `args`, `claims`, `principal`, `client`, `now`, `tool` and `gateway`',
    ],
  ],
  [
    'args.«amuont» <= 50000 && args.currency in ["usd", "eur"]',
    ['cel/unknown-field', '`amuont` is not an argument of stripe/create_refund', 'did you mean `amount`?'],
  ],
  [
    'args[«"repo-nam"»] == "x"',
    ['cel/unknown-field', '`repo-nam` is not an argument of stripe/create_refund', 'did you mean `repo-name`?'],
  ],
  ['claims.«mfaa»', ['cel/unknown-field', '`mfaa` is not a claim of the workspace', 'did you mean `mfa`?']],
  [
    'principal.«name» == "x"',
    ['cel/unknown-field', '`name` is not a member of `principal`', 'there are `id`, `kind` and `email`'],
  ],
  ['tool.«efect» == "read"', ['cel/unknown-field', '`efect` is not a member of `tool`', 'did you mean `effect`?']],
  [
    'args.items.all(i, i.«skuu» == "x")',
    [
      'cel/unknown-field',
      '`skuu` is not a member of "items", an argument of stripe/create_refund',
      'did you mean `sku`?',
    ],
  ],
  ['«len»(args.tags) > 3', ['cel/unknown-function', 'there is no function `len`', 'did you mean `size`?']],
  [
    'args.currency.«startswith»("u")',
    ['cel/unknown-function', 'there is no method `startswith`', 'did you mean `startsWith`?'],
  ],
  [
    'args.currency.«toLowerCase»() == "x"',
    ['cel/unknown-function', 'there is no method `toLowerCase`', 'did you mean `lowerAscii`?'],
  ],
  ['args.tags.«any»(t, t == "x")', ['cel/unknown-function', 'there is no method `any`', 'did you mean `exists`?']],
  [
    '«startsWith»(args.currency, "u")',
    ['cel/unknown-function', '`startsWith` is a method, not a function', 'write `value.startsWith(…)`'],
  ],
  ['args.currency.«int»() == 1', ['cel/unknown-function', '`int` is a function, not a method', 'write `int(value)`']],
];

const TYPES: readonly Row[] = [
  [
    '«args.amount».startsWith("x")',
    ['cel/wrong-type', '`startsWith` needs string here, not int', 'write `string(…)` around it'],
  ],
  [
    '«args.tags».contains("x")',
    ['cel/wrong-type', '`contains` needs string here, not list(string)', 'write `value in list`'],
  ],
  [
    'args.currency.startsWith(«1»)',
    ['cel/wrong-type', '`startsWith` needs string here, not int', 'write `string(…)` around it'],
  ],
  ['claims.mfa && «args.amount»', ['cel/wrong-type', '`&&` needs bool here, not int', 'compare it: `… == value`']],
  ['!«args.amount»', ['cel/wrong-type', '`!` needs bool here, not int', 'compare it: `… == value`']],
  ['«args.amount» ? true : false', ['cel/wrong-type', '`?` needs bool here, not int', 'compare it: `… == value`']],
  [
    '(claims.mfa ? 1 : «"a"») == 1',
    ['cel/wrong-type', 'this value is string, the other one int', 'write `dyn(…)` around a value to mix types'],
  ],
  [
    'args.amount in [1, «"2"», 3]',
    [
      'cel/wrong-type',
      'this item of the list is string, those before are int',
      'write `dyn(…)` around a value to mix types',
    ],
  ],
  [
    '{1: true, «"a"»: true}[1]',
    [
      'cel/wrong-type',
      'this key of the map is string, those before are int',
      'write `dyn(…)` around a value to mix types',
    ],
  ],
  [
    '«args.amount».all(t, true)',
    ['cel/wrong-type', '`all` goes over a list or a map, not int', 'write `[…]` around a single value'],
  ],
  ['args.tags.all(t, «t»)', ['cel/wrong-type', '`all` needs bool here, not string', 'compare it: `… == value`']],
  ['args.currency.«length» > 3', ['cel/wrong-type', 'string has no members', 'write `.size()`']],
  ['args.tags.«count» > 3', ['cel/wrong-type', 'list(string) has no members', 'write `.size()`']],
  [
    'args[«args.currency»] == 1',
    ['cel/wrong-type', 'the member of a record is named by a literal text', 'write `["name"]`'],
  ],
  [
    '«args.amount».matches("x")',
    ['cel/wrong-type', '`matches` needs string here, not int', 'write `string(…)` around it'],
  ],
  [
    'args.amount «+» 1.5 > 3',
    ['cel/no-overload', '`+` does not take int and double', 'write `double(…)` around the int'],
  ],
  ['args.amount «-» 1u > 3', ['cel/no-overload', '`-` does not take int and uint', 'write `int(…)` around the uint']],
  [
    'args.amount «+» "x" == "1x"',
    ['cel/no-overload', '`+` does not take int and string', 'write `string(…)` around the other value'],
  ],
  [
    'args.amount «==» "5"',
    ['cel/no-overload', '`==` does not take int and string', 'values of these types are never equal'],
  ],
  [
    'null «!=» args.amount',
    ['cel/no-overload', '`!=` does not take null and int', 'values of these types are never equal'],
  ],
  [
    'now «<» "2027-01-01T00:00:00Z"',
    ['cel/no-overload', '`<` does not take timestamp and string', 'write `timestamp("…")` around the text'],
  ],
  [
    '"amount" «in» args',
    [
      'cel/no-overload',
      '`in` does not take string and a record',
      'to ask whether a member is present, write `has(args.name)`',
    ],
  ],
  [
    '"u" «in» args.currency',
    ['cel/no-overload', '`in` does not take string and string', 'write `text.contains("part")`'],
  ],
  ['«-»args.currency == "x"', ['cel/no-overload', '`-` does not take string', 'write `-int` or `-double`']],
  [
    'args.currency.«contains»("a", "b")',
    ['cel/no-overload', '`contains` takes 1 argument, not 2', 'write `string.contains(string)`'],
  ],
  [
    'args.currency.«substring»() == ""',
    [
      'cel/no-overload',
      '`substring` takes 1 or 2 arguments, not 0',
      'write `string.substring(int)` or `string.substring(int, int)`',
    ],
  ],
  [
    'args.tags[«"x"»] == "x"',
    ['cel/no-overload', '`[]` does not take list(string) and string', 'write `list[int]` or `map[value]`'],
  ],
  ['«args.currency»', ['cel/not-bool', 'a condition is true or false, this is string', 'compare it: `… == value`']],
  ['«dyn(args.choice)»', ['cel/not-bool', 'a condition is true or false, this is dyn', 'compare it: `… == true`']],
  [
    'args.amount < args.«nope» && args.«xx» && «args.currency»',
    ['cel/unknown-field', '`nope` is not an argument of stripe/create_refund', 'did you mean `note`?'],
    [
      'cel/unknown-field',
      '`xx` is not an argument of stripe/create_refund',
      'there are `amount`, `ratio`, `currency`, `note`, `urgent`, `limit`, `repo-name`, `tags`, `labels`, `choice`, `meta`, `customer` and more',
    ],
    ['cel/wrong-type', '`&&` needs bool here, not string', 'compare it: `… == value`'],
  ],
];

const FACTS: readonly Row[] = [
  ['args.«note» == "x"', ['cel/optional-field', '`note` may be absent', 'write `has(args.note) && …`']],
  [
    'args[«"repo-name"»] == "x"',
    ['cel/optional-field', '`repo-name` may be absent', 'write `has(args["repo-name"]) && …`'],
  ],
  [
    'has(args.note) || args.«note» == "x"',
    ['cel/optional-field', '`note` may be absent', 'write `has(args.note) && …`'],
  ],
  [
    '!has(args.note) && args.«note» == "x"',
    ['cel/optional-field', '`note` may be absent', 'write `has(args.note) && …`'],
  ],
  [
    'has(args.note) ? true : args.«note» == "x"',
    ['cel/optional-field', '`note` may be absent', 'write `has(args.note) && …`'],
  ],
  [
    'args.«note» == "x" && has(args.note)',
    ['cel/optional-field', '`note` may be absent', 'write `has(args.note) && …`'],
  ],
  [
    'args.«customer».email == "x"',
    ['cel/optional-field', '`customer` may be absent', 'write `has(args.customer) && …`'],
  ],
  [
    'has(args.«customer».country)',
    ['cel/optional-field', '`customer` may be absent', 'write `has(args.customer) && …`'],
  ],
  [
    'has(args.customer) && args.customer.«country» == "de"',
    ['cel/optional-field', '`country` may be absent', 'write `has(args.customer.country) && …`'],
  ],
  ['args.items.all(i, i.«price» > 5)', ['cel/optional-field', '`price` may be absent', 'write `has(i.price) && …`']],
  [
    'args.items.filter(i, has(i.price)).all(i, i.«price» > 5)',
    ['cel/optional-field', '`price` may be absent', 'write `has(i.price) && …`'],
  ],
  [
    'args.items.all(i, has(i.price) && args.items.all(i, i.«price» > 5))',
    ['cel/optional-field', '`price` may be absent', 'write `has(i.price) && …`'],
  ],
  ['args.items.filter(i, true)[0].«price» > 5', ['cel/optional-field', '`price` may be absent', 'ask `has(…)` first']],
  ['claims.«tier» == "gold"', ['cel/optional-field', '`tier` may be absent', 'write `has(claims.tier) && …`']],
  ['«args.limit» < 5', ['cel/nullable', '`args.limit` may be null', 'write `args.limit != null && …`']],
  [
    'args.limit == null && «args.limit» < 5',
    ['cel/nullable', '`args.limit` may be null', 'write `args.limit != null && …`'],
  ],
  ['string(«args.limit») == "1"', ['cel/nullable', '`args.limit` may be null', 'write `args.limit != null && …`']],
  ['args.tags[«args.limit»] == "1"', ['cel/nullable', '`args.limit` may be null', 'write `args.limit != null && …`']],
  ['«args.choice» == "x"', ['cel/dyn', 'the schema gives `args.choice` no single type', 'write `dyn(args.choice)`']],
  [
    '[«args.choice»].size() == 1',
    ['cel/dyn', 'the schema gives `args.choice` no single type', 'write `dyn(args.choice)`'],
  ],
  [
    'has(args.meta) && «args.meta».team == "x"',
    ['cel/dyn', 'the schema gives `args.meta` no single type', 'write `dyn(args.meta)`'],
  ],
  [
    'has(args.labels) && «args.labels[0]» == "x"',
    ['cel/dyn', 'the schema gives `args.labels[0]` no single type', 'write `dyn(args.labels[0])`'],
  ],
  [
    'has(args.labels) && args.labels.exists(l, «l» == "x")',
    ['cel/dyn', 'the schema gives `l` no single type', 'write `dyn(l)`'],
  ],
  [
    'has(args.labels) && "x" in «args.labels»',
    ['cel/dyn', 'the schema gives what is in `args.labels` no single type', 'write `dyn(args.labels)`'],
  ],
  [
    'has(args.labels) && args.tags + «args.labels» == []',
    ['cel/dyn', 'the schema gives what is in `args.labels` no single type', 'write `dyn(args.labels)`'],
  ],
];

const PATTERNS: readonly Row[] = [
  [
    'args.currency.matches("«^u(»")',
    ['cel/bad-pattern', 'missing closing )', 'close it, or put a backslash before it'],
  ],
  [
    'args.currency.matches(r"\\d«(?=x)»")',
    ['cel/bad-pattern', 'invalid or unsupported Perl syntax: `(?=`', 'RE2 has no look-around and no back references'],
  ],
  [
    'args.currency.matches("\\\\d\\u0041«(?=\\x41)»")',
    ['cel/bad-pattern', 'invalid or unsupported Perl syntax: `(?=`', 'RE2 has no look-around and no back references'],
  ],
  [
    "args.currency.matches('''a«[b»''')",
    ['cel/bad-pattern', 'missing closing ]: `[b`', 'close it, or put a backslash before it'],
  ],
  [
    'args.currency.matches(«args.currency»)',
    ['cel/dynamic-pattern', 'the pattern of `matches` is a literal text', 'write it out: `r"^[a-z]+$"`'],
  ],
  [
    'matches(args.currency, «"a" + "b"»)',
    ['cel/dynamic-pattern', 'the pattern of `matches` is a literal text', 'write it out: `r"^[a-z]+$"`'],
  ],
];

function describe({ code, message, help }: CelProblem) {
  return [code, message, help];
}

const tables = { SYNTAX, LITERALS, FORM, NAMES, TYPES, FACTS, PATTERNS };

test.each(Object.values(tables).flatMap((rows) => rows.map((row) => [row[0], row] as const)))('%s', (marked, row) => {
  const text = marked.replace(/[«»]/g, '');
  const result = compileCondition(text, ENVIRONMENT);
  const errors = result.ok ? [] : result.errors;
  expect(writeMarks(text, errors)).toBe(marked);
  expect(errors.map(describe)).toEqual(row.slice(1));
});

test('a rule that can reach robots must ask for claims', () => {
  const environment = conditionEnvironment({ ...SUBJECT, reachesRobots: true });
  const result = compileCondition('claims.mfa', environment);
  expect(result.ok ? [] : result.errors.map(({ code }) => code)).toEqual(['cel/optional-field']);
  expect(compileCondition('has(claims.mfa) && claims.mfa', environment).ok).toBe(true);
});

test('every code of conditions has a case', () => {
  // Bounds have tests of their own; comments are a matter of YAML.
  const elsewhere = ['cel/too-large', 'cel/too-deep', 'cel/comment'];
  const seen = new Set(
    Object.values(tables).flatMap((rows) => rows.flatMap(([, ...problems]) => problems.map(([code]) => code))),
  );
  const codes = Object.keys(DIAGNOSTICS).filter((code) => code.startsWith('cel/') && !elsewhere.includes(code));
  expect(codes.filter((code) => !seen.has(code))).toEqual([]);
});
