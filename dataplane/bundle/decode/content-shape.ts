import type {
  Action,
  ContentRule,
  Detector,
  HashAction,
  InjectionDetector,
  MaskAction,
  PiiDetector,
  PlainAction,
  PresidioDetector,
  RegexDetector,
  ReplaceAction,
  SecretsDetector,
  WebhookDetector,
} from '../../../schemas/types/policy.ts';
import { EXTERNAL_MS_MAX } from '../../limits.ts';
import { boolean, integer, list, literal, nullable, object, tagged, text, type Shape } from '../../format/shape.ts';
import { index, match, rule } from './match-shape.ts';

const plainAction = object<PlainAction>({ kind: literal('alert', 'block', 'redact') });
const action: Shape<Action> = tagged<Action>('kind', {
  alert: plainAction,
  block: plainAction,
  redact: plainAction,
  replace: object<ReplaceAction>({ kind: literal('replace'), with: nullable(text()) }),
  mask: object<MaskAction>({ kind: literal('mask'), keep: literal('first', 'last'), characters: integer(0) }),
  hash: object<HashAction>({ kind: literal('hash'), key: text() }),
});

const threshold = integer(1);
const timeoutMs = integer(1, EXTERNAL_MS_MAX);
const onFailure = literal('block', 'pass');
const detector: Shape<Detector> = tagged<Detector>('kind', {
  regex: object<RegexDetector>({
    kind: literal('regex'),
    patterns: list(index),
    check: literal('luhn', null),
    group: nullable(text()),
  }),
  pii: object<PiiDetector>({
    kind: literal('pii'),
    entities: list(text()),
    threshold,
    regions: list(text()),
    allow: list(text()),
  }),
  secrets: object<SecretsDetector>({
    kind: literal('secrets'),
    entities: list(text()),
    threshold,
    allow: list(text()),
  }),
  injection: object<InjectionDetector>({ kind: literal('injection'), entities: list(text()), threshold }),
  presidio: object<PresidioDetector>({
    kind: literal('presidio'),
    url: text(),
    entities: list(text()),
    threshold,
    language: text(),
    allow: list(text()),
    timeoutMs,
    onFailure,
  }),
  webhook: object<WebhookDetector>({ kind: literal('webhook'), url: text(), secret: text(), timeoutMs, onFailure }),
});

/** What to do about text of some form, wherever it passes. */
export const contentRule: Shape<ContentRule> = object<ContentRule>({
  rule,
  name: text(),
  match,
  directions: list(literal('to-server', 'to-client', 'audit')),
  mode: literal('enforce', 'alert'),
  keys: boolean(),
  numbers: boolean(),
  detect: detector,
  action,
});
