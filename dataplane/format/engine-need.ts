/** What this engine understands; a bundle says in its manifest what it needs (bundle.md, Objects). */
export const ENGINE_VERSION = 1;

/** Parts of the policy that an engine may lack, each named once for ever. `regex` = content rules with patterns. */
export const ENGINE_FEATURES = ['regex'] as const;
export type EngineFeature = (typeof ENGINE_FEATURES)[number];
