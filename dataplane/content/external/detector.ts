import type { PresidioDetector, WebhookDetector } from '../../../schemas/types/policy.ts';
import type { EntityCounts } from '../entity-counts.ts';

/** Why a detector gave no answer that can be used. It names nothing of what was asked or answered. */
export type ExternalFailure =
  'aborted' | 'bad-answer' | 'bad-status' | 'busy' | 'no-secret' | 'resting' | 'timeout' | 'too-large' | 'unreachable';

/** What an analyzer found in a text; offsets are UTF-16 units of it. */
export interface AnalyzerFinding {
  readonly start: number;
  readonly end: number;
  readonly entity: string;
  /** Above 0, at most 1. */
  readonly score: number;
}

export type AnalyzerAnswer =
  | {
      readonly ok: true;
      /** Of each text, in the order of the texts. */
      readonly found: readonly (readonly AnalyzerFinding[])[];
    }
  | { readonly ok: false; readonly failure: ExternalFailure };

/** Finds things in texts, and leaves what becomes of them to the rule. */
export interface Analyzer {
  readonly kind: 'analyzer';
  /** Never rejects. */
  analyze(texts: readonly string[], signal: AbortSignal): Promise<AnalyzerAnswer>;
}

/**
 * `entities`: what was found, as far as the webhook says. `replacement`: JSON text of the object that takes the place of the
 * arguments or result that were asked about.
 */
export type WebhookVerdict =
  | { readonly kind: 'pass' | 'block'; readonly entities: EntityCounts }
  | { readonly kind: 'modify'; readonly entities: EntityCounts; readonly replacement: Buffer }
  | { readonly kind: 'failed'; readonly failure: ExternalFailure };

/** Decides about a message itself. */
export interface Webhook {
  readonly kind: 'webhook';
  /**
   * Never rejects.
   *
   * @param question JSON text.
   * @param changeable The member of the question that the answer may replace; null = none.
   */
  ask(question: Buffer, changeable: 'arguments' | 'result' | null, signal: AbortSignal): Promise<WebhookVerdict>;
}

/** Its host or secret is not allowed by the proxy's own configuration, or there is nobody who could ask. */
interface Unavailable {
  readonly kind: 'unavailable';
}

export type ExternalDetector = Analyzer | Webhook | Unavailable;

/** What a definition of the catalog is, by its index. */
interface DefinitionName {
  readonly kind: 'tool' | 'prompt' | 'template';
  readonly name: string;
}

/** What rules with detectors need of the world. */
export interface ExternalParts {
  /** Makes the detector of a rule of what a policy says of it. */
  open(rule: string, detector: PresidioDetector | WebhookDetector): ExternalDetector;
  definitionAt(index: number): DefinitionName | null;
}

/** Where nobody may be asked: in the compiler, and in tests of a policy. */
export const NOBODY: ExternalParts = { open: () => ({ kind: 'unavailable' }), definitionAt: () => null };

/** What an exchange is about, as far as that is known: what a webhook is told of it. */
export interface About {
  readonly direction: 'to-server' | 'to-client' | 'audit';
  readonly gateway: string | null;
  readonly server: string | null;
  readonly definition: DefinitionName | null;
}

/** Of a rule by itself nothing is known. */
export const NOTHING_KNOWN: About = { direction: 'to-client', gateway: null, server: null, definition: null };

/** A detector as a rule uses it. */
export interface ExternalRule {
  /** Position in the rule set's `rules`. */
  readonly rule: number;
  /** What becomes of a message when the detector fails; one that is unavailable lets nothing pass. */
  readonly onFailure: 'block' | 'pass';
  readonly detector: ExternalDetector;
}
