import type { CountryCode } from 'libphonenumber-js/max';
import type { RegexEngine } from '../../../regex/engine.ts';
import { scoreInContext } from '../context.ts';
import { maskEscapes } from '../mask-escapes.ts';
import { matchGrouping, numberRuns, type NumberRun } from '../number-runs.ts';
import { inOrderOf, withoutOverlaps, type Precedence } from '../overlaps.ts';
import { PatternSearch } from '../pattern-search.ts';
import type { Candidate, Detector, EntityDetection, Found, Passage } from '../recognizer.ts';
import { findEmails } from './addresses.ts';
import { findCards } from './cards.ts';
import { CODE_FORMS, type CodeForm } from './code-forms.ts';
import { PII_CONTEXTS } from './contexts.ts';
import { findCryptoAddresses } from './crypto-addresses.ts';
import { findDates } from './dates.ts';
import { PII_ENTITIES, type PiiEntity } from './entities.ts';
import { findIbans } from './ibans.ts';
import { findIpAddresses } from './ip-addresses.ts';
import { findMacAddresses } from './mac-addresses.ts';
import { NUMBER_FORMS, type NumberForm } from './number-forms.ts';
import { PhoneFinder } from './phones.ts';
import { findUrls } from './urls.ts';

export interface PiiOptions {
  readonly entities: readonly PiiEntity[];
  /** The least score that counts. */
  readonly threshold: number;
  /** Texts that are nobody's secret, whatever they look like; compared without regard to case. */
  readonly allow: readonly string[];
  /** Where telephone numbers without a country's code are from. */
  readonly regions: readonly CountryCode[];
}

/** What a word nearby lifts everything to, and what nothing reaches by its length alone. */
export const PII_THRESHOLD = 0.4;
export const PII_REGIONS: readonly CountryCode[] = ['US', 'CA', 'GB', 'DE', 'FR'];
/** The entities that a rule looks for when it names none. */
export const USUAL_ENTITIES: readonly PiiEntity[] = namesOf(PII_ENTITIES).filter((name) => PII_ENTITIES[name].usual);

/**
 * Precision of telephone numbers is every tool's weakness, so they leave a place to what else takes a part of it. What has a
 * check or a form of its own comes before whatever merely has as many digits.
 */
const PRECEDENCE: Precedence = {
  ...inOrderOf(namesOf(PII_ENTITIES)),
  first: new Set(['CREDIT_CARD', 'US_SSN', 'US_ITIN', 'IBAN_CODE']),
  last: new Set(['PHONE_NUMBER']),
};

/** A detector of personal data. */
export function buildPii(engine: RegexEngine, options: PiiOptions): Detector {
  return new PiiDetector(engine, options);
}

class PiiDetector implements Detector {
  readonly #threshold: number;
  readonly #allow: ReadonlySet<string>;
  readonly #scans: readonly Scan[];
  readonly #forms: readonly NumberForm[];
  readonly #codes: readonly CodeForm[];
  readonly #search: PatternSearch;
  readonly #needsRuns: boolean;

  constructor(engine: RegexEngine, { entities, threshold, allow, regions }: PiiOptions) {
    const wanted = new Set<string>(entities);
    this.#threshold = threshold;
    this.#allow = new Set(allow.map((text) => text.toLowerCase()));
    this.#scans = scansOf(new PhoneFinder(regions)).filter(({ entity }) => wanted.has(entity));
    this.#forms = NUMBER_FORMS.filter(({ entity }) => wanted.has(entity));
    this.#codes = CODE_FORMS.filter(({ entity }) => wanted.has(entity));
    this.#search = new PatternSearch(
      engine,
      this.#codes.map(({ pattern }) => ({ source: pattern, literals: [] })),
    );
    this.#needsRuns = this.#forms.length > 0 || this.#scans.some(({ numbers }) => numbers);
  }

  detect(passages: readonly Passage[], rule: number): readonly EntityDetection[] {
    const texts = passages.map(({ text }) => maskEscapes(text));
    const codes = this.#findCodes(texts);
    return passages.flatMap((passage, at) => {
      const candidates = [...this.#findIn(texts[at] ?? ''), ...(codes.get(at) ?? [])];
      const left = candidates.flatMap((candidate) => this.#judge(candidate, texts[at] ?? '', passage));
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

  #findCodes(texts: readonly string[]): ReadonlyMap<number, readonly Candidate[]> {
    const found = new Map<number, Candidate[]>();
    this.#search.search(texts, (pattern, at, start, end) => {
      const form = this.#codes[pattern];
      const text = texts[at];
      if (form === undefined || text === undefined) return;
      if (form.check?.(compact(text.slice(start, end))) === false || isPartOfMore(text, start, end)) return;
      const ofText = found.get(at) ?? [];
      ofText.push({ entity: form.entity, start, end, score: form.score });
      found.set(at, ofText);
    });
    return found;
  }

  #findIn(text: string): readonly Candidate[] {
    const candidates: Candidate[] = [];
    const found: Found = (candidate) => candidates.push(candidate);
    const runs = this.#needsRuns ? numberRuns(text) : [];
    for (const { find } of this.#scans) find(text, runs, found);
    for (const form of this.#forms) for (const run of runs) findNumbers(text, run, form, found);
    return candidates;
  }

  /** What stands around decides, and whoever allowed it. */
  #judge(candidate: Candidate, text: string, { keys, text: whole }: Passage): readonly Candidate[] {
    const { entity, start, end, confirm } = candidate;
    if (!isEntity(entity)) return [];
    const score = scoreInContext(candidate.score, PII_CONTEXTS[entity], text, start, keys);
    if (score === null || score < this.#threshold) return [];
    if (this.#allow.size > 0 && this.#allow.has(whole.slice(start, end).toLowerCase())) return [];
    return confirm === undefined || confirm() ? [{ entity, start, end, score }] : [];
  }
}

interface Scan {
  readonly entity: PiiEntity;
  /** It looks at groups of digits. */
  readonly numbers: boolean;
  readonly find: (text: string, runs: readonly NumberRun[], found: Found) => void;
}

function scansOf(phones: PhoneFinder): readonly Scan[] {
  const plain = (entity: PiiEntity, find: (text: string, found: Found) => void): Scan => ({
    entity,
    numbers: false,
    find: (text, _runs, found) => find(text, found),
  });
  return [
    { entity: 'CREDIT_CARD', numbers: true, find: findCards },
    plain('IBAN_CODE', findIbans),
    plain('CRYPTO', findCryptoAddresses),
    plain('EMAIL_ADDRESS', findEmails),
    plain('URL', findUrls),
    plain('IP_ADDRESS', findIpAddresses),
    plain('MAC_ADDRESS', findMacAddresses),
    { entity: 'DATE_TIME', numbers: true, find: findDates },
    { entity: 'PHONE_NUMBER', numbers: true, find: (text, runs, found) => phones.find(text, runs, found) },
  ];
}

function findNumbers(text: string, run: NumberRun, { entity, grouping, score, check }: NumberForm, found: Found): void {
  for (const { start, end, digits, crowded, sort } of matchGrouping(text, run, grouping)) {
    if (check !== null && !check(digits)) continue;
    // In a row of numbers with spaces between them, any few can look like one.
    found({ entity, start, end, score: crowded && sort === ' ' ? Math.min(score, 0.2) : score });
  }
}

/** In a longer word that goes on behind a dash, a dot or a slash: part numbers, paths, names of files. */
function isPartOfMore(text: string, start: number, end: number): boolean {
  return '-_./\\@#+'.includes(text.charAt(start - 1) || ' ') || '-_/@+'.includes(text.charAt(end) || ' ');
}

function compact(code: string): string {
  return code.split(' ').join('').split('-').join('').toUpperCase();
}

function isEntity(name: string): name is PiiEntity {
  return Object.hasOwn(PII_ENTITIES, name);
}

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table).filter((name): name is Name => Object.hasOwn(table, name));
}
