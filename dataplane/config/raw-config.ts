import { parse } from 'yaml';
import { FIELDS, flagOf, nameOf, variableOf, type Field } from './fields.ts';

/** A configuration before it is checked: what was written, and by what, so that a complaint can name it. */
export interface RawConfig {
  /** Values by field name. */
  readonly values: ReadonlyMap<string, RawValue>;
  /** What the file has that no field has. */
  readonly unknown: readonly string[];
}

export interface RawValue {
  readonly value: unknown;
  /** `proxy.yaml: listen.address`, `--listen-address` or `MCPGW_LISTEN_ADDRESS`. */
  readonly origin: string;
  /** Folder that relative paths start from. */
  readonly folder: string;
}

export interface RawInput {
  readonly file: { readonly path: string; readonly folder: string; readonly text: string } | null;
  /** By flag, without the dashes. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}

export type RawResult =
  { readonly ok: true; readonly raw: RawConfig } | { readonly ok: false; readonly problems: readonly string[] };

/** Puts the file, the variables and the flags together; a flag wins over a variable, a variable over the file. */
export function gatherConfig(input: RawInput): RawResult {
  const problems: string[] = [];
  const values = new Map<string, RawValue>();
  const unknown: string[] = [];
  if (input.file !== null) {
    const { path, folder, text } = input.file;
    const tree = parseYaml(text);
    if (!tree.ok) problems.push(`${path}: ${tree.message}`);
    else if (!isMapping(tree.value)) problems.push(`${path}: expected a mapping of fields`);
    else
      collect(
        tree.value,
        [],
        (name, value) => values.set(name, { value, origin: `${path}: ${name}`, folder }),
        unknown,
      );
  }
  for (const entry of FIELDS) {
    const texts: readonly (readonly [string, string | undefined])[] = [
      [variableOf(entry), input.env[variableOf(entry)]],
      [`--${flagOf(entry)}`, input.flags.get(flagOf(entry))],
    ];
    for (const [origin, text] of texts) {
      if (text === undefined) continue;
      const read = readText(entry, text);
      if (read.ok) values.set(nameOf(entry), { value: read.value, origin, folder: input.workingFolder });
      else problems.push(`${origin}: ${read.message}`);
    }
  }
  const names = unknown.map((name) => `${input.file?.path ?? ''}: ${name} is not a field of proxy.yaml: remove it`);
  return problems.length + names.length > 0
    ? { ok: false, problems: [...problems, ...names] }
    : { ok: true, raw: { values, unknown } };
}

/** Walks the mappings down to the fields of the table. */
function collect(
  tree: Readonly<Record<string, unknown>>,
  above: readonly string[],
  found: (name: string, value: unknown) => void,
  unknown: string[],
): void {
  for (const [key, value] of Object.entries(tree)) {
    const name = [...above, key].join('.');
    if (FIELDS.some((entry) => nameOf(entry) === name)) found(name, value);
    else if (!FIELDS.some((entry) => nameOf(entry).startsWith(`${name}.`))) unknown.push(name);
    else if (isMapping(value)) collect(value, [...above, key], found, unknown);
    else if (value !== null) unknown.push(`${name} (as ${typeof value})`);
  }
}

type TextResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

function readText(entry: Field, text: string): TextResult {
  switch (entry.kind) {
    case 'text':
    case 'path':
      return { ok: true, value: text };
    case 'list':
      return { ok: true, value: split(text) };
    case 'sinks':
      return { ok: true, value: split(text).map((file) => ({ file })) };
    case 'integer':
      return { ok: true, value: /^[0-9]{1,15}$/.test(text) ? Number(text) : text };
    case 'mapping':
      return parseYaml(text);
  }
}

const split = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** YAML without aliases, tags or duplicate keys, as policy files. */
function parseYaml(text: string): TextResult {
  try {
    return { ok: true, value: parse(text, { maxAliasCount: 0, uniqueKeys: true, schema: 'core', logLevel: 'error' }) };
  } catch (problem) {
    const message = problem instanceof Error ? (problem.message.split('\n')[0] ?? '') : 'not YAML';
    return { ok: false, message: message.replace(/:$/, '') };
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
