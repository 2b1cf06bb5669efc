/**
 * What functions and operators there are, as data: the compiler resolves a call by this table, and the evaluator
 * implements what is in it, so the two cannot disagree. Ids are those of the CEL specification's Go implementation where
 * it has one.
 */

/** A type as the table writes it. `param`: any type, the same one wherever the overload says so. */
export type TypeForm =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'type'
  | 'dyn'
  | { readonly list: TypeForm }
  | { readonly map: { readonly key: TypeForm; readonly value: TypeForm } }
  | { readonly param: 'A' | 'B' };

export interface Overload {
  readonly id: string;
  /** The receiver of a method first. */
  readonly args: readonly TypeForm[];
  readonly result: TypeForm;
}

/** One name, called in one way with one number of arguments. */
export interface FunctionForm {
  /** As in source, operators as the specification names them: `_+_`, `!_`, `@in`, `_?_:_`, `_[_]`, `startsWith`. */
  readonly name: string;
  /** Called as `receiver.name(...)`. */
  readonly method: boolean;
  readonly arity: number;
  readonly overloads: readonly Overload[];
  /**
   * What to call when the types that are known leave more than one of `overloads`: it chooses by the values. The only
   * overload again when there is just one.
   */
  readonly dynamic: Overload;
}

type Row = readonly [id: string, args: readonly TypeForm[], result: TypeForm];

const A: TypeForm = { param: 'A' };
const B: TypeForm = { param: 'B' };
const LIST: TypeForm = { list: A };
const STRINGS: TypeForm = { list: 'string' };
const MAP: TypeForm = { map: { key: A, value: B } };

function form(name: string, method: boolean, dynamicId: string | null, rows: readonly Row[]): FunctionForm {
  const overloads = rows.map(([id, args, result]) => ({ id, args, result }));
  const [first] = overloads;
  if (first === undefined) throw new Error(`${name} has no overloads`);
  const arity = first.args.length;
  if (dynamicId === null) return { name, method, arity, overloads, dynamic: first };
  const same = overloads.every(({ result }) => typeof result === 'string' && result === first.result);
  const args = first.args.map((): TypeForm => 'dyn');
  return { name, method, arity, overloads, dynamic: { id: dynamicId, args, result: same ? first.result : 'dyn' } };
}

function only(name: string, method: boolean, ...row: Row): FunctionForm {
  return form(name, method, null, [row]);
}

/** `less`: of every type that has an order, and between the number types. */
function ordering(operator: string, word: string): FunctionForm {
  const numbers = [
    ['int', 'int64'],
    ['uint', 'uint64'],
    ['double', 'double'],
  ] as const;
  const others = ['bool', 'string', 'bytes', 'timestamp', 'duration'] as const;
  const rows: Row[] = others.map((type) => [`${word}_${type}`, [type, type], 'bool']);
  for (const [left, leftWord] of numbers) {
    for (const [right, rightWord] of numbers) {
      const id = left === right ? `${word}_${leftWord}` : `${word}_${leftWord}_${rightWord}`;
      rows.push([id, [left, right], 'bool']);
    }
  }
  return form(operator, false, `dyn_${word}`, rows);
}

/** `getHours` of a timestamp in UTC and, with a second argument, in a time zone; of a duration where it has one. */
function timePart(name: string, id: string, zonedId: string, durationId: string | null): readonly FunctionForm[] {
  const zoned = only(name, true, zonedId, ['timestamp', 'string'], 'int');
  if (durationId === null) return [only(name, true, id, ['timestamp'], 'int'), zoned];
  const rows: Row[] = [
    [id, ['timestamp'], 'int'],
    [durationId, ['duration'], 'int'],
  ];
  return [form(name, true, `dyn_${name}`, rows), zoned];
}

const OPERATORS: readonly FunctionForm[] = [
  only('_&&_', false, 'logical_and', ['bool', 'bool'], 'bool'),
  only('_||_', false, 'logical_or', ['bool', 'bool'], 'bool'),
  only('!_', false, 'logical_not', ['bool'], 'bool'),
  only('_?_:_', false, 'conditional', ['bool', A, A], A),
  only('@not_strictly_false', false, 'not_strictly_false', ['bool'], 'bool'),
  only('_==_', false, 'equals', [A, A], 'bool'),
  only('_!=_', false, 'not_equals', [A, A], 'bool'),
  ordering('_<_', 'less'),
  ordering('_<=_', 'less_equals'),
  ordering('_>_', 'greater'),
  ordering('_>=_', 'greater_equals'),
  form('_+_', false, 'dyn_add', [
    ['add_int64', ['int', 'int'], 'int'],
    ['add_uint64', ['uint', 'uint'], 'uint'],
    ['add_double', ['double', 'double'], 'double'],
    ['add_string', ['string', 'string'], 'string'],
    ['add_bytes', ['bytes', 'bytes'], 'bytes'],
    ['add_list', [LIST, LIST], LIST],
    ['add_timestamp_duration', ['timestamp', 'duration'], 'timestamp'],
    ['add_duration_timestamp', ['duration', 'timestamp'], 'timestamp'],
    ['add_duration_duration', ['duration', 'duration'], 'duration'],
  ]),
  form('_-_', false, 'dyn_subtract', [
    ['subtract_int64', ['int', 'int'], 'int'],
    ['subtract_uint64', ['uint', 'uint'], 'uint'],
    ['subtract_double', ['double', 'double'], 'double'],
    ['subtract_timestamp_timestamp', ['timestamp', 'timestamp'], 'duration'],
    ['subtract_timestamp_duration', ['timestamp', 'duration'], 'timestamp'],
    ['subtract_duration_duration', ['duration', 'duration'], 'duration'],
  ]),
  form('_*_', false, 'dyn_multiply', [
    ['multiply_int64', ['int', 'int'], 'int'],
    ['multiply_uint64', ['uint', 'uint'], 'uint'],
    ['multiply_double', ['double', 'double'], 'double'],
  ]),
  form('_/_', false, 'dyn_divide', [
    ['divide_int64', ['int', 'int'], 'int'],
    ['divide_uint64', ['uint', 'uint'], 'uint'],
    ['divide_double', ['double', 'double'], 'double'],
  ]),
  form('_%_', false, 'dyn_modulo', [
    ['modulo_int64', ['int', 'int'], 'int'],
    ['modulo_uint64', ['uint', 'uint'], 'uint'],
  ]),
  form('-_', false, 'dyn_negate', [
    ['negate_int64', ['int'], 'int'],
    ['negate_double', ['double'], 'double'],
  ]),
  form('@in', false, 'dyn_in', [
    ['in_list', [A, LIST], 'bool'],
    ['in_map', [A, MAP], 'bool'],
  ]),
  form('_[_]', false, 'dyn_index', [
    ['index_list', [LIST, 'int'], A],
    ['index_map', [MAP, A], B],
  ]),
  // What the macros with two variables build maps with; no source can name them.
  only('@mapInsert', false, 'map_insert', [MAP, A, B], MAP),
  only('@mapInsert', false, 'map_insert_map', [MAP, MAP], MAP),
];

const CONVERSIONS: readonly FunctionForm[] = [
  form('int', false, 'dyn_to_int64', [
    ['int64_to_int64', ['int'], 'int'],
    ['uint64_to_int64', ['uint'], 'int'],
    ['double_to_int64', ['double'], 'int'],
    ['string_to_int64', ['string'], 'int'],
    ['timestamp_to_int64', ['timestamp'], 'int'],
  ]),
  form('uint', false, 'dyn_to_uint64', [
    ['uint64_to_uint64', ['uint'], 'uint'],
    ['int64_to_uint64', ['int'], 'uint'],
    ['double_to_uint64', ['double'], 'uint'],
    ['string_to_uint64', ['string'], 'uint'],
  ]),
  form('double', false, 'dyn_to_double', [
    ['double_to_double', ['double'], 'double'],
    ['int64_to_double', ['int'], 'double'],
    ['uint64_to_double', ['uint'], 'double'],
    ['string_to_double', ['string'], 'double'],
  ]),
  form('bool', false, 'dyn_to_bool', [
    ['bool_to_bool', ['bool'], 'bool'],
    ['string_to_bool', ['string'], 'bool'],
  ]),
  form('string', false, 'dyn_to_string', [
    ['string_to_string', ['string'], 'string'],
    ['bool_to_string', ['bool'], 'string'],
    ['int64_to_string', ['int'], 'string'],
    ['uint64_to_string', ['uint'], 'string'],
    ['double_to_string', ['double'], 'string'],
    ['bytes_to_string', ['bytes'], 'string'],
    ['timestamp_to_string', ['timestamp'], 'string'],
    ['duration_to_string', ['duration'], 'string'],
  ]),
  form('bytes', false, 'dyn_to_bytes', [
    ['bytes_to_bytes', ['bytes'], 'bytes'],
    ['string_to_bytes', ['string'], 'bytes'],
  ]),
  form('timestamp', false, 'dyn_to_timestamp', [
    ['timestamp_to_timestamp', ['timestamp'], 'timestamp'],
    ['string_to_timestamp', ['string'], 'timestamp'],
    ['int64_to_timestamp', ['int'], 'timestamp'],
  ]),
  form('duration', false, 'dyn_to_duration', [
    ['duration_to_duration', ['duration'], 'duration'],
    ['string_to_duration', ['string'], 'duration'],
  ]),
  only('dyn', false, 'to_dyn', [A], 'dyn'),
  only('type', false, 'type', [A], 'type'),
];

const SIZES: readonly FunctionForm[] = [
  form('size', false, 'dyn_size', [
    ['size_string', ['string'], 'int'],
    ['size_bytes', ['bytes'], 'int'],
    ['size_list', [LIST], 'int'],
    ['size_map', [MAP], 'int'],
  ]),
  form('size', true, 'dyn_size', [
    ['string_size', ['string'], 'int'],
    ['bytes_size', ['bytes'], 'int'],
    ['list_size', [LIST], 'int'],
    ['map_size', [MAP], 'int'],
  ]),
];

/** `matches` is absent: its pattern is a constant, and the call a node of its own. */
const STRING_FUNCTIONS: readonly FunctionForm[] = [
  only('startsWith', true, 'starts_with_string', ['string', 'string'], 'bool'),
  only('endsWith', true, 'ends_with_string', ['string', 'string'], 'bool'),
  only('contains', true, 'contains_string', ['string', 'string'], 'bool'),
  only('charAt', true, 'string_char_at_int', ['string', 'int'], 'string'),
  only('indexOf', true, 'string_index_of_string', ['string', 'string'], 'int'),
  only('indexOf', true, 'string_index_of_string_int', ['string', 'string', 'int'], 'int'),
  only('lastIndexOf', true, 'string_last_index_of_string', ['string', 'string'], 'int'),
  only('lastIndexOf', true, 'string_last_index_of_string_int', ['string', 'string', 'int'], 'int'),
  only('lowerAscii', true, 'string_lower_ascii', ['string'], 'string'),
  only('upperAscii', true, 'string_upper_ascii', ['string'], 'string'),
  only('replace', true, 'string_replace_string_string', ['string', 'string', 'string'], 'string'),
  only('replace', true, 'string_replace_string_string_int', ['string', 'string', 'string', 'int'], 'string'),
  only('split', true, 'string_split_string', ['string', 'string'], STRINGS),
  only('split', true, 'string_split_string_int', ['string', 'string', 'int'], STRINGS),
  only('substring', true, 'string_substring_int', ['string', 'int'], 'string'),
  only('substring', true, 'string_substring_int_int', ['string', 'int', 'int'], 'string'),
  only('trim', true, 'string_trim', ['string'], 'string'),
  only('reverse', true, 'string_reverse', ['string'], 'string'),
  only('join', true, 'list_join', [STRINGS], 'string'),
  only('join', true, 'list_join_string', [STRINGS, 'string'], 'string'),
];

const TIME_PARTS: readonly FunctionForm[] = [
  ...timePart('getFullYear', 'timestamp_to_year', 'timestamp_to_year_with_tz', null),
  ...timePart('getMonth', 'timestamp_to_month', 'timestamp_to_month_with_tz', null),
  ...timePart('getDayOfYear', 'timestamp_to_day_of_year', 'timestamp_to_day_of_year_with_tz', null),
  ...timePart('getDayOfMonth', 'timestamp_to_day_of_month', 'timestamp_to_day_of_month_with_tz', null),
  ...timePart('getDate', 'timestamp_to_day_of_month_1_based', 'timestamp_to_day_of_month_1_based_with_tz', null),
  ...timePart('getDayOfWeek', 'timestamp_to_day_of_week', 'timestamp_to_day_of_week_with_tz', null),
  ...timePart('getHours', 'timestamp_to_hours', 'timestamp_to_hours_with_tz', 'duration_to_hours'),
  ...timePart('getMinutes', 'timestamp_to_minutes', 'timestamp_to_minutes_with_tz', 'duration_to_minutes'),
  ...timePart('getSeconds', 'timestamp_to_seconds', 'timestamp_to_seconds_tz', 'duration_to_seconds'),
  ...timePart(
    'getMilliseconds',
    'timestamp_to_milliseconds',
    'timestamp_to_milliseconds_with_tz',
    'duration_to_milliseconds',
  ),
];

/** Every function, operator and method of the dialect. A name stands once per way of calling it. */
export const FUNCTIONS: readonly FunctionForm[] = [
  ...OPERATORS,
  ...CONVERSIONS,
  ...SIZES,
  ...STRING_FUNCTIONS,
  ...TIME_PARTS,
];

const byId = new Map<string, Overload>();
const byCall = new Map<string, FunctionForm>();
for (const each of FUNCTIONS) {
  byCall.set(callKey(each.name, each.method, each.arity), each);
  for (const overload of [...each.overloads, each.dynamic]) byId.set(overload.id, overload);
}

function callKey(name: string, method: boolean, arity: number): string {
  return `${method ? '.' : ''}${name}/${arity}`;
}

/** The form that a call can be of, or null; `arity` counts the receiver of a method. */
export function functionForm(name: string, method: boolean, arity: number): FunctionForm | null {
  return byCall.get(callKey(name, method, arity)) ?? null;
}

/** The overload of an id, or null when there is none. */
export function overloadById(id: string): Overload | null {
  return byId.get(id) ?? null;
}

/** Every id, those of `dynamic` included. */
export function overloadIds(): readonly string[] {
  return [...byId.keys()];
}
