import { argumentsReader, Call, type Caller, type ClaimValue } from '../../dataplane/decide/index.ts';
import type { Projection } from '../../schemas/types/expression.ts';
import type { ClaimType, Condition, Policy } from '../../schemas/types/policy.ts';
import { argumentDimensions, writeArguments } from './call-arguments.ts';
import { candidatesOf, type Hints } from './candidate-values.ts';
import type { Choice, Dimension } from './choices.ts';
import { readingsOf, type Reading } from './expression-reads.ts';
import { samplePattern } from './sample-pattern.ts';

/** Who may call. */
export interface CallerChoice extends Pick<Caller, 'kind' | 'subjects' | 'clientId' | 'clientName'> {
  /** Of a robot, its name; of a person, what is called when no condition asks who it is. */
  readonly id: string;
}

/** A call in full. */
export interface ConcreteCall {
  readonly call: Call;
  /** JSON text. */
  readonly args: string;
  /** Claims that conditions read, as JSON text; null for none. */
  readonly claims: string | null;
}

/** A Monday; nothing in a policy is that old, so that hardly anything has expired by then. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/** The calls that conditions can tell apart, as far as their constants show. */
export class CallSpace {
  readonly dimensions: readonly Dimension[];
  readonly #policy: Policy;
  readonly #callers: readonly CallerChoice[];
  readonly #projection: Projection | null;
  readonly #schema: unknown;
  readonly #readings: readonly Reading[];

  /**
   * @param conditions All that may be asked about the call.
   * @param projection What must hold of the arguments first; null = no condition reads them.
   * @param schema The tool's input schema, for what no condition reads; null = any value will do.
   */
  constructor(
    policy: Policy,
    conditions: readonly Condition[],
    projection: Projection | null,
    schema: unknown,
    callers: readonly CallerChoice[],
  ) {
    this.#policy = policy;
    this.#callers = callers;
    this.#projection = projection;
    this.#schema = schema;
    this.#readings = conditions.flatMap(({ expression }) => readingsOf(expression));
    this.dimensions = [
      this.#callerDimension(),
      ...this.#claimDimensions(),
      ...this.#textDimension(['client', 'id']),
      ...this.#textDimension(['principal', 'email']),
      ...this.#textDimension(['principal', 'id']),
      ...this.#timeDimension(),
      ...(projection === null ? [] : argumentDimensions(projection, (path) => this.#hintsAt(path))),
    ];
  }

  /** Whether there are no calls but those of its choices, for these conditions. */
  get isComplete(): boolean {
    return this.dimensions.every(({ isComplete }) => isComplete);
  }

  callOf(choice: Choice): ConcreteCall {
    const own = this.#callers[Number(choice.get('caller'))] ?? this.#callers[0];
    const { kind, subjects, clientId, clientName, id } = own ?? NOBODY;
    const isPerson = kind === 'person';
    const claims = isPerson ? this.#claimsOf(choice) : new Map<string, ClaimValue>();
    const caller: Caller = {
      kind,
      subjects,
      clientId: textAt(choice, 'client.id') ?? clientId,
      clientName,
      id: (isPerson ? textAt(choice, 'principal.id') : null) ?? id,
      email: (isPerson ? textAt(choice, 'principal.email') : null) ?? '',
      claims,
    };
    const args = writeArguments(this.#projection, this.#schema, choice);
    const bytes = Buffer.from(args);
    const call = new Call(
      caller,
      Number(choice.get('now') ?? 0),
      argumentsReader(bytes, { start: 0, end: bytes.length }),
    );
    const read = [...claims].filter(([name]) => choice.has(`claims.${name}`));
    return { call, args, claims: read.length === 0 ? null : JSON.stringify(Object.fromEntries(read)) };
  }

  #callerDimension(): Dimension {
    // Who calls is only told apart by kind: of ids and addresses there is no end.
    return { key: 'caller', options: this.#callers.map((_caller, at) => String(at)), isComplete: true };
  }

  #claimDimensions(): readonly Dimension[] {
    return this.#policy.claims
      .filter(({ name }) => this.#reads(['claims', name]))
      .map((claim) => {
        const { values, isComplete } = candidatesOf(projectionOf(claim), this.#hintsAt(['claims', claim.name]));
        return { key: `claims.${claim.name}`, options: claim.optional ? [...values, null] : values, isComplete };
      });
  }

  /** A text of the caller that a condition reads. */
  #textDimension(path: readonly [string, string]): readonly Dimension[] {
    if (!this.#reads(path)) return [];
    const { values } = candidatesOf(TEXT, this.#hintsAt(path));
    // What looks like an address comes first, so that an example is a believable one.
    const isLikely = (text: string): boolean => path[1] !== 'email' || ADDRESS.test(text);
    const options = [null, ...values.filter(isLikely), ...values.filter((text) => !isLikely(text))];
    return [{ key: path.join('.'), options, isComplete: false }];
  }

  /** Around the times that conditions name, and every six hours of a week. */
  #timeDimension(): readonly Dimension[] {
    if (!this.#reads(['now'])) return [];
    const named = this.#hintsAt(['now']).constants.flatMap(({ t, v }) => {
      const ms = (t === 'timestamp' || t === 'string') && typeof v === 'string' ? Date.parse(v) : Number.NaN;
      return Number.isNaN(ms) ? [] : [ms, ms - HOUR_MS, ms + HOUR_MS];
    });
    const week = Array.from({ length: 28 }, (_, at) => MONDAY_MS + (at % 7) * DAY_HOURS * HOUR_MS + weekHour(at));
    return [{ key: 'now', options: [...named, ...week].map(String), isComplete: false }];
  }

  #claimsOf(choice: Choice): Map<string, ClaimValue> {
    const claims = new Map<string, ClaimValue>();
    for (const claim of this.#policy.claims) {
      const key = `claims.${claim.name}`;
      const text = choice.has(key) ? choice.get(key) : claim.optional ? null : PLAIN[claim.type];
      if (text !== null && text !== undefined) claims.set(claim.name, claimValue(claim.type, text));
    }
    return claims;
  }

  #reads(path: readonly string[]): boolean {
    return this.#readings.some((reading) => areRelated(reading.path, path));
  }

  #hintsAt(path: readonly string[]): Hints {
    const related = this.#readings.filter((reading) => areRelated(reading.path, path));
    return {
      constants: related.flatMap(({ constants }) => constants),
      samples: related.flatMap(({ patterns }) =>
        patterns.flatMap((at) => samplePattern(this.#policy.patterns[at] ?? '') ?? []),
      ),
    };
  }
}

const NOBODY: CallerChoice = { kind: 'person', subjects: [], clientId: '', clientName: '', id: '' };

/** 9, 15, 21 and 3 o'clock. */
const weekHour = (at: number): number => ((9 + Math.floor(at / 7) * 6) % DAY_HOURS) * HOUR_MS;

/** Whether one path leads to the other's place, or through it. */
function areRelated(left: readonly string[], right: readonly string[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) if (left[at] !== right[at]) return false;
  return true;
}

function textAt(choice: Choice, key: string): string | null {
  const text = choice.get(key) ?? null;
  return text === null ? null : String(JSON.parse(text));
}

function claimValue(type: ClaimType['type'], text: string): ClaimValue {
  switch (type) {
    case 'bool':
      return text === 'true';
    case 'int':
    case 'double':
      return Number(text);
    case 'string':
      return String(JSON.parse(text));
    case 'list': {
      const items: unknown = JSON.parse(text);
      return Array.isArray(items) ? items.map(String) : [];
    }
  }
}

const PLAIN: Readonly<Record<ClaimType['type'], string>> = {
  bool: 'true',
  int: '1',
  double: '1',
  string: '"a"',
  list: '[]',
};

/** In quotes, as JSON has it. */
const ADDRESS = /^"[^@]+@[^@]+"$/;

const TEXT: Projection = {
  type: 'string',
  nullable: false,
  enum: null,
  members: null,
  required: [],
  undeclared: 'refuse',
  items: null,
};

const TYPES: Readonly<Record<ClaimType['type'], Projection['type']>> = {
  bool: 'boolean',
  int: 'integer',
  double: 'number',
  string: 'string',
  list: 'array',
};

function projectionOf({ type }: ClaimType): Projection {
  return { ...TEXT, type: TYPES[type], items: type === 'list' ? TEXT : null };
}
