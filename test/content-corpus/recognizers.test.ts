import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Evaluation } from './evaluate.ts';
import {
  CHARACTERS_PER_HIT,
  figureRows,
  harmlessEvaluation,
  nationalEvaluation,
  negativeFigures,
  personalEvaluation,
  secretEvaluation,
  steeringEvaluation,
} from './figures.ts';

/** What is found of what is known to be there. A figure that falls fails here; what it is now, test/bench/README.md says. */
const figureOf = (evaluation: Evaluation, entity: string): { readonly precision: number; readonly recall: number } => {
  const found = evaluation.figures.find((figure) => figure.entity === entity);
  expect(found?.labels, `${entity} is in the texts often enough`).toBeGreaterThan(30);
  return found ?? { precision: 0, recall: 0 };
};

describe('personal data in 2 000 sentences and 2 000 tool results', () => {
  let evaluation: Evaluation;
  beforeAll(() => {
    evaluation = personalEvaluation();
  });

  test.each<[entity: string, precision: number, recall: number]>([
    ['EMAIL_ADDRESS', 0.99, 0.99],
    ['US_SSN', 0.99, 0.99],
    ['URL', 0.99, 0.99],
    ['CREDIT_CARD', 0.95, 0.95],
    ['IBAN_CODE', 0.95, 0.95],
    ['IP_ADDRESS', 0.95, 0.95],
    ['PHONE_NUMBER', 0.9, 0.95],
    ['CRYPTO', 0.95, 0.95],
    ['MAC_ADDRESS', 0.95, 0.95],
    ['US_ITIN', 0.95, 0.95],
    ['UK_NHS', 0.95, 0.95],
    ['MEDICAL_LICENSE', 0.95, 0.95],
    ['DATE_TIME', 0.95, 0.95],
    ['US_PASSPORT', 0.9, 0.9],
    ['US_BANK_NUMBER', 0.9, 0.9],
    ['US_DRIVER_LICENSE', 0.9, 0.9],
  ])('%s: precision at least %d, recall at least %d', (entity, precision, recall) => {
    const figure = figureOf(evaluation, entity);
    expect(figure.precision).toBeGreaterThanOrEqual(precision);
    expect(figure.recall).toBeGreaterThanOrEqual(recall);
  });
});

test('national numbers beside a word for them: precision and recall at least 0.9', () => {
  const { figures } = nationalEvaluation();
  expect(figures.length).toBeGreaterThan(20);
  expect(figures.filter(({ precision, recall }) => precision < 0.9 || recall < 0.9)).toEqual([]);
});

test('secrets: recall at least 0.95, of every sort', () => {
  const { figures } = secretEvaluation();
  expect(figures.filter(({ labels }) => labels > 0).length).toBeGreaterThan(25);
  expect(figures.filter(({ recall }) => recall < 0.95)).toEqual([]);
});

test('what stands where secrets stand, and is none, is left alone', () => {
  const { misses } = harmlessEvaluation();
  expect(misses.length / 600).toBeLessThan(0.01);
});

test('texts that steer models: 17 in 20 are found, and of harmless texts hardly one is flagged', () => {
  const { attacks, found, harmless, flagged } = steeringEvaluation();
  expect(found / attacks).toBeGreaterThanOrEqual(0.85);
  expect(flagged / harmless).toBeLessThan(0.01);
});

test('tool results without any of it: fewer than one false hit in 20 KB, all detectors together', () => {
  const figures = negativeFigures();
  const hits = figures.reduce((sum, figure) => sum + figure.hits, 0);
  expect(figures[0]?.characters).toBeGreaterThanOrEqual(5_000_000);
  expect((hits / (figures[0]?.characters ?? 1)) * CHARACTERS_PER_HIT).toBeLessThan(1);
});

test('the figures are those that are published', () => {
  const readme = readFileSync(new URL('../bench/README.md', import.meta.url), 'utf8');
  const published = readme.split('## Figures by entity')[1]?.split('\n## ')[0] ?? '';
  const cells = (line: string): readonly string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const rows = published.split('\n').filter((line) => line.startsWith('|'));
  expect(rows.slice(2).map(cells)).toEqual(figureRows());
});
