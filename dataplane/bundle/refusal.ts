import { ENVELOPE_FAILURES } from '../format/dsse.ts';
import { PAYLOAD_FAILURES } from '../format/signed-json.ts';
import { TRUST_FAILURES } from '../format/trust.ts';
import { TAR_FAILURES } from '../format/ustar.ts';

/** Why a file of the store, or the trust file, could not be had. */
const READ_FAILURES = ['missing', 'unreadable', 'too-large'] as const;
export type ReadFailure = (typeof READ_FAILURES)[number];

/**
 * Every reason for which something offered to the proxy is not enforced, by the stage that found it, in the order of
 * the load protocol (bundle.md, State machine). Codes are permanent: alerts and dashboards are written against them.
 */
export const REFUSAL_CODES = {
  trust: [...READ_FAILURES, ...TRUST_FAILURES, 'wrong-workspace', 'wrong-environment', 'no-longer-trusted'],
  pointer: [
    ...READ_FAILURES,
    ...ENVELOPE_FAILURES,
    ...PAYLOAD_FAILURES,
    'wrong-workspace',
    'wrong-environment',
    'wrong-channel',
    'rollback',
    'equivocation',
    'expired',
    'revoked',
    'active-revoked',
    'disabled-list',
    'other-commit',
  ],
  signature: [...READ_FAILURES, ...ENVELOPE_FAILURES, 'other-bundle'],
  tar: [...READ_FAILURES, ...TAR_FAILURES, 'missing-entry', 'extra-entry'],
  digest: ['manifest-differs', 'size-differs', 'hash-differs'],
  manifest: [...PAYLOAD_FAILURES, 'wrong-workspace', 'wrong-environment', 'wrong-blobs', 'policy-digest-differs'],
  engine: ['engine-too-old', 'unknown-feature'],
  decode: ['not-json', 'malformed', 'inconsistent'],
  build: ['bad-policy', 'bad-content'],
  'self-test': ['decision-differs', 'redaction-differs'],
  internal: ['internal'],
} as const;

export type Stage = keyof typeof REFUSAL_CODES;
export type RefusalCode<S extends Stage = Stage> = (typeof REFUSAL_CODES)[S][number];

export interface Refusal {
  readonly ok: false;
  readonly stage: Stage;
  readonly code: RefusalCode;
  readonly message: string;
}

export function refuse<S extends Stage>(stage: S, code: RefusalCode<S>, message: string): Refusal {
  return { ok: false, stage, code, message };
}

/**
 * Whether the same bundle would be refused again whatever is fetched: its digests matched, so its bytes cannot change.
 * Such a bundle is not fetched again until the pointer, the trust file or the engine changes; everything else may have
 * been a file caught half-written and is tried again (bundle.md, State machine, 7 and 8).
 */
export function isFinal({ stage }: Refusal): boolean {
  return FINAL[stage];
}

const FINAL: Readonly<Record<Stage, boolean>> = {
  trust: false,
  pointer: false,
  signature: false,
  tar: false,
  digest: false,
  manifest: true,
  engine: true,
  decode: true,
  build: true,
  'self-test': true,
  internal: false,
};
