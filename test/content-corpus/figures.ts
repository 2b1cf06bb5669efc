import { Deadline, NO_CLOCK } from '../../dataplane/content/detect/deadline.ts';
import type { Detector } from '../../dataplane/content/detect/recognize/recognizer.ts';
import {
  buildInjection,
  INJECTION_ENTITIES,
  INJECTION_THRESHOLD,
} from '../../dataplane/content/detect/recognize/injection/build-injection.ts';
import {
  buildPii,
  PII_REGIONS,
  PII_THRESHOLD,
  USUAL_ENTITIES,
} from '../../dataplane/content/detect/recognize/pii/build-pii.ts';
import { PII_ENTITIES, type PiiEntity } from '../../dataplane/content/detect/recognize/pii/entities.ts';
import { buildSecrets, SECRETS_THRESHOLD } from '../../dataplane/content/detect/recognize/secrets/build-secrets.ts';
import { SECRET_KINDS } from '../../dataplane/content/detect/recognize/secrets/kinds.ts';
import { re2js } from '../../dataplane/content/regex/re2js.ts';
import { covered, evaluate, exactly, touched, type Evaluation, type Figure } from './evaluate.ts';
import type { Labelled } from './labelled.ts';
import { toolTexts } from './negative/tool-texts.ts';
import { steeringTexts } from './positive/injection-texts.ts';
import { nationalTexts } from './positive/national-texts.ts';
import { harmlessTexts, secretTexts } from './positive/secret-texts.ts';
import { sentences } from './positive/sentences.ts';
import { toolResults } from './positive/tool-results.ts';

/** Seeds of the texts that figures are taken on; recognizers are worked on with others. */
const SEED = 20_261_120;
const SENTENCES = 2_000;
const TOOL_RESULTS = 2_000;
const NEGATIVE_CHARACTERS = 5_000_000;
/** A false hit in so many characters is what a person would put up with. */
export const CHARACTERS_PER_HIT = 20_480;

/** What Presidio finds by patterns: the sorts that the sentences and tool results have. */
const PERSONAL: readonly PiiEntity[] = [
  ...USUAL_ENTITIES,
  'DATE_TIME',
  'US_DRIVER_LICENSE',
  'US_PASSPORT',
  'US_BANK_NUMBER',
];

const personalDetector = (entities: readonly PiiEntity[]): Detector =>
  buildPii(re2js, { entities, threshold: PII_THRESHOLD, allow: [], regions: PII_REGIONS });
const secretDetector = (): Detector =>
  buildSecrets(re2js, { kinds: SECRET_KINDS, threshold: SECRETS_THRESHOLD, allow: [] });
const injectionDetector = (): Detector =>
  buildInjection(re2js, { entities: INJECTION_ENTITIES, threshold: INJECTION_THRESHOLD });

function personalTexts(): readonly Labelled[] {
  return [...sentences(SENTENCES, SEED), ...toolResults(TOOL_RESULTS, SEED + 1).flat()];
}

/** The place must be exact, and the name right. */
export const personalEvaluation = (): Evaluation => evaluate(personalDetector(PERSONAL), personalTexts(), exactly);

/** Each number beside a word for it; all entities are looked for. */
export function nationalEvaluation(): Evaluation {
  const all = Object.keys(PII_ENTITIES).filter((name): name is PiiEntity => Object.hasOwn(PII_ENTITIES, name));
  const labels = new Set(nationalTexts(1, SEED).flatMap(({ labels }) => labels.map(({ entity }) => entity)));
  const { figures, misses } = evaluate(personalDetector(all), nationalTexts(100, SEED + 2), exactly);
  return { figures: figures.filter(({ entity }) => labels.has(entity)), misses };
}

/** All of a secret must be found, under whatever name. */
export const secretEvaluation = (): Evaluation => evaluate(secretDetector(), secretTexts(60, SEED + 3), covered);

/** What stands where secrets stand and is none. */
export const harmlessEvaluation = (): Evaluation => evaluate(secretDetector(), harmlessTexts(600, SEED + 4), covered);

export interface SteeringFigure {
  readonly attacks: number;
  readonly found: number;
  readonly harmless: number;
  readonly flagged: number;
}

export function steeringEvaluation(): SteeringFigure {
  const detector = injectionDetector();
  const texts = steeringTexts(2_000, SEED + 5);
  const isFlagged = ({ text }: { readonly text: string }): boolean => {
    const result = detector.detect([{ text, keys: [] }], 0, new Deadline(NO_CLOCK));
    return result.ok && result.detections.length > 0;
  };
  const attacks = texts.filter(({ isAttack }) => isAttack);
  const harmless = texts.filter(({ isAttack }) => !isAttack);
  return {
    attacks: attacks.length,
    found: attacks.filter(isFlagged).length,
    harmless: harmless.length,
    flagged: harmless.filter(isFlagged).length,
  };
}

export interface NegativeFigure {
  readonly detector: string;
  readonly characters: number;
  readonly hits: number;
}

/** What is found where nothing is; places that are an entity after all are labelled, and no hits. */
export function negativeFigures(): readonly NegativeFigure[] {
  const texts = toolTexts(NEGATIVE_CHARACTERS, SEED + 6);
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
  const detectors: readonly (readonly [name: string, detector: Detector])[] = [
    ['personal data, the usual entities', personalDetector(USUAL_ENTITIES)],
    ['secrets', secretDetector()],
    ['injection', injectionDetector()],
  ];
  return detectors.map(([detector, run]) => {
    const { misses } = evaluate(run, texts, touched);
    return { detector, characters, hits: misses.filter(({ sort }) => sort === 'not there').length };
  });
}

/** A row of a table of figures. */
export type FigureRow = readonly [what: string, texts: string, precision: string, recall: string];

const percent = (part: number): string => part.toFixed(3);
const rowOf = ({ entity, labels, precision, recall }: Figure): FigureRow => [
  entity,
  String(labels),
  percent(precision),
  percent(recall),
];

/** All figures as rows. Of secrets the recall alone is told by sort: one can be found under another's name. */
export function figureRows(): readonly FigureRow[] {
  const secrets = secretEvaluation().figures.filter(({ labels }) => labels > 0);
  const steering = steeringEvaluation();
  return [
    ...personalEvaluation().figures.map(rowOf),
    ...nationalEvaluation().figures.map(rowOf),
    ...secrets.map(({ entity, labels, recall }): FigureRow => [entity, String(labels), '', percent(recall)]),
    [
      'injection',
      String(steering.attacks),
      percent(steering.found / (steering.found + steering.flagged)),
      percent(steering.found / steering.attacks),
    ],
    ...negativeFigures().map(({ detector, characters, hits }): FigureRow => [
      `false hits in 20 KB of tool results: ${detector}`,
      String(characters),
      '',
      ((hits / characters) * CHARACTERS_PER_HIT).toFixed(2),
    ]),
  ];
}
