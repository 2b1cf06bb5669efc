import { isSupportedCountry, type CountryCode } from 'libphonenumber-js/max';
import type { Detector as LoweredDetector } from '../../../schemas/types/policy.ts';
import type { RegexEngine } from '../regex/engine.ts';
import { buildInjection, INJECTION_ENTITIES } from './recognize/injection/build-injection.ts';
import { buildPii } from './recognize/pii/build-pii.ts';
import { PII_ENTITIES, type PiiEntity } from './recognize/pii/entities.ts';
import type { Detector } from './recognize/recognizer.ts';
import { buildSecrets } from './recognize/secrets/build-secrets.ts';
import { SECRET_KINDS } from './recognize/secrets/kinds.ts';

export type BuildDetectorResult =
  { readonly ok: true; readonly detector: Detector } | { readonly ok: false; readonly message: string };

/** The recognizer that a rule asks for; refuses entities, kinds and countries that this engine does not know. */
export function buildDetector(
  regex: RegexEngine,
  detect: Exclude<LoweredDetector, { readonly kind: 'regex' | 'presidio' | 'webhook' }>,
): BuildDetectorResult {
  const isKnown = known(detect.kind);
  const unknown = detect.entities.find((entity) => !isKnown.has(entity));
  if (unknown !== undefined) return { ok: false, message: `this engine does not know ${unknown}` };
  if (detect.entities.length === 0) return { ok: false, message: 'it looks for nothing' };
  const threshold = detect.threshold / 100;
  switch (detect.kind) {
    case 'pii': {
      const foreign = detect.regions.find((region) => !isRegion(region));
      if (foreign !== undefined) return { ok: false, message: `this engine does not know the country ${foreign}` };
      const entities = detect.entities.filter((entity): entity is PiiEntity => isKnown.has(entity));
      const regions = detect.regions.filter((region) => isRegion(region));
      return { ok: true, detector: buildPii(regex, { entities, threshold, regions, allow: detect.allow }) };
    }
    case 'secrets':
      return { ok: true, detector: buildSecrets(regex, { kinds: detect.entities, threshold, allow: detect.allow }) };
    case 'injection':
      return { ok: true, detector: buildInjection(regex, { entities: detect.entities, threshold }) };
  }
}

/** Whether telephone numbers of a country, by its ISO 3166 code, are known. */
export function isRegion(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

function known(kind: 'pii' | 'secrets' | 'injection'): ReadonlySet<string> {
  switch (kind) {
    case 'pii':
      return new Set(Object.keys(PII_ENTITIES));
    case 'secrets':
      return new Set(SECRET_KINDS);
    case 'injection':
      return new Set(INJECTION_ENTITIES);
  }
}
