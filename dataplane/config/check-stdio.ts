import { isAbsolute, resolve } from 'node:path';
import type { StdioProgram } from '../../schemas/types/proxy.ts';
import { PROGRAM_CHILDREN_MAX } from '../limits.ts';
import { absoluteSource, isSource } from './source.ts';
import { isMapping, type RawValue } from './raw-config.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const FIELDS: readonly string[] = ['run', 'user', 'env', 'secretEnv', 'cwd', 'max'];

/**
 * The programs of `stdio`. `wrong` takes each problem and says null; of a program with a problem nothing is returned.
 */
export function readStdio(
  found: RawValue,
  wrong: (found: RawValue, message: string) => null,
): Readonly<Record<string, StdioProgram>> | null {
  if (!isMapping(found.value)) return wrong(found, 'expected a mapping of names');
  const programs: [string, StdioProgram][] = [];
  for (const [name, value] of Object.entries(found.value)) {
    const at = { ...found, value, origin: `${found.origin}.${name}` };
    const program = NAME.test(name)
      ? readProgram(at, wrong)
      : wrong(at, 'the name has other than small letters, digits and -, or more than 40 of them');
    if (program !== null) programs.push([name, program]);
  }
  return Object.fromEntries(programs);
}

function readProgram(found: RawValue, wrong: (found: RawValue, message: string) => null): StdioProgram | null {
  const { value } = found;
  if (!isMapping(value)) return wrong(found, 'expected {run: [PATH, argument, …]}');
  const extra = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (extra !== undefined) return wrong(found, `${JSON.stringify(extra)} is not a field of a program: remove it`);
  const { run, user, env, secretEnv, cwd, max } = value;
  if (!isTexts(run) || run.length === 0)
    return wrong(found, 'run is not a list of texts: give the path, then arguments');
  const [file = ''] = run;
  if (!isAbsolute(file)) return wrong(found, `${JSON.stringify(file)} in run is not an absolute path`);
  if (user !== undefined && (typeof user !== 'string' || user === ''))
    return wrong(found, 'user is not text: quote it');
  if (env !== undefined && !isEnvironment(env)) {
    return wrong(found, 'env is not a mapping of variable names to texts: quote numbers');
  }
  if (secretEnv !== undefined && !isSources(secretEnv)) {
    return wrong(found, 'secretEnv is not a mapping of variable names to file:PATH or env:NAME');
  }
  const twice = Object.keys(secretEnv ?? {}).find((name) => env !== undefined && Object.hasOwn(env, name));
  if (twice !== undefined) return wrong(found, `${twice} is in both env and secretEnv: keep one`);
  if (cwd !== undefined && (!isText(cwd) || cwd === '')) return wrong(found, 'cwd is not a path');
  if (max !== undefined && !isCount(max)) {
    return wrong(found, `max is not a whole number from 1 to ${PROGRAM_CHILDREN_MAX}`);
  }
  return {
    run,
    ...(user === undefined ? {} : { user }),
    ...(env === undefined ? {} : { env }),
    ...(secretEnv === undefined ? {} : { secretEnv: absoluteSources(secretEnv, found.folder) }),
    ...(cwd === undefined ? {} : { cwd: resolve(found.folder, cwd) }),
    ...(max === undefined ? {} : { max }),
  };
}

/** The operating system ends texts at the first NUL: what follows would be lost without a word. */
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= PROGRAM_CHILDREN_MAX;

function isEnvironment(value: unknown): value is Readonly<Record<string, string>> {
  return isMapping(value) && Object.entries(value).every(([name, text]) => VARIABLE.test(name) && isText(text));
}

function isSources(value: unknown): value is Readonly<Record<string, string>> {
  return isEnvironment(value) && Object.values(value).every(isSource);
}

function absoluteSources(sources: Readonly<Record<string, string>>, folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, absoluteSource(source, folder)]));
}
