import { alphabetOf, shortestWithin, type Alphabet } from '../../dataplane/content/regex/alphabet.ts';
import { validatePattern } from '../../dataplane/content/index.ts';
import { memberOf, type JsonTree } from '../../dataplane/format/json-tree.ts';
import { CONTENT_BASE64_CHARACTERS_MIN } from '../../dataplane/limits.ts';

/** Texts that a schema describes and does not list. */
export interface TextForm {
  /** Characters of the longest; infinite where there is no longest. */
  readonly longest: number;
  /** What they consist of; null = of anything. */
  readonly alphabet: Alphabet | null;
}

/** Characters by which a text says something else than it has: JSON within it, and escapes. */
const SPEAKING = Array.from('{[\\%', (sign) => sign.charCodeAt(0));
/** The digits of a number that JSON within a text writes with an exponent, and its sign. */
const NUMBER_CHARACTERS = 17;
const EXPONENT_CHARACTERS_MIN = '[1e9]'.length;

/**
 * What a schema of texts says of their form, as far as it bounds what the data plane reads in them (`leaves.ts`): `maxLength`, and
 * `pattern` where that describes the whole text. `format` promises nothing that anybody checks. Null = any text.
 */
export function formOf(schema: JsonTree): TextForm | null {
  const described = describedBy(memberOf(schema, 'pattern'));
  const longest = Math.min(longestOf(memberOf(schema, 'maxLength')), described.longest);
  const { alphabet } = described;
  // Longer ones may be base64, which is read as well.
  if (alphabet !== null && longest < CONTENT_BASE64_CHARACTERS_MIN && !isSpeaking(alphabet))
    return { longest, alphabet };
  if (longest === Infinity) return null;
  // A number can be written shorter than it is read.
  return {
    longest: longest < EXPONENT_CHARACTERS_MIN ? longest : Math.max(longest, NUMBER_CHARACTERS),
    alphabet: null,
  };
}

function isSpeaking(alphabet: Alphabet): boolean {
  return SPEAKING.some((sign) => alphabet.some(([first, last]) => first <= sign && sign <= last));
}

/** Whether a text of a form can have a match of a pattern whose matches have at least `shortest` characters. */
export function mayHave({ longest, alphabet }: TextForm, pattern: string, shortest: number): boolean {
  return shortest <= longest && (alphabet === null || shortestWithin(pattern, alphabet) <= longest);
}

function longestOf(bound: JsonTree | null): number {
  const length = bound?.kind === 'number' ? Number(bound.token) : Infinity;
  return length >= 0 ? length : Infinity;
}

const ANYTHING: TextForm = { longest: Infinity, alphabet: null };
/** What ECMA-262 and RE2 read alike behind a backslash, but that `\s` is more there. */
const ESCAPES = 'dDwWsStnrf';

/** What a pattern says of texts that it describes from their beginning to their end. */
function describedBy(pattern: JsonTree | null): TextForm {
  const source = pattern?.kind === 'string' ? pattern.value : '';
  if (!isWhole(source) || !isReadAlike(source)) return ANYTHING;
  const valid = validatePattern(source);
  if (!valid.ok) return ANYTHING;
  return { longest: valid.longest ?? Infinity, alphabet: source.includes('\\s') ? null : alphabetOf(source) };
}

/** From `^` to `$`. An alternative could have only one of the two, and a flag could make them those of a line. */
function isWhole(source: string): boolean {
  const isBounded = source.startsWith('^') && source.endsWith('$') && !source.endsWith('\\$');
  return isBounded && !source.includes('|') && !source.replaceAll('(?:', '').includes('(?');
}

/** Whether a pattern means the same in JSON Schema (ECMA-262) as in RE2, or less. */
function isReadAlike(source: string): boolean {
  if (['[]', '[^]', '[:'].some((sign) => source.includes(sign))) return false;
  for (let at = 0; at < source.length; at++) {
    const unit = source.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
    if (source.charAt(at) !== '\\') continue;
    const escaped = source.charAt(++at);
    if (isLetterOrDigit(escaped) && !ESCAPES.includes(escaped)) return false;
  }
  return true;
}

function isLetterOrDigit(character: string): boolean {
  const lower = character.toLowerCase();
  return (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
}
