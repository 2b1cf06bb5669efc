import {
  argumentsReader,
  Call,
  decide,
  decidePrompt,
  viewOf,
  type Caller,
  type Decision,
  type GatewayEngine,
} from '../../dataplane/decide/index.ts';
import { JsonScanner } from '../../dataplane/json/scanner.ts';
import { checkArguments } from '../../dataplane/mcp/arguments.ts';
import { redactArguments, type Redaction } from './redaction.ts';
import type { TestBed } from './test-bed.ts';

/** One test, resolved: who calls which gateway when. */
export interface Scene {
  readonly bed: TestBed;
  readonly gateway: GatewayEngine;
  readonly caller: Caller;
  readonly nowMs: number;
}

/** What became of a call on its way to the server. */
export interface TriedCall {
  readonly decision: Decision;
  /** Null when it was denied before that. */
  readonly redaction: Redaction<Buffer> | null;
  /** Why the arguments never get as far as a decision, or not past it; null when they do. */
  readonly refused: string | null;
}

type Arguments = Readonly<Record<string, unknown>>;

/** A tool or prompt, by the name that clients see. */
interface Named {
  readonly kind: 'tool' | 'prompt';
  readonly exposed: string;
}

/** Takes a call through the steps of the proxy: decide, look-alike keys, content rules, and decide on what they changed. */
export function tryCall(scene: Scene, { kind, exposed }: Named, args: Arguments): TriedCall {
  const view = viewOf(scene.gateway, scene.caller);
  const bytes = Buffer.from(JSON.stringify(args));
  const decideOn = (json: Buffer): Decision =>
    (kind === 'tool' ? decide : decidePrompt)(
      view,
      exposed,
      new Call(scene.caller, scene.nowMs, argumentsReader(json, whole(json))),
    );

  const failure = new JsonScanner().scan(bytes, 1);
  const decision = decideOn(failure === null ? bytes : Buffer.from('{}'));
  if (failure !== null) return { decision, redaction: null, refused: `the arguments are refused: ${failure}` };
  if (!decision.allow || decision.slot === null) return { decision, redaction: null, refused: null };

  const definition = scene.bed.engine.catalog.definitions[decision.slot.definition];
  const alike = checkArguments(bytes, whole(bytes), definition?.keys ?? null);
  if (alike !== null) {
    const refused = `the argument ${JSON.stringify(alike.path.join('.'))} only resembles ${JSON.stringify(alike.known)}`;
    return { decision, redaction: null, refused };
  }
  const redaction = redactArguments({ ...scene, view, kind: scene.caller.kind, slot: decision.slot }, bytes);
  if (redaction.kind === 'blocked' || redaction.value === bytes) return { decision, redaction, refused: null };
  return { decision: decideOn(redaction.value), redaction, refused: null };
}

const whole = (bytes: Buffer): { readonly start: number; readonly end: number } => ({ start: 0, end: bytes.length });
