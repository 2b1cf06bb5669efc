/** What this engine understands; a bundle says in its manifest what it needs (bundle.md, Objects). */
export const ENGINE_VERSION = 1;

/**
 * Parts of the policy that an engine may lack, each named once for ever. `regex` = content rules with patterns;
 * `recognizers` = content rules for personal data, secrets and injection; `external` = content rules with detectors
 * outside of the process; `conditions` = grants with `when`; `guards`; `limits`, which this engine reads and does not enforce.
 */
export const ENGINE_FEATURES = ['conditions', 'external', 'guards', 'limits', 'recognizers', 'regex'] as const;
export type EngineFeature = (typeof ENGINE_FEATURES)[number];
