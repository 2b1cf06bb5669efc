import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CONFIG_BYTES_MAX } from '../limits.ts';
import { checkConfig, type ConfigResult } from './check-config.ts';
import { FIELDS, flagOf } from './fields.ts';
import { gatherConfig, type RawInput } from './raw-config.ts';

export type Invocation = { readonly kind: 'help' } | { readonly kind: 'run'; readonly result: ConfigResult };

/**
 * What a command line, the environment and the file they name ask for. `--config` (or `MCPGW_CONFIG`) names the file;
 * without it flags and variables are all there is.
 */
export function loadConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  workingFolder: string,
): Invocation {
  const flags = parseFlags(argv);
  if (!flags.ok) return { kind: 'run', result: { ok: false, problems: [flags.problem] } };
  if (flags.values.has('help')) return { kind: 'help' };
  const path = flags.values.get('config') ?? env['MCPGW_CONFIG'] ?? null;
  const file = path === null ? null : readFile(resolve(workingFolder, path));
  if (typeof file === 'string') return failed(file);
  const gathered = gatherConfig({ file, flags: flags.values, env, workingFolder });
  return { kind: 'run', result: gathered.ok ? checkConfig(gathered.raw) : gathered };
}

const failed = (problem: string): Invocation => ({ kind: 'run', result: { ok: false, problems: [problem] } });

function readFile(path: string): RawInput['file'] | string {
  try {
    if (statSync(path).size > CONFIG_BYTES_MAX) return `${path}: larger than ${CONFIG_BYTES_MAX} bytes`;
    return { path: basename(path), folder: dirname(path), text: readFileSync(path, 'utf8') };
  } catch (problem) {
    return `${path}: cannot be read (${problem instanceof Error ? problem.message : String(problem)})`;
  }
}

type Flags =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string };

function parseFlags(argv: readonly string[]): Flags {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  for (const entry of FIELDS) options[flagOf(entry)] = { type: 'string' };
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    return { ok: true, values: new Map(Object.entries(values).map(([name, value]) => [name, String(value)])) };
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : String(problem);
    return { ok: false, problem: `${message.split('.')[0] ?? message}: see --help` };
  }
}
