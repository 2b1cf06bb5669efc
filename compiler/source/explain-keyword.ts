import type { ErrorObject } from 'ajv/dist/2020.js';
import type { DiagnosticCode } from '../diagnostics/registry.ts';
import { quote, quoteList } from '../diagnostics/quote.ts';
import { didYouMean, suggest, suggestOnly } from '../diagnostics/suggest.ts';
import type { Repair } from '../fix/repair.ts';
import { chooseBranch } from './choose-branch.ts';
import { QUOTED_CHARACTERS_MAX } from '../limits.ts';
import { describePlace, describeType, describeValue, fieldOf, keysOf, renderFlow, typeOf } from './describe.ts';
import type { Part, Path } from './document.ts';
import { POLICY_SCHEMAS, type Schema } from './policy-schemas.ts';
import { nodeAt, type SourceNode } from './source-tree.ts';
import { explainFormat, explainText } from './text-forms.ts';

/** A mistake in a document's form, before it has a span. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly help: string | null;
  /** What the caret goes below. */
  readonly path: Path;
  readonly part: Part;
  /** How it is mended, if that needs no decision. */
  readonly repair?: Repair;
}

export interface Checked {
  readonly kind: string;
  readonly value: unknown;
  readonly root: SourceNode;
}

/** A finding, and what it says about which part of the document. */
export interface Explained extends Finding {
  /** The mapping or value it is about. */
  readonly about: Path;
  /**
   * `key`: a key that should not be there; `names` what was meant. `lack`: keys that should be; `names` which.
   * `companion`: a key that goes, or does not go, with another. `whole`: a collection as such. `value`: the rest.
   */
  readonly sort: 'key' | 'lack' | 'companion' | 'whole' | 'value';
  readonly names: readonly string[];
}

export interface Context {
  readonly error: ErrorObject;
  readonly document: Checked;
  readonly path: Path;
  /** The schema that has the keyword. */
  readonly schema: Schema;
}

/** What one error of the validator means; null when its parts are reported each by itself. */
export function explainKeyword(context: Context): Explained | null {
  switch (context.error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(context);
    case 'required':
    case 'dependentRequired':
      return explainMissing(context);
    case 'oneOf':
      return explainAlternatives(context);
    case 'false schema':
      return explainExcluded(context);
    case 'type':
      return explainType(context);
    case 'const':
    case 'enum':
      return explainWord(context);
    case 'pattern':
    case 'format':
      return explainForm(context);
    case 'minItems':
    case 'minProperties':
      return explainEmpty(context);
    case 'minLength':
    case 'maxLength':
      return explainLength(context);
    case 'uniqueItems':
      return explainRepeated(context);
    case 'minimum':
    case 'maximum':
      return explainRange(context);
    case 'if':
    case 'propertyNames':
      return null;
  }
  throw new Error(`the schemas use the keyword ${context.error.keyword}, which nothing explains`);
}

function valueOf({ error }: Context): unknown {
  return error.data;
}

function fieldName({ document, path }: Context): string {
  return describePlace(document.kind, path);
}

function onValue({ path }: Context, code: DiagnosticCode, message: string, help: string | null): Explained {
  return { code, message, help, path, part: 'value', about: path, sort: 'value', names: [] };
}

function unknownKey(context: Context, key: string, fields: readonly string[]): Explained {
  const { path } = context;
  const written = keysOf(valueOf(context));
  const open = fields.filter((name) => !written.includes(name));
  const meant = suggest(key, open);
  const rest = open.length === 0 ? 'remove it' : `fields that may stand here: ${quoteList(open, 'and')}`;
  return {
    code: 'policy/unknown-key',
    message: `${quote(key)} is not a field of ${fieldName(context)}`,
    help: didYouMean(key, open) ?? rest,
    path: [...path, key],
    part: 'key',
    about: path,
    sort: 'key',
    names: meant === null ? [] : [meant],
    ...repairWord(key, open),
  };
}

/** Another word, when only one is near. */
function repairWord(word: unknown, candidates: readonly string[]): { readonly repair?: Repair } {
  const meant = typeof word === 'string' ? suggestOnly(word, candidates) : null;
  return meant === null ? {} : { repair: { kind: 'word', word: String(word), meant } };
}

function rivals(context: Context, key: string, other: string): Explained {
  const { path } = context;
  return {
    code: 'policy/choose-one',
    message: `${quote(key)} cannot stand beside ${quote(other)}`,
    help: 'remove one of them',
    path: [...path, key],
    part: 'key',
    about: path,
    sort: 'key',
    names: [],
  };
}

function explainUnknownKey(context: Context): Explained {
  const { error, schema } = context;
  const key = String(error.params['additionalProperty']);
  const rival = rivalOf(key, context);
  return rival === null ? unknownKey(context, key, Object.keys(schema.properties ?? {})) : rivals(context, key, rival);
}

/** The alternatives of the `oneOf` of which the error's schema is one; none when it is not. */
function alternatives({ error, document }: Context): readonly Schema[] {
  const union = /^#(.*\/oneOf)\/\d+\/\w+$/.exec(error.schemaPath)?.[1];
  if (union === undefined) return [];
  const branches = union.split('/').slice(1).reduce<unknown>(fieldOf, POLICY_SCHEMAS.get(document.kind));
  return (Array.isArray(branches) ? branches : []) as readonly Schema[];
}

/** The field that excludes a key which another alternative of a `oneOf` has. */
function rivalOf(key: string, context: Context): string | null {
  const { schema } = context;
  const others = alternatives(context);
  if (!others.some((branch) => fieldOf(branch.properties, key) !== undefined)) return null;
  const sort = Object.entries(schema.properties ?? {}).find(
    ([, field]) => field !== false && field.const !== undefined,
  );
  if (sort !== undefined && sort[1] !== false) return `${sort[0]}: ${String(sort[1].const)}`;
  const own = Object.keys(schema.properties ?? {}).filter((name) =>
    others.some((branch) => fieldOf(branch.properties, name) === undefined),
  );
  return keysOf(valueOf(context)).find((written) => own.includes(written)) ?? null;
}

function explainMissing(context: Context): Explained {
  const { error, document, path, schema } = context;
  const name = String(error.params['missingProperty']);
  const whole = POLICY_SCHEMAS.get(document.kind) ?? {};
  const field = fieldOf(schema.properties, name) ?? fieldOf(whole.properties, name) ?? {};
  const found = {
    code: 'policy/missing-key',
    help: `add ${exampleOf(name, field)}`,
    about: path,
    names: [name],
  } as const;
  if (error.keyword === 'dependentRequired') {
    const beside = String(error.params['property']);
    const message = `${quote(name)} is missing beside ${quote(beside)}`;
    return { ...found, message, path: [...path, beside], part: 'key', sort: 'companion' };
  }
  if (error.schemaPath === '#/then/required') {
    const instead = whole.if?.not?.required;
    if (instead !== undefined) {
      const names = [...instead, name].map(quote).join(' or ');
      return { ...found, message: `${names} is missing from ${fieldName(context)}`, path, part: 'key', sort: 'lack' };
    }
    const [beside] = Object.entries(whole.if?.properties ?? {});
    const written = beside === undefined || beside[1] === false ? '' : `${beside[0]}: ${String(beside[1].const)}`;
    const message = `${quote(name)} is missing beside ${quote(written)}`;
    return { ...found, message, path: [...path, beside?.[0] ?? name], part: 'value', sort: 'companion' };
  }
  return { ...found, message: `${quote(name)} is missing from ${fieldName(context)}`, path, part: 'key', sort: 'lack' };
}

/** "`expires: 2027-03-31` (the last day of the robot, UTC)". */
function exampleOf(name: string, field: Schema): string {
  const example = field.examples?.[0];
  const written = example === undefined ? `${name}:` : `${name}: ${renderFlow(example)}`;
  const short = written.length <= QUOTED_CHARACTERS_MAX ? written : `${name}:`;
  const [sentence] = (field.description ?? '').split(/[.;](?: |$)/);
  if (sentence === undefined || sentence === '') return quote(short);
  return `${quote(short)} (${sentence.charAt(0).toLowerCase()}${sentence.slice(1)})`;
}

function explainAlternatives(context: Context): Explained {
  const { error, path, schema } = context;
  const value = valueOf(context);
  const branches = schema.oneOf ?? [];
  if (branches.every((branch) => Object.keys(branch).join() === 'required')) {
    const fields = branches.flatMap(({ required }) => required ?? []);
    const [first, second] = keysOf(value).filter((key) => fields.includes(key));
    return first !== undefined && second !== undefined
      ? rivals(context, second, first)
      : lackOf(context, fields, exampleOf(fields[0] ?? '', schemaOf(schema, fields[0] ?? '')));
  }
  const choice = chooseBranch(branches, value);
  switch (choice.kind) {
    case 'no-constant': {
      const { field, constants } = choice;
      const written = fieldOf(value, field);
      const words = constants.map((constant) => `${field}: ${constant}`);
      if (written !== undefined) return wrongWord({ ...context, path: [...path, field] }, written, constants);
      const similar = keysOf(value).find((key) => suggest(key, [field]) !== null);
      return similar === undefined ? lackOf(context, [field], quoteList(words)) : unknownKey(context, similar, [field]);
    }
    case 'no-field': {
      const { fields } = choice;
      const known = new Set(branches.flatMap((branch) => Object.keys(branch.properties ?? {})));
      const unknown = keysOf(value).find((key) => !known.has(key));
      return unknown === undefined ? lackOf(context, fields, quoteList(fields)) : unknownKey(context, unknown, fields);
    }
    case 'no-type':
      return explainNoType(context, branches);
    case 'branch':
      return onValue(context, 'policy/wrong-type', `${fieldName(context)} is not clear`, error.message ?? null);
  }
}

function schemaOf(schema: Schema, name: string): Schema {
  const field = schema.properties?.[name];
  return field === undefined || field === false ? {} : field;
}

function lackOf(context: Context, names: readonly string[], help: string): Explained {
  const { path } = context;
  return {
    code: names.length === 1 ? 'policy/missing-key' : 'policy/choose-one',
    message: `${quoteList(names)} is missing from ${fieldName(context)}`,
    help: `add ${help}`,
    path,
    part: 'key',
    about: path,
    sort: 'lack',
    names,
  };
}

/** The words that a schema admits, if it names them. */
function wordsOf(schema: Schema): readonly string[] {
  return schema.enum ?? (schema.const === undefined ? [] : [String(schema.const)]);
}

/** A value that is of the type of no alternative, or a word that none of them knows. */
function explainNoType(context: Context, branches: readonly Schema[]): Explained {
  const { document, path } = context;
  const value = valueOf(context);
  const words = branches.flatMap(wordsOf);
  const mappings = branches.filter(({ type }) => type === 'object').map((branch) => branch.required?.[0] ?? '…');
  const others = branches.flatMap(({ type }) => (type === undefined || type === 'object' ? [] : [describeType(type)]));
  const all = [...words.map(quote), ...others, ...mappings.map((key) => `\`{ ${key}: … }\``)];
  const mapping = mappings.find((key) => key === value);
  const code = typeof value === 'string' && words.length > 0 ? 'policy/unknown-value' : 'policy/wrong-type';
  if (isNothing(context)) return explainNothing(context);
  const explained = onValue(
    context,
    code,
    `${fieldName(context)} cannot be ${describeValue(value, nodeAt(document.root, path)?.scalar ?? null)}`,
    (mapping === undefined ? null : `say which: \`{ ${mapping}: … }\``) ??
      (typeof value === 'string' ? didYouMean(value, words) : null) ??
      `it can be ${all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`}`,
  );
  return mapping === undefined ? { ...explained, ...repairWord(value, words) } : explained;
}

function explainExcluded(context: Context): Explained {
  const { error, path } = context;
  const other = /\/dependentSchemas\/([^/]+)\/properties\/[^/]+\/false schema$/.exec(error.schemaPath)?.[1];
  const key = String(path.at(-1));
  return { ...rivals({ ...context, path: path.slice(0, -1) }, key, other ?? ''), sort: 'companion' };
}

function explainWord(context: Context): Explained {
  const { schema } = context;
  return wrongWord(context, valueOf(context), wordsOf(schema));
}

function wrongWord(context: Context, value: unknown, words: readonly string[]): Explained {
  const { document, path } = context;
  if (isNothing(context)) return explainNothing(context);
  const message = `${fieldName(context)} cannot be ${describeValue(value, nodeAt(document.root, path)?.scalar ?? null)}`;
  // A later language may decide differently, so nobody may guess at it (language.md, rule 14).
  const isLanguage = document.kind === 'Workspace' && path.join('.') === 'language';
  const help =
    (typeof value === 'string' ? didYouMean(value, words) : null) ??
    (isLanguage ? 'this version of mcpgw reads language 1; a later language needs a later mcpgw' : null) ??
    `it can be ${quoteList(words)}`;
  return { ...onValue(context, 'policy/unknown-value', message, help), ...repairWord(value, words) };
}

/** Whether nothing is written after the colon. */
function isNothing({ document, path }: Context): boolean {
  return nodeAt(document.root, path)?.scalar?.source === '' && typeOf(valueAt(document, path)) === 'null';
}

function valueAt({ value }: Checked, path: Path): unknown {
  return path.reduce<unknown>(fieldOf, value);
}

function explainNothing(context: Context): Explained {
  const { document, path, schema } = context;
  const key = nodeAt(document.root, path)?.key ?? null;
  const isComment = key !== null && /^:[ \t]+#/.test(key.file.text.slice(key.end, key.end + 80));
  const example = schema.examples?.[0];
  const canBeEmpty =
    schema.type === 'object' && (schema.required ?? []).length === 0 && schema.properties !== undefined;
  const help = isComment
    ? 'a `#` after a space begins a comment; quote the text if it is part of it'
    : canBeEmpty
      ? 'write `{}` if nothing is to be said'
      : example === undefined
        ? 'write a value, or remove the line'
        : `write for example ${quote(renderFlow(example))}`;
  return onValue(context, 'policy/empty', `${fieldName(context)} has no value`, help);
}

function explainType(context: Context): Explained {
  const { error, document, path } = context;
  const value = valueOf(context);
  if (isNothing(context)) return explainNothing(context);
  const expected = String(error.params['type']);
  const found = typeOf(value);
  const written = describeValue(value, nodeAt(document.root, path)?.scalar ?? null);
  const isWord = found !== 'object' && found !== 'array';
  const but = isWord ? `, but ${written} is ${describeType(found)}` : `, not ${describeType(found)}`;
  const message = `${fieldName(context)} must be ${describeType(expected)}${but}`;
  const explained = onValue(context, 'policy/wrong-type', message, helpForType(context, expected));
  const kind = repairType(expected, found);
  return kind === null ? explained : { ...explained, repair: { kind } };
}

function repairType(expected: string, found: ReturnType<typeof typeOf>): 'quote' | 'unquote' | 'bracket' | null {
  if (expected === 'string' && (found === 'number' || found === 'boolean')) return 'quote';
  if (expected === 'integer' && found === 'string') return 'unquote';
  return expected === 'array' && found === 'string' ? 'bracket' : null;
}

function helpForType(context: Context, expected: string): string | null {
  const { document, path, schema } = context;
  const value = valueOf(context);
  const found = typeOf(value);
  const example = schema.examples?.[0];
  if (expected === 'string' && found !== 'array' && found !== 'object') {
    return `quote it: ${quote(`"${nodeAt(document.root, path)?.scalar?.source ?? String(value)}"`)}`;
  }
  if (expected === 'array' && (found === 'string' || found === 'number')) {
    return `write a list: ${quote(`[${renderFlow(value)}]`)}`;
  }
  if (expected === 'string' && Array.isArray(value) && value.length === 1) {
    return `write it without brackets: ${quote(renderFlow(value[0]))}`;
  }
  if (expected === 'integer' && found === 'string') return 'write it without quotes';
  return example === undefined ? null : `write for example ${quote(renderFlow(example))}`;
}

function explainForm(context: Context): Explained {
  const { error, document, path } = context;
  const text = String(valueOf(context));
  const at = error.propertyName === undefined ? path : [...path, error.propertyName];
  const field = describePlace(document.kind, at);
  const rule = String(error.schema);
  const problem = error.keyword === 'pattern' ? explainText(text, rule, field) : explainFormat(text, rule, field);
  const part: Part = error.propertyName === undefined ? 'value' : 'key';
  return { ...problem, path: at, part, about: at, sort: 'value', names: [] };
}

function explainEmpty(context: Context): Explained {
  const { schema } = context;
  const written = keysOf(valueOf(context));
  const open = Object.keys(schema.properties ?? {}).filter((name) => !written.includes(name));
  const field = fieldName(context);
  const message =
    written.length === 0 ? `${field} is empty` : `${field} has nothing beside ${quoteList(written, 'and')}`;
  const example = schema.examples?.[0];
  const words = alternatives(context).flatMap(wordsOf);
  const help =
    open.length > 0
      ? `add ${quoteList(open)}${words.length === 0 ? '' : `, or write ${quoteList(words)}`}`
      : example === undefined
        ? 'add an item, or remove the field'
        : `write for example ${quote(renderFlow(example))}`;
  return { ...onValue(context, 'policy/empty', message, help), sort: 'whole' };
}

function explainLength(context: Context): Explained {
  const { error, schema } = context;
  const field = fieldName(context);
  const length = Array.from(String(valueOf(context))).length;
  const limit = String(error.schema);
  if (error.keyword === 'maxLength') {
    const message = `${field} has ${length} characters, more than ${limit}`;
    return onValue(context, 'policy/out-of-range', message, `shorten it to ${limit} characters`);
  }
  const example = schema.examples?.[0];
  const help = example === undefined ? 'write a text' : `write for example ${quote(renderFlow(example))}`;
  return onValue(context, 'policy/empty', `${field} is empty`, help);
}

function explainRepeated(context: Context): Explained {
  const { error, document } = context;
  const second = Math.max(Number(error.params['i']), Number(error.params['j']));
  const path = [...context.path, second];
  const item = describeValue(valueAt(document, path), nodeAt(document.root, path)?.scalar ?? null);
  const message = `${item} stands twice in ${fieldName(context)}`;
  const explained = onValue({ ...context, path }, 'policy/repeated-value', message, 'remove one of them');
  return { ...explained, repair: { kind: 'take' } };
}

function explainRange(context: Context): Explained {
  const { error } = context;
  const limit = String(error.schema);
  const relation = error.keyword === 'minimum' ? 'less' : 'more';
  const message = `${fieldName(context)} is ${String(valueOf(context))}, ${relation} than ${limit}`;
  return onValue(context, 'policy/out-of-range', message, `write ${limit} or ${relation === 'less' ? 'more' : 'less'}`);
}
