import { TYPE_VARIABLES, type Environment, type Known, type Variable } from './environment.ts';
import { BOOL, DOUBLE, INT, listOf, STRING, TIMESTAMP, type Field, type RecordType, type Type } from './types.ts';

/** A claim of the Workspace, as it is written there: `string?` may be absent. */
export type ClaimForm = `${'bool' | 'int' | 'double' | 'string' | 'list'}${'' | '?'}`;

/** What a condition is about. */
export interface ConditionSubject {
  /** The type of `args`; null where there are none to speak of. */
  readonly args: RecordType | null;
  /** `Workspace.claims`. */
  readonly claims: ReadonlyMap<string, ClaimForm>;
  /** The rule can reach robots, which have no claims (language.md, rule 8): each must be asked for. */
  readonly reachesRobots: boolean;
  /** Null where a rule is not about one definition. */
  readonly tool: {
    readonly server: string;
    readonly name: string;
    readonly effect: string;
    readonly tags: readonly string[];
  } | null;
  readonly gateway: string | null;
}

/** The variables of a condition (language.md, "Conditions"). `tool` and `gateway` are constants, folded away. */
export function conditionEnvironment(subject: ConditionSubject): Environment {
  const { args, tool, gateway } = subject;
  const variables = new Map<string, Variable>(TYPE_VARIABLES);
  const request = (name: string, type: Type) => variables.set(name, { type, known: null });
  if (args !== null) request('args', { kind: 'record', record: args });
  request('claims', { kind: 'record', record: claimsRecord(subject) });
  request('principal', PRINCIPAL);
  request('client', CLIENT);
  request('now', TIMESTAMP);
  if (tool !== null) {
    const { server, name, effect } = tool;
    const members = new Map<string, Known>(
      Object.entries({ server, name, effect }).map(([key, value]) => [key, text(value)]),
    );
    members.set('tags', { kind: 'list', items: tool.tags.map(text) });
    variables.set('tool', { type: TOOL, known: { kind: 'record', members } });
  }
  if (gateway !== null) {
    variables.set('gateway', { type: GATEWAY, known: { kind: 'record', members: new Map([['name', text(gateway)]]) } });
  }
  return { variables, allowsMixedLiterals: false };
}

/** The arguments of a prompt: texts, some required. */
export function promptArguments(
  what: string,
  declared: readonly { readonly name: string; readonly required: boolean }[],
): RecordType {
  const fields = declared.map(({ name, required }): [string, Field] => [name, field(STRING, required)]);
  return { what, fields: new Map(fields), isOpen: false };
}

/** The arguments of reading a resource. */
export function resourceArguments(what: string): RecordType {
  return { what, fields: new Map([['uri', field(STRING)]]), isOpen: false };
}

const CLAIM_TYPES: ReadonlyMap<string, Type> = new Map([
  ['bool', BOOL],
  ['int', INT],
  ['double', DOUBLE],
  ['string', STRING],
  ['list', listOf(STRING)],
]);

function claimsRecord({ claims, reachesRobots }: ConditionSubject): RecordType {
  const fields = new Map<string, Field>();
  for (const [name, form] of claims) {
    const type = CLAIM_TYPES.get(form.replace('?', ''));
    if (type !== undefined) fields.set(name, field(type, !form.endsWith('?') && !reachesRobots));
  }
  return { what: 'a claim of the workspace', fields, isOpen: false };
}

function field(type: Type, isRequired = true, values: Field['values'] = null): Field {
  return { type, isRequired, values };
}

function text(value: string): Known {
  return { kind: 'constant', constant: { type: 'string', value } };
}

function recordOf(what: string, fields: readonly (readonly [name: string, field: Field])[]): Type {
  return { kind: 'record', record: { what, fields: new Map(fields), isOpen: false } };
}

const PRINCIPAL = recordOf('a member of `principal`', [
  ['id', field(STRING)],
  [
    'kind',
    field(STRING, true, [
      { type: 'string', value: 'person' },
      { type: 'string', value: 'robot' },
    ]),
  ],
  ['email', field(STRING)],
]);
const CLIENT = recordOf('a member of `client`', [['id', field(STRING)]]);
const TOOL = recordOf('a member of `tool`', [
  ['server', field(STRING)],
  ['name', field(STRING)],
  ['effect', field(STRING)],
  ['tags', field(listOf(STRING))],
]);
const GATEWAY = recordOf('a member of `gateway`', [['name', field(STRING)]]);
