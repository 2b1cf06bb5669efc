import { InvalidArguments, projectArguments, type ArgumentsProblem } from '../cel/project-arguments.ts';
import { MapValue } from '../cel/value.ts';
import type { ArgumentsReader } from './call.ts';

/**
 * Reads a call's arguments as far as conditions ask, from where they stand in a text that was scanned as a whole. `span`
 * null: the call has none, which is like `{}`.
 */
export function argumentsReader(
  body: Buffer,
  span: { readonly start: number; readonly end: number } | null,
): ArgumentsReader {
  return (projection) => {
    const value = projectArguments(body, span, projection);
    if (value instanceof MapValue) return { ok: true, value };
    return { ok: false, problem: value instanceof InvalidArguments ? describe(value) : WHAT.type };
  };
}

const WHAT: Readonly<Record<ArgumentsProblem, string>> = {
  type: 'not of the declared type',
  enum: 'not one of the declared values',
  missing: 'missing',
  undeclared: 'not declared',
  'look-alike-key': 'only resembles a declared name',
  malformed: 'not JSON',
};

/** `customer.country: not one of the declared values`. */
function describe({ problem, path, expected }: InvalidArguments): string {
  const what = problem === 'type' && expected !== null ? `${WHAT.type} ${expected}` : WHAT[problem];
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return where === '' ? what : `${where.replace(/^\./, '')}: ${what}`;
}
