import type { RegexEngine } from './engine.ts';
import { loadRe2 } from './re2.ts';
import { re2js } from './re2js.ts';

const native = loadRe2();

/** The engines that there are on this machine: the one that rules run on first. */
export const REGEX_ENGINES: readonly [RegexEngine, ...(readonly RegexEngine[])] =
  native === null ? [re2js] : [native, re2js];
