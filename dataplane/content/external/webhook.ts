import { EXTERNAL_MS_MAX, EXTERNAL_QUESTION_BYTES_MAX, EXTERNAL_SECRET_CHARS_MIN } from '../../limits.ts';
import type { SecretResult } from '../../identity/secrets.ts';
import type { ExternalFailure, Webhook, WebhookVerdict } from './detector.ts';
import type { Line } from './line.ts';
import type { Changeable } from './question.ts';
import { signQuestion } from './signature.ts';
import { readWebhookAnswer } from './webhook-answer.ts';

export interface WebhookParts {
  readonly line: Line;
  readonly timeoutMs: number;
  /** Asked each time, so that a secret that was changed is used at once. */
  readonly secret: () => SecretResult;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
}

/** A service that says itself what becomes of a message. It knows by the signature who asks. */
export class SignedWebhook implements Webhook {
  readonly kind = 'webhook';
  readonly #parts: WebhookParts;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  async ask(question: Buffer, changeable: Changeable | null, signal: AbortSignal): Promise<WebhookVerdict> {
    const { line, timeoutMs, secret, wallClock } = this.#parts;
    if (question.length > EXTERNAL_QUESTION_BYTES_MAX) return this.#fail('too-large');
    const key = secret();
    if (!key.ok || key.value.length < EXTERNAL_SECRET_CHARS_MIN) return this.#fail('no-secret');
    const headers = signQuestion(key.value, Math.floor(wallClock() / 1_000), question);
    const until = { signal, deadline: AbortSignal.timeout(Math.min(timeoutMs, EXTERNAL_MS_MAX)) };
    const answer = await line.ask({ headers, body: question }, until, (bytes) => readWebhookAnswer(bytes, changeable));
    return answer.ok ? answer.value : { kind: 'failed', failure: answer.failure };
  }

  #fail(failure: ExternalFailure): WebhookVerdict {
    this.#parts.line.note(failure);
    return { kind: 'failed', failure };
  }
}
