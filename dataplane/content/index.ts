export { buildContent, type ContentEngine } from './engine.ts';
export { redactMessage, redactSpan, redactText, type Blocked } from './redact.ts';
export { validatePattern, type PatternResult } from './regex/validate-pattern.ts';
export type { Finding } from './resolve.ts';
export type { RuleSet } from './rule-set.ts';
export type { Exchange } from './select.ts';
