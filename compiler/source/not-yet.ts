import type { Problem } from '../diagnostics/diagnostic.ts';
import { quote } from '../diagnostics/quote.ts';
import type { Path } from './document.ts';

/**
 * Parts of the language that this version does not support. Each is refused by name: ignoring one would enforce less
 * than the file says, and calling it unknown would send its author looking for a mistake.
 */
interface Unsupported {
  readonly kind: string;
  /** `*` is any key or index. */
  readonly path: readonly string[];
  readonly what: string;
  readonly help: string;
}

const UNSUPPORTED: readonly Unsupported[] = [
  {
    kind: 'Server',
    path: ['identities', '*', 'personal'],
    what: `identities of the sort ${quote('personal')}`,
    help: 'use `exchange`, `client`, `bearer`, `headers` or `none`',
  },
];

const UNSUPPORTED_KINDS: ReadonlyMap<string, string> = new Map([
  ['Condition', 'remove it'],
  ['Approval', 'remove it'],
]);

/** Kinds of the language that this version does not support. */
export const NOT_YET_KINDS: readonly string[] = [...UNSUPPORTED_KINDS.keys()];

export interface NotYet extends Pick<Problem, 'message'> {
  readonly help: string;
  /** Of the field. */
  readonly path: Path;
}

/** What to say about a kind; null when it is none of those. */
export function notYetKind(kind: string): { readonly message: string; readonly help: string } | null {
  const help = UNSUPPORTED_KINDS.get(kind);
  return help === undefined ? null : { message: notSupported(`the kind ${quote(kind)}`), help };
}

/** The fields of a document that this version does not support. */
export function findNotYet(kind: string, value: unknown): readonly NotYet[] {
  return UNSUPPORTED.filter((field) => field.kind === kind).flatMap(({ path, what, help }) =>
    pathsTo(value, path).map((found) => ({ message: notSupported(what), help, path: found })),
  );
}

function notSupported(what: string): string {
  return `this version of mcpgw does not support ${what}`;
}

function pathsTo(value: unknown, [step, ...rest]: readonly string[]): readonly Path[] {
  if (step === undefined) return [[]];
  return childrenOf(value)
    .filter(([key]) => step === '*' || key === step)
    .flatMap(([key, child]) => pathsTo(child, rest).map((path) => [key, ...path]));
}

function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, at) => [at, item]);
  return value !== null && typeof value === 'object' ? Object.entries(value) : [];
}
