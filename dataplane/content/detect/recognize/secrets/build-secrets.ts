import type { RegexEngine } from '../../../regex/engine.ts';
import type { Deadline } from '../../deadline.ts';
import { maskEscapes } from '../mask-escapes.ts';
import { inOrderOf, type Precedence } from '../overlaps.ts';
import { PatternSearch, type SoughtPattern } from '../pattern-search.ts';
import type { Candidate, Detector, Found, Passage, RecognizeResult } from '../recognizer.ts';
import { reportFound } from '../report-found.ts';
import { isIdentifierUnit } from '../words.ts';
import { Work } from '../work.ts';
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

/** A form of its own says more than a name beside it. */
const PRECEDENCE: Precedence = {
  ...inOrderOf(SECRET_KINDS),
  first: new Set(SECRET_KINDS.filter((kind) => kind !== 'TELLING_KEY')),
};

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

  detect(passages: readonly Passage[], rule: number, deadline: Deadline): RecognizeResult {
    const work = new Work(deadline);
    const texts = passages.map(({ text }) => maskEscapes(text));
    const found = passages.map((): Candidate[] => []);
    const takeAt =
      (at: number): Found =>
      (candidate) => {
        if (this.#counts(candidate, passages[at]?.text ?? '') && work.take()) found[at]?.push(candidate);
      };
    this.#search.search(texts, deadline, (pattern, at, start, end) => {
      const reading = this.#readings[pattern];
      if (reading !== undefined) read(reading, texts[at] ?? '', start, end, takeAt(at));
    });
    for (const [at, passage] of passages.entries()) {
      const text = texts[at] ?? '';
      if (!work.read(text)) break;
      if (this.#privateKeys) findPrivateKeys(text, takeAt(at));
      if (!this.#tellingKeys) continue;
      findTelling(text, takeAt(at));
      findMember(passage, takeAt(at));
    }
    return reportFound(found, PRECEDENCE, rule, work);
  }

  #counts({ score, start, end }: Candidate, text: string): boolean {
    return score >= this.#threshold && (this.#allow.size === 0 || !this.#allow.has(text.slice(start, end)));
  }
}

function read(reading: Reading, text: string, start: number, end: number, found: Found): void {
  switch (reading.kind) {
    case 'form':
      readForm(reading.form, text, start, end, found);
      return;
    case 'jwt':
      if (isJwt(text.slice(start, end))) found({ entity: 'JWT', start, end, score: 1 });
      return;
    case 'connection':
      findConnectionPassword(text, start, end, found);
  }
}

function readForm(
  { kind, skip, score, check }: SecretForm,
  text: string,
  from: number,
  end: number,
  found: Found,
): void {
  const start = from + skip;
  // A longer run of the same characters is something else: a hash, a path, a text in base 64.
  if (end < text.length && (isIdentifierUnit(text.charCodeAt(end)) || TOKEN_SIGNS.includes(text.charAt(end)))) return;
  const holds = check?.(text.slice(start, end)) ?? false;
  found({ entity: kind, start, end, score: holds ? 1 : score });
}
