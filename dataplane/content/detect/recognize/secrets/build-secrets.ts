import type { RegexEngine } from '../../../regex/engine.ts';
import { maskEscapes } from '../mask-escapes.ts';
import { inOrderOf, withoutOverlaps } from '../overlaps.ts';
import { PatternSearch, type SoughtPattern } from '../pattern-search.ts';
import type { Candidate, Detector, EntityDetection, Passage } from '../recognizer.ts';
import { isIdentifierUnit } from '../words.ts';
import { CONNECTION_PATTERN, findConnectionPassword } from './connections.ts';
import { SECRET_FORMS, SECRET_KINDS, TOKEN_SIGNS, type SecretForm } from './kinds.ts';
import { findPrivateKeys } from './private-keys.ts';
import { findMember, findTelling } from './telling-keys.ts';
import { isJwt, JWT_PATTERN } from './tokens.ts';

export interface SecretOptions {
  /** Names of `SECRET_KINDS`. */
  readonly kinds: readonly string[];
  /** The least score that counts. */
  readonly threshold: number;
  /** Texts that are no secret, whatever they look like: the keys of examples. */
  readonly allow: readonly string[];
}

export const SECRETS_THRESHOLD = 0.5;

const PRECEDENCE = inOrderOf(SECRET_KINDS);

/** What is done with the matches of a pattern. */
type Reading =
  { readonly kind: 'form'; readonly form: SecretForm } | { readonly kind: 'jwt' } | { readonly kind: 'connection' };

/** A detector of credentials. */
export function buildSecrets(engine: RegexEngine, options: SecretOptions): Detector {
  return new SecretDetector(engine, options);
}

class SecretDetector implements Detector {
  readonly #threshold: number;
  readonly #allow: ReadonlySet<string>;
  readonly #readings: readonly Reading[];
  readonly #search: PatternSearch;
  readonly #privateKeys: boolean;
  readonly #tellingKeys: boolean;

  constructor(engine: RegexEngine, { kinds, threshold, allow }: SecretOptions) {
    const wanted = new Set(kinds);
    this.#threshold = threshold;
    this.#allow = new Set(allow);
    this.#privateKeys = wanted.has('PRIVATE_KEY');
    this.#tellingKeys = wanted.has('TELLING_KEY');
    const sought: (SoughtPattern & { readonly reading: Reading })[] = SECRET_FORMS.filter(({ kind }) =>
      wanted.has(kind),
    ).map((form) => ({ source: form.pattern, literals: form.literals, reading: { kind: 'form', form } }));
    if (wanted.has('JWT')) sought.push({ source: JWT_PATTERN, literals: ['eyJ'], reading: { kind: 'jwt' } });
    if (wanted.has('CONNECTION_PASSWORD')) {
      sought.push({ source: CONNECTION_PATTERN, literals: ['://'], reading: { kind: 'connection' } });
    }
    this.#readings = sought.map(({ reading }) => reading);
    this.#search = new PatternSearch(engine, sought);
  }

  detect(passages: readonly Passage[], rule: number): readonly EntityDetection[] {
    const texts = passages.map(({ text }) => maskEscapes(text));
    const found = passages.map((): Candidate[] => []);
    this.#search.search(texts, (pattern, at, start, end) => {
      const reading = this.#readings[pattern];
      const candidates = found[at];
      if (reading !== undefined && candidates !== undefined) read(reading, texts[at] ?? '', start, end, candidates);
    });
    return passages.flatMap((passage, at) => {
      const candidates = found[at] ?? [];
      if (this.#privateKeys) findPrivateKeys(texts[at] ?? '', (candidate) => candidates.push(candidate));
      if (this.#tellingKeys) {
        findTelling(texts[at] ?? '', (candidate) => candidates.push(candidate));
        findMember(passage, (candidate) => candidates.push(candidate));
      }
      const left = candidates.filter((candidate) => this.#counts(candidate, passage.text));
      return withoutOverlaps(left, PRECEDENCE).map(({ entity, start, end, score }) => ({
        text: at,
        start,
        end,
        rule,
        entity,
        score,
      }));
    });
  }

  #counts({ score, start, end }: Candidate, text: string): boolean {
    return score >= this.#threshold && (this.#allow.size === 0 || !this.#allow.has(text.slice(start, end)));
  }
}

function read(reading: Reading, text: string, start: number, end: number, candidates: Candidate[]): void {
  switch (reading.kind) {
    case 'form':
      readForm(reading.form, text, start, end, candidates);
      return;
    case 'jwt':
      if (isJwt(text.slice(start, end))) candidates.push({ entity: 'JWT', start, end, score: 1 });
      return;
    case 'connection':
      findConnectionPassword(text, start, end, (candidate) => candidates.push(candidate));
  }
}

function readForm(
  { kind, skip, score, check }: SecretForm,
  text: string,
  from: number,
  end: number,
  candidates: Candidate[],
): void {
  const start = from + skip;
  // A longer run of the same characters is something else: a hash, a path, a text in base 64.
  if (end < text.length && (isIdentifierUnit(text.charCodeAt(end)) || TOKEN_SIGNS.includes(text.charAt(end)))) return;
  const holds = check?.(text.slice(start, end)) ?? false;
  candidates.push({ entity: kind, start, end, score: holds ? 1 : score });
}
