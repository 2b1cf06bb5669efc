import { quote } from '../diagnostics/quote.ts';
import { INVISIBLE } from '../diagnostics/invisible.ts';
import type { DiagnosticCode } from '../diagnostics/registry.ts';

/** What is wrong with a text, in words that follow the text itself: "is not a name". */
export interface TextProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly help: string;
}

/** What a pattern of the schemas asks for. */
interface TextForm {
  readonly code: DiagnosticCode;
  /** "a name". */
  readonly what: string;
  /** What would be right. */
  readonly help: string;
  /** What the author probably meant, if that can be said. */
  readonly repair?: (text: string) => string | null;
  readonly charactersMax?: number;
}

const NAME = '^[a-z][a-z0-9-]{0,39}$';
const EMAIL = '[^\\s@:\\u0000-\\u001f\\u007f-\\u009f]+@[^\\s@:\\u0000-\\u001f\\u007f-\\u009f]+';
const ONE_LINE = '[^\\u0000-\\u001f\\u007f-\\u009f]';
const ONE_WORD = '[^\\s\\u0000-\\u001f\\u007f-\\u009f]';

const FORMS: ReadonlyMap<string, TextForm> = new Map<string, TextForm>([
  [
    NAME,
    {
      code: 'policy/bad-name',
      what: 'a name',
      help: 'a name is a letter, then letters, digits and dashes, all lower case',
      repair: nameFrom,
      charactersMax: 40,
    },
  ],
  ['^[a-z0-9-]{0,16}$', badName('a prefix', 'a prefix is up to 16 lower-case letters, digits and dashes')],
  [
    '^[A-Za-z0-9_-]{1,64}$',
    badName('a name that clients accept', 'use letters, digits, `_` and `-`, at most 64 of them'),
  ],
  [
    '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
    badName('a name for a claim', 'use letters, digits and `_`, beginning with a letter or `_`'),
  ],
  ["^[A-Za-z0-9!#$%&'*+.^_`|~-]+$", badText('the name of a header', 'write a name such as `X-Api-Key`')],
  [`^${ONE_LINE}+$`, badText('a text in one line', 'write it in one line, without control characters')],
  [`^${ONE_LINE}{1,128}$`, { ...badText('the name of a tool or prompt', 'write it in one line'), charactersMax: 128 }],
  [`^${ONE_LINE}{1,200}$`, { ...badText('a text in one line', 'write it in one line'), charactersMax: 200 }],
  [`^${ONE_LINE}{0,200}$`, { ...badText('a text in one line', 'write it in one line'), charactersMax: 200 }],
  [`^${ONE_LINE}{1,500}$`, { ...badText('a text in one line', 'write it in one line'), charactersMax: 500 }],
  [
    '^[1-9][0-9]{0,8}/(s|min|h|day)$',
    badText('a rate', 'write for example `60/min`: a number, then `/s`, `/min`, `/h` or `/day`'),
  ],
  [
    '^[A-Za-z_][A-Za-z0-9_]{0,39}$',
    badText('the name of a group', 'use letters, digits and `_`, beginning with a letter or `_`'),
  ],
  [
    '^[A-Z][A-Z0-9_]{0,63}$',
    {
      ...badText('the name of an entity', 'it is made of capitals, digits and `_`, such as `PERSON`'),
      repair: (text) => (/^[A-Za-z][\w -]*$/.test(text) ? text.toUpperCase().replaceAll(/[ -]/g, '_') : null),
      charactersMax: 64,
    },
  ],
  ['^[a-z]{2,3}$', badText('the code of a language', 'write the letters of ISO 639, such as `en`')],
  ['^[A-Z]{2}$', badText('the code of a country', 'write the two letters of ISO 3166, such as `GB`')],
  [
    '^(first|last) ([0-9]|[1-5][0-9]|6[0-4])$',
    badText('what a mask can keep', 'write for example `last 4` or `first 2`, at most 64'),
  ],
  [`^${ONE_WORD}+$`, badText('a text without spaces', 'remove the spaces')],
  ['^[^\\s?\\u0000-\\u001f\\u007f-\\u009f]+\\??$', badText('the name of a claim', 'write `groups`, or `groups?`')],
  [
    `^(?:${EMAIL}|[a-z][a-z0-9-]{0,39}:${ONE_WORD}+)$`,
    badText('a user', 'write an email address, or issuer:id, for example `corp:00u1a`'),
  ],
  [`^${EMAIL}$`, badText('an email address', 'write it as `name@example.com`')],
  [
    '^https?://[^\\s/?#@]+(/[^\\s/?#]+)*$',
    {
      code: 'policy/bad-url',
      what: 'the URL of a workspace',
      help: 'it begins with https:// and has no query, no fragment and no slash at the end',
      repair: (text) => urlFrom(text.replace(/\/+$/, '')),
    },
  ],
  ['^[a-z0-9-]+(\\.[a-z0-9-]+)*$', badText('the name of a host', 'write it in lower case, for example `acme.dev`')],
  [
    '^@[A-Za-z0-9][A-Za-z0-9-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?$',
    {
      ...badText('a GitHub team or user', 'it begins with `@`, and so has to be quoted'),
      repair: (text) => (/^[A-Za-z0-9][\w.-]*(?:\/[\w.-]+)?$/.test(text) ? `"@${text}"` : null),
    },
  ],
  ['^[0-9a-f]{64}$', badText('a SHA-256', 'it has 64 digits 0-9 and a-f; `mcpgw robot key` writes it')],
  [
    '^(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]+\\.lock\\.json$',
    badText('the path of a lock file', 'write it relative to this file, for example `github.lock.json`'),
  ],
  [
    `^[a-z][a-z0-9-]{0,39}(?:/${ONE_LINE}{1,128})?$`,
    {
      ...badText(
        'the name of an Allowlist, or assignment/tool',
        'an assignment and a tool are written `github/get_issue`',
      ),
      repair: (text) => (text.includes('/') ? null : nameFrom(text)),
    },
  ],
  [
    `^[a-z][a-z0-9-]{0,39}/${ONE_LINE}{1,128}$`,
    badText('assignment/tool', 'write the assignment, a slash and the tool: `github/get_issue`'),
  ],
  [
    `^[a-z][a-z0-9-]{0,39}/${ONE_LINE}{1,2048}$`,
    badText(
      'assignment/URI template',
      'write the assignment, a slash and the template as the server has it: `github/repo://{owner}/{name}`',
    ),
  ],
  [
    `^${ONE_LINE}{1,8192}$`,
    { ...badText('the URI of a resource', 'write it in one line, as the server has it'), charactersMax: 8_192 },
  ],
]);

/** Whether the pattern can be explained; every pattern of the schemas can. */
export function isKnownPattern(pattern: string): boolean {
  return FORMS.has(pattern);
}

/** What is wrong with a text that the pattern refuses. `field` names where it stands. */
export function explainText(text: string, pattern: string, field: string): TextProblem {
  const form = FORMS.get(pattern) ?? badText('what this field asks for', `it must match ${pattern}`);
  const { code, what, help, repair, charactersMax } = form;
  if (text === '') return { code: 'policy/empty', message: `${field} is empty`, help };
  if (INVISIBLE.test(text) || /[\n\t]/.test(text)) {
    const found = text.includes('\n') ? 'a line break' : 'a control character';
    return { code: 'policy/bad-text', message: `${field} holds ${found}`, help };
  }
  const length = Array.from(text).length;
  if (charactersMax !== undefined && length > charactersMax) {
    const message = `${field} has ${length} characters, more than ${charactersMax}`;
    return { code: 'policy/out-of-range', message, help: `shorten it to ${charactersMax} characters` };
  }
  const repaired = repair?.(text) ?? null;
  return {
    code,
    message: `${quote(text)} is not ${what}`,
    help: repaired === null ? help : `write it as ${quote(repaired)}; ${help}`,
  };
}

/** What is wrong with a text that is not of the format. */
export function explainFormat(text: string, format: string, field: string): TextProblem {
  const help = FORMAT_HELP.get(format) ?? `it must be a ${format}`;
  if (text === '') return { code: 'policy/empty', message: `${field} is empty`, help };
  if (format === 'date') {
    const what = /^\d{4}-\d{2}-\d{2}$/.test(text) ? 'a day of the calendar' : 'a date';
    return { code: 'policy/bad-date', message: `${quote(text)} is not ${what}`, help };
  }
  if (format === 'date-time') {
    return { code: 'policy/bad-date', message: `${quote(text)} is not a date and time in UTC`, help };
  }
  if (/^https?:\/\/[^/]*@/.test(text)) {
    const message = `${field} holds credentials`;
    return { code: 'policy/bad-url', message, help: 'remove them; secrets are named, and never written in a policy' };
  }
  const repaired = urlFrom(text);
  const message = `${quote(text)} is not an http or https URL`;
  return { code: 'policy/bad-url', message, help: repaired === null ? help : `write it as ${quote(repaired)}` };
}

const FORMAT_HELP: ReadonlyMap<string, string> = new Map([
  ['date', 'write it as year, month and day, for example `2027-03-31`'],
  ['date-time', 'write it for example as `2026-11-20T10:00:00Z`'],
  ['uri', 'write it whole, without credentials and fragment, for example `https://mcp.acme.dev/mcp`'],
]);

function badName(what: string, help: string): TextForm {
  return { code: 'policy/bad-name', what, help };
}

function badText(what: string, help: string): TextForm {
  return { code: 'policy/bad-text', what, help };
}

/** `Payments Team` and `paymentsTeam` mean `payments-team`, `GitHub` means `github`; null when no name comes of it. */
export function nameFrom(text: string): string | null {
  const words = /^[a-z]/.test(text) ? text.replace(/([a-z])([A-Z])/g, '$1-$2') : text;
  const name = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[0-9-]+|-+$/g, '');
  return new RegExp(NAME).test(name) ? name : null;
}

function urlFrom(text: string): string | null {
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`;
  return /^https?:\/\/[^\s/?#@:]+\.[^\s/?#@]+(?:\/[^\s?#]*)?$/.test(url) && URL.canParse(url) ? url : null;
}
