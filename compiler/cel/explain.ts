import { didYouMean, suggest } from '../diagnostics/suggest.ts';
import { quote, quoteList } from '../diagnostics/quote.ts';
import { TYPE_VARIABLES, type Environment } from './environment.ts';
import { renderType, type Type } from './types.ts';

/** A type as messages name it. */
export function describeType(type: Type): string {
  if (type.kind === 'record') return 'a record';
  return type.kind === 'nullable' ? `${describeType(type.of)} or null` : renderType(type);
}

/** What was meant by a name that no variable has: a variable, or a member of one. */
export function helpForVariable(name: string, names: readonly string[], environment: Environment): string {
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
  return helpForNames(names.filter((known) => !TYPE_VARIABLES.has(known)));
}

/** Names that a remedy lists. */
const NAMES_MAX = 12;

/** What there is, where nothing is near. */
export function helpForNames(names: readonly string[]): string {
  if (names.length === 0) return 'none is declared';
  if (names.length === 1) return `there is ${quoteList(names)}`;
  if (names.length <= NAMES_MAX) return `there are ${quoteList(names, 'and')}`;
  return `there are ${names.slice(0, NAMES_MAX).map(quote).join(', ')} and more`;
}

function memberText(variable: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${variable}.${name}` : `${variable}[${JSON.stringify(name)}]`;
}

/** For a member of something that has none. */
export function helpForMember(name: string): string {
  if (/^(?:length|size|count|len)$/i.test(name)) return 'write `.size()`';
  return 'only records and maps have members';
}
