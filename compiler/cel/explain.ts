import { didYouMean, suggest } from '../diagnostics/suggest.ts';
import { quote } from '../diagnostics/quote.ts';
import type { Environment } from './environment.ts';
import { renderType, type Type } from './types.ts';

/** A type as messages name it. */
export function describeType(type: Type): string {
  if (type.kind === 'record') return 'a record';
  return type.kind === 'nullable' ? `${describeType(type.of)} or null` : renderType(type);
}

/** What was meant by a name that no variable has: a variable, or a member of one. */
export function helpForVariable(name: string, names: readonly string[], environment: Environment): string | null {
  for (const [variable, { type }] of environment.variables) {
    if (type.kind !== 'record' || !type.record.fields.has(name)) continue;
    return `did you mean ${quote(memberText(variable, name))}?`;
  }
  const known = didYouMean(name, names);
  if (known !== null) return known;
  for (const [variable, { type }] of environment.variables) {
    if (type.kind !== 'record') continue;
    const near = suggest(name, type.record.fields.keys());
    if (near !== null) return `did you mean ${quote(memberText(variable, near))}?`;
  }
  return null;
}

function memberText(variable: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${variable}.${name}` : `${variable}[${JSON.stringify(name)}]`;
}

/** For a member of something that has none. */
export function helpForMember(name: string): string | null {
  if (/^(?:length|size|count|len)$/i.test(name)) return 'write `.size()`';
  return null;
}
