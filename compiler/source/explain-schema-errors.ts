import type { ErrorObject } from 'ajv/dist/2020.js';
import { SCHEMA_ERRORS_MAX } from '../limits.ts';
import { chooseBranch } from './choose-branch.ts';
import { fieldOf } from './describe.ts';
import type { Path } from './document.ts';
import { explainKeyword, type Checked, type Explained, type Finding } from './explain-keyword.ts';
import type { Schema } from './policy-schemas.ts';
import { nodeAt } from './source-tree.ts';

/**
 * What a validator's errors mean, one finding for each mistake: alternatives that were not meant are left out, and so
 * is what only follows from another mistake. Of a document with more than `SCHEMA_ERRORS_MAX` the first ones.
 */
export function explainSchemaErrors(errors: readonly ErrorObject[], document: Checked): readonly Finding[] {
  const explained = meantErrors(errors.slice(0, SCHEMA_ERRORS_MAX), document).flatMap((error) => {
    const path = pathOf(error, document);
    return explainKeyword({ error, document, path, schema: schemaOf(error) }) ?? [];
  });
  const seen = new Set<string>();
  return explained.filter((one) => {
    const place = JSON.stringify([one.path, one.part, one.sort === 'lack' ? one.names : null]);
    if (seen.has(place) || explained.some((other) => follows(one, other))) return false;
    seen.add(place);
    return true;
  });
}

/** Whether a finding is only a consequence of another. */
function follows(one: Explained, other: Explained): boolean {
  if (one === other) return false;
  const isSame = one.about.length === other.about.length && startsWith(one.about, other.about);
  switch (one.sort) {
    case 'value':
    case 'key':
      return false;
    // A misspelt key is unknown, and the one that was meant is missing.
    case 'lack':
      return isSame && other.sort === 'key' && one.names.some((name) => other.names.includes(name));
    // What goes with a field goes with the choice of that field.
    case 'companion':
      return isSame && other.code === 'policy/choose-one' && other.sort !== 'companion';
    case 'whole':
      return startsWith(other.about, one.about) && other.sort !== 'whole';
  }
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, at) => path[at] === step);
}

/** Leaves out, of every `oneOf` that failed, the errors of alternatives that were not meant. */
function meantErrors(errors: readonly ErrorObject[], document: Checked): readonly ErrorObject[] {
  const unions = errors
    .filter(({ keyword }) => keyword === 'oneOf')
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  let meant = errors;
  for (const union of unions) {
    if (!meant.includes(union)) continue;
    const branch = isFieldChoice(union) ? null : meantBranch(union, document);
    const isUnder = (error: ErrorObject, path: string): boolean =>
      error.schemaPath.startsWith(`${path}/`) && isWithin(error.instancePath, union.instancePath);
    meant = meant.filter((error) => {
      if (error === union) return branch === null;
      if (!isUnder(error, union.schemaPath)) return true;
      return branch !== null && isUnder(error, `${union.schemaPath}/${branch}`);
    });
  }
  return meant;
}

function meantBranch(union: ErrorObject, document: Checked): number | null {
  const branches: readonly Schema[] = schemaOf(union).oneOf ?? [];
  const value = pathOf(union, document).reduce<unknown>(fieldOf, document.value);
  const choice = chooseBranch(branches, value);
  return choice.kind === 'branch' ? choice.index : null;
}

/** The schema that has the keyword: one of ours, with the members that `Schema` names. */
function schemaOf({ parentSchema }: ErrorObject): Schema {
  return parentSchema as Schema;
}

function isWithin(path: string, around: string): boolean {
  return path === around || path.startsWith(`${around}/`);
}

/** `oneOf: [{ required: [url] }, { required: [stdio] }]`: exactly one of these fields. */
function isFieldChoice(error: ErrorObject): boolean {
  const branches: readonly Schema[] = schemaOf(error).oneOf ?? [];
  return branches.every((branch) => Object.keys(branch).join() === 'required');
}

/** A JSON pointer does not say which of its steps are indices; the document does. */
function pathOf(error: ErrorObject, { root }: Checked): Path {
  const path: (string | number)[] = [];
  for (const step of error.instancePath.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(nodeAt(root, [...path, key]) === null ? Number(key) : key);
  }
  return path;
}
