import { suggest } from '../diagnostics/suggest.ts';
import { fieldOf, keysOf, typeOf } from './describe.ts';
import type { Schema } from './policy-schemas.ts';

/**
 * Which alternative of a `oneOf` a value was meant to be, so that only its mistakes are reported.
 *
 * - `branch`: this one, by the type of the value, by the field whose constant tells the alternatives apart, or by the
 *   fields that only this one has.
 * - `no-type`: no alternative has the type of the value, or the value is a word and several could be meant.
 * - `no-constant`: the field that tells the alternatives apart is missing or has another value.
 * - `no-field`: nothing that is written belongs to any alternative; `fields` has one of each.
 */
export type Choice =
  | { readonly kind: 'branch'; readonly index: number }
  | { readonly kind: 'no-type' }
  | { readonly kind: 'no-constant'; readonly field: string; readonly constants: readonly string[] }
  | { readonly kind: 'no-field'; readonly fields: readonly string[] };

export function chooseBranch(branches: readonly Schema[], value: unknown): Choice {
  const candidates = branches.flatMap((branch, index) => (accepts(branch, value) ? [{ branch, index }] : []));
  const [first, second] = candidates;
  if (first === undefined) return { kind: 'no-type' };
  if (second === undefined) return isWord(first.branch) ? { kind: 'no-type' } : { kind: 'branch', index: first.index };
  return byConstant(candidates, value) ?? byFields(candidates, keysOf(value));
}

interface Candidate {
  readonly branch: Schema;
  readonly index: number;
}

/** Whether the value is of the alternative's type; a constant is of the type of words. */
function accepts(branch: Schema, value: unknown): boolean {
  const type = typeOf(value);
  if (isWord(branch)) return type !== 'object' && type !== 'array';
  return branch.type === type;
}

function isWord(branch: Schema): boolean {
  return branch.const !== undefined || branch.enum !== undefined;
}

/** `for: people | robots`: a required field that is a constant in every alternative. */
function byConstant(candidates: readonly Candidate[], value: unknown): Choice | null {
  const [first] = candidates;
  const isConstant = (field: string): boolean =>
    candidates.every(({ branch }) => constantOf(branch, field) !== undefined);
  const field = first?.branch.required?.find(isConstant);
  if (field === undefined) return null;
  const written = fieldOf(value, field);
  const found = candidates.find(({ branch }) => constantOf(branch, field) === written);
  if (found !== undefined) return { kind: 'branch', index: found.index };
  return { kind: 'no-constant', field, constants: candidates.map(({ branch }) => String(constantOf(branch, field))) };
}

function constantOf(branch: Schema, field: string): Schema['const'] {
  const schema = branch.properties?.[field];
  return schema === undefined || schema === false ? undefined : schema.const;
}

/** The alternative that has most of the fields written; else the one that has a field like one of them. */
function byFields(candidates: readonly Candidate[], written: readonly string[]): Choice {
  const own = candidates.map(({ branch, index }) => ({
    index,
    required: (branch.required ?? []).filter((field) => !isShared(field, candidates)),
    fields: Object.keys(branch.properties ?? {}).filter((field) => !isShared(field, candidates)),
  }));
  const fitting = own
    .map((candidate) => ({ ...candidate, score: candidate.required.filter((field) => written.includes(field)).length }))
    .sort((a, b) => b.score - a.score)[0];
  if (fitting !== undefined && fitting.score > 0) return { kind: 'branch', index: fitting.index };
  const free = own.find(({ required }) => required.length === 0);
  if (free?.fields.some((field) => written.includes(field)) === true) return { kind: 'branch', index: free.index };
  const similar = own.find(({ fields }) => written.some((key) => suggest(key, fields) !== null));
  if (similar !== undefined) return { kind: 'branch', index: similar.index };
  return { kind: 'no-field', fields: own.flatMap(({ required, fields }) => required[0] ?? fields) };
}

function isShared(field: string, candidates: readonly Candidate[]): boolean {
  return candidates.every(({ branch }) => fieldOf(branch.properties, field) !== undefined);
}
