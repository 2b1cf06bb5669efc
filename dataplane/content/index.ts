export { buildContent, type BuildContentResult, type ContentEngine } from './engine.ts';
export type { ContentFailure } from './detect/detection.ts';
export {
  redactMessage,
  redactSpan,
  redactText,
  type Blocked,
  type MessageRedaction,
  type SpanRedaction,
  type TextRedaction,
} from './redact.ts';
export { validatePattern, type PatternResult } from './regex/validate-pattern.ts';
export type { Finding } from './resolve.ts';
export type { RuleSet } from './rule-set.ts';
export type { Exchange } from './select.ts';
