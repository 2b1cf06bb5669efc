import type { CountryCode } from 'libphonenumber-js/max';
import type { RegexEngine } from '../../../regex/engine.ts';
import type { Deadline } from '../../deadline.ts';
import { scoreInContext } from '../context.ts';
import { maskEscapes } from '../mask-escapes.ts';
import { matchGrouping, numberRuns, type NumberRun } from '../number-runs.ts';
import { inOrderOf, type Precedence } from '../overlaps.ts';
import { PatternSearch } from '../pattern-search.ts';
import type { Candidate, Detector, Found, Passage, RecognizeResult } from '../recognizer.ts';
import { reportFound } from '../report-found.ts';
import { Work } from '../work.ts';
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
  /** By the size of their first group. */
  readonly #forms: ReadonlyMap<number, readonly NumberForm[]>;
  readonly #codes: readonly CodeForm[];
  readonly #search: PatternSearch;
  readonly #needsNumbers: boolean;

  constructor(engine: RegexEngine, { entities, threshold, allow, regions }: PiiOptions) {
    const wanted = new Set<string>(entities);
    this.#threshold = threshold;
    this.#allow = new Set(allow.map((text) => text.toLowerCase()));
    this.#scans = scansOf(new PhoneFinder(regions)).filter(({ entity }) => wanted.has(entity));
    this.#forms = formsBySize(NUMBER_FORMS.filter(({ entity }) => wanted.has(entity)));
    this.#codes = CODE_FORMS.filter(({ entity }) => wanted.has(entity));
    this.#search = new PatternSearch(
      engine,
      this.#codes.map(({ pattern }) => ({ source: pattern, literals: [] })),
    );
    this.#needsNumbers = this.#forms.size > 0 || this.#scans.some(({ numbers }) => numbers);
  }

  detect(passages: readonly Passage[], rule: number, deadline: Deadline): RecognizeResult {
    const work = new Work(deadline);
    const texts = passages.map(({ text }) => maskEscapes(text));
    const found = passages.map((): Candidate[] => []);
    const take = (at: number, candidate: Candidate): void => {
      const passage = passages[at];
      const judged = passage === undefined ? null : this.#judge(candidate, texts[at] ?? '', passage);
      if (judged !== null && work.take()) found[at]?.push(judged);
    };
    this.#search.search(texts, deadline, (pattern, at, start, end) => {
      const form = this.#codes[pattern];
      if (form !== undefined && fits(form, texts[at] ?? '', start, end)) {
        take(at, { entity: form.entity, start, end, score: form.score });
      }
    });
    for (const [at, text] of texts.entries()) {
      if (work.read(text)) this.#findIn(text, (candidate) => take(at, candidate), work);
    }
    return reportFound(found, PRECEDENCE, rule, work);
  }

  #findIn(text: string, found: Found, work: Work): void {
    const runs = this.#needsNumbers ? numberRuns(text) : [];
    if (!work.lookAt(runs.reduce((sum, { groups }) => sum + groups.length, 0))) return;
    for (const { find } of this.#scans) if (work.read(text)) find(text, runs, found, work);
    if (this.#forms.size === 0) return;
    for (const run of runs) {
      for (const [first, { size }] of run.groups.entries()) {
        for (const form of this.#forms.get(size) ?? []) findNumber(text, run, first, form, found);
      }
    }
  }

  /** What stands around decides, and whoever allowed it. */
  #judge(candidate: Candidate, text: string, { keys, text: whole }: Passage): Candidate | null {
    const { entity, start, end, confirm } = candidate;
    if (!isEntity(entity)) return null;
    const score = scoreInContext(candidate.score, PII_CONTEXTS[entity], text, start, keys);
    if (score === null || score < this.#threshold) return null;
    if (this.#allow.size > 0 && this.#allow.has(whole.slice(start, end).toLowerCase())) return null;
    return confirm === undefined || confirm() ? { entity, start, end, score } : null;
  }
}

function formsBySize(forms: readonly NumberForm[]): ReadonlyMap<number, readonly NumberForm[]> {
  const bySize = new Map<number, NumberForm[]>();
  for (const form of forms) {
    const size = form.grouping.sizes[0] ?? 0;
    bySize.set(size, [...(bySize.get(size) ?? []), form]);
  }
  return bySize;
}

function fits({ check }: CodeForm, text: string, start: number, end: number): boolean {
  return !isPartOfMore(text, start, end) && check?.(compact(text.slice(start, end))) !== false;
}

interface Scan {
  readonly entity: PiiEntity;
  /** It looks at groups of digits. */
  readonly numbers: boolean;
  readonly find: (text: string, runs: readonly NumberRun[], found: Found, work: Work) => void;
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
    { entity: 'PHONE_NUMBER', numbers: true, find: (text, runs, found, work) => phones.find(text, runs, found, work) },
  ];
}

function findNumber(
  text: string,
  run: NumberRun,
  first: number,
  { entity, grouping, score, check }: NumberForm,
  found: Found,
): void {
  const match = matchGrouping(text, run, first, grouping);
  if (match === null || check?.(match.digits) === false) return;
  const { start, end, beside, sort } = match;
  // In a row of numbers with spaces between them, any few can look like one.
  found({ entity, start, end, score: beside.length > 0 && sort === ' ' ? Math.min(score, 0.2) : score });
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
