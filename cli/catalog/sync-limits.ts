import {
  SYNC_ANSWER_BYTES_MAX,
  SYNC_ANSWER_MS_MAX,
  SYNC_PAGES_MAX,
  SYNC_TOTAL_BYTES_MAX,
  SYNC_TOTAL_MS_MAX,
} from '../../compiler/limits.ts';

/** How much of one server's time, bytes and pages is taken before it counts as hostile or broken. */
export interface SyncLimits {
  readonly answerBytes: number;
  readonly totalBytes: number;
  readonly answerMs: number;
  readonly totalMs: number;
  /** Of one list. */
  readonly pages: number;
}

export const SYNC_LIMITS: SyncLimits = {
  answerBytes: SYNC_ANSWER_BYTES_MAX,
  totalBytes: SYNC_TOTAL_BYTES_MAX,
  answerMs: SYNC_ANSWER_MS_MAX,
  totalMs: SYNC_TOTAL_MS_MAX,
  pages: SYNC_PAGES_MAX,
};
