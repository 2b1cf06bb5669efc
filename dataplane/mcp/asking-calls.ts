import { argumentsReader, Call } from '../decide/index.ts';
import { STREAM_RECHECK_MS } from '../limits.ts';
import type { AskingExchange } from './ask-under-way.ts';
import type { McpRequest } from './mcp-request.ts';
import { scanRequest } from './scan.ts';
import type { Span } from './scan-level.ts';
import { splice } from './splice.ts';
import type { Renew } from './streams/client-streams.ts';

/** A call that may be waiting for a person, with its client there or gone until it comes back. */
export interface AskingCall extends AskingExchange {
  /** Whether it waits for answers to questions at the moment. */
  readonly waits: boolean;
  /** Ends it: the policy of now does not allow it. */
  withdraw(): void;
}

/**
 * Calls whose servers asked their clients something, which may take a person minutes: they are decided again on every change
 * of policy, and now and then since tokens and grants expire (bundle.md, Swap). A call that waits for nobody is bounded by
 * its deadline, and keeps the bundle that it began with.
 */
export class AskingCalls {
  readonly #calls = new Set<AskingCall>();
  readonly #renew: Renew;
  readonly #report: (problem: unknown) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(renew: Renew, report: (problem: unknown) => void) {
    this.#renew = renew;
    this.#report = report;
    this.#timer = setInterval(() => this.recheck(), STREAM_RECHECK_MS).unref();
  }

  add(call: AskingCall): void {
    this.#calls.add(call);
  }

  delete(call: AskingCall): void {
    this.#calls.delete(call);
  }

  /** Decides again about every call that waits. */
  recheck(): void {
    for (const call of this.#calls) if (call.waits) this.#recheck(call).catch(this.#report);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #recheck(call: AskingCall): Promise<void> {
    const context = await this.#renew(call.client);
    if (call.over || !call.waits) return;
    const { body, message } = call.client;
    const isAllowed = context !== null && isStillAllowed(call, { ...context, body, message });
    if (!isAllowed) call.withdraw();
  }
}

/** Whether a call would go to the same place now, with its arguments as the client wrote them and as rules left them. */
function isStillAllowed({ plan }: AskingCall, asked: McpRequest): boolean {
  const { body, message, call } = asked;
  const callWith = (bytes: Buffer, span: Span | null): Call =>
    new Call(call.caller, call.nowMs, argumentsReader(bytes, span));
  const found = plan.find({ ...asked, call: callWith(body, message.arguments) });
  if (!found.ok) return false;
  const { route } = found;
  if (route.assignment.name !== plan.route.assignment.name || route.upName !== plan.route.upName) return false;
  if (plan.edits.length === 0) return true;
  const changed = splice(body, plan.edits);
  const scanned = scanRequest(changed);
  return scanned.ok && route.again(callWith(changed, scanned.message.arguments)).allow;
}
