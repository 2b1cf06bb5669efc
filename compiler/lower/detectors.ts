import {
  INJECTION_ENTITIES,
  INJECTION_THRESHOLD,
  PII_REGIONS,
  PII_THRESHOLD,
  SECRET_KINDS,
  SECRETS_THRESHOLD,
  USUAL_ENTITIES,
} from '../../dataplane/content/index.ts';
import { EXTERNAL_MS_DEFAULT } from '../../dataplane/limits.ts';
import type { PresidioDetect, RedactionRule } from '../../schemas/types/documents.ts';
import type { Detector } from '../../schemas/types/policy.ts';
import { sorted, type Tables } from './tables.ts';

type Detect = RedactionRule['detect'];

/** A bundle says what its compiler meant: what is absent in the file is written out, so that no later proxy finds more. */
export function lowerDetector(detect: Detect, tables: Tables): Detector {
  if ('regex' in detect) {
    return {
      kind: 'regex',
      patterns: sorted(detect.regex.map((pattern) => tables.patterns.index(pattern))),
      check: detect.check ?? null,
      group: detect.group ?? null,
    };
  }
  if ('pii' in detect) {
    const options = isList(detect.pii) ? { entities: detect.pii } : detect.pii;
    return {
      kind: 'pii',
      entities: [...(options.entities ?? USUAL_ENTITIES)].sort(),
      threshold: hundredths(options.threshold ?? PII_THRESHOLD),
      regions: [...(options.regions ?? PII_REGIONS)].sort(),
      allow: [...(options.allow ?? [])].sort(),
    };
  }
  if ('secrets' in detect) {
    const { secrets } = detect;
    const options = secrets === true ? {} : isList(secrets) ? { kinds: secrets } : secrets;
    return {
      kind: 'secrets',
      entities: [...(options.kinds ?? SECRET_KINDS)].sort(),
      threshold: hundredths(options.threshold ?? SECRETS_THRESHOLD),
      allow: [...(options.allow ?? [])].sort(),
    };
  }
  if ('presidio' in detect) return lowerPresidio(detect);
  if ('webhook' in detect) {
    const { url, secret, timeoutMs = EXTERNAL_MS_DEFAULT } = detect.webhook;
    return { kind: 'webhook', url, secret, timeoutMs, onFailure: detect.onFailure };
  }
  const options = detect.injection === true ? {} : detect.injection;
  return {
    kind: 'injection',
    entities: [...(options.entities ?? INJECTION_ENTITIES)].sort(),
    threshold: hundredths(options.threshold ?? INJECTION_THRESHOLD),
  };
}

function lowerPresidio({ presidio, onFailure }: PresidioDetect): Detector {
  return {
    kind: 'presidio',
    url: presidio.url,
    entities: [...(presidio.entities ?? [])].sort(),
    threshold: hundredths(presidio.threshold ?? PII_THRESHOLD),
    language: presidio.language ?? 'en',
    allow: [...(presidio.allow ?? [])].sort(),
    timeoutMs: presidio.timeoutMs ?? EXTERNAL_MS_DEFAULT,
    onFailure,
  };
}

/** A card is no less one for being written as a number. */
export function looksIntoNumbers(detect: Detect): boolean {
  return 'pii' in detect || 'presidio' in detect || ('regex' in detect && detect.check === 'luhn');
}

function hundredths(score: number): number {
  return Math.max(1, Math.round(score * 100));
}

function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
  return Array.isArray(value);
}
