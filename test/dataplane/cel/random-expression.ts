import { functionForm, type TypeForm } from '../../../dataplane/cel/overloads.ts';
import type { Expr } from '../../../schemas/types/expression.ts';

/** Types as the generator tells them apart. */
export type Type =
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'null'
  | 'list(int)'
  | 'list(string)'
  | 'map(string, int)'
  | 'dyn';

/** An expression twice: as source for a parser, and as what a checker that knows all types would make of it. */
export interface Random {
  readonly type: Type;
  readonly text: string;
  readonly expr: Expr;
}

/** The same sequence of numbers for the same seed (mulberry32): a failure can be run again. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const INTS = ['0', '1', '2', '3', '-1', '-7', '100', '9007199254740991', '9007199254740993', '9223372036854775807'];
const INT_MIN = '-9223372036854775808';
const UINTS = ['0', '1', '2', '5', '9007199254740993', '18446744073709551615'];
const DOUBLES = ['0.0', '1.0', '2.5', '-1.5', '3.0', '1e18', '9007199254740992.0', '9223372036854775807.0', '1e300'];
const TEXTS = ['', 'a', 'b', 'ab', 'abab', 'Abc', '12', '-3', '2.5', 'true', 'ß', '\ue000', 'x y', ' x'];
/** Past the basic plane: two UTF-16 units are one code point. */
const ASTRAL = ['\u{1f431}', 'a\u{1f431}b'];
const BYTES = ['', 'a', 'ab', 'b'];
const TIMES = ['2024-02-29T12:30:45.678Z', '1969-12-31T23:59:59Z', '2000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'];
const DURATIONS = ['0s', '1s', '-1.5s', '3600s', '1h30m', '90m', '9223372036s', '1ms'];
const ZONES = ['UTC', '+02:00', '-09:30', 'Europe/Berlin', 'America/New_York', 'Nowhere/None'];
const TIME_METHODS = ['getFullYear', 'getMonth', 'getDayOfYear', 'getDayOfMonth', 'getDate', 'getDayOfWeek'];
const CLOCK_METHODS = ['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'];
const SCALARS: readonly Type[] = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration', 'null'];
const ORDERED: readonly Type[] = ['int', 'int', 'uint', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration'];
const ANY: readonly Type[] = [...SCALARS, 'list(int)', 'list(string)', 'map(string, int)', 'dyn'];

/** Members of the variable `args`; `args.absent` is not there. */
const ARGS: readonly (readonly [name: string, type: Type])[] = [
  ['i', 'int'],
  ['big', 'int'],
  ['u', 'uint'],
  ['d', 'double'],
  ['s', 'string'],
  ['b', 'bool'],
  ['n', 'null'],
  ['ints', 'list(int)'],
  ['texts', 'list(string)'],
  ['counts', 'map(string, int)'],
];

export class Generator {
  readonly #random: () => number;
  #iterations = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** An expression of a type, as deep as asked for; `locals` are variables of macros around it. */
  of(type: Type, depth: number, locals: readonly Random[] = []): Random {
    if (depth > 0 && this.#chance(0.04)) return this.#call('dyn', false, [this.of(this.#pick(ANY), depth - 1, locals)]);
    const known = locals.filter((local) => local.type === type);
    if (known.length > 0 && this.#chance(0.4)) return this.#pick(known);
    if (depth <= 0 || this.#chance(0.1)) return this.#leaf(type);
    if (this.#chance(0.06)) return this.#choice(type, depth, locals);
    switch (type) {
      case 'bool':
        return this.#bool(depth - 1, locals);
      case 'int':
        return this.#int(depth - 1, locals);
      case 'uint':
      case 'double':
        return this.#number(type, depth - 1, locals);
      case 'string':
        return this.#string(depth - 1, locals);
      case 'bytes':
        return this.#chance(0.5)
          ? this.#operator('_+_', this.of('bytes', depth - 1, locals), this.of('bytes', depth - 1, locals))
          : this.#call('bytes', false, [this.of('string', depth - 1, locals)]);
      case 'timestamp':
        return this.#operator(
          this.#pick(['_+_', '_-_']),
          this.of('timestamp', depth - 1, locals),
          this.of('duration', depth - 1, locals),
        );
      case 'duration':
        return this.#operator(
          this.#pick(['_+_', '_-_']),
          this.of('duration', depth - 1, locals),
          this.of('duration', depth - 1, locals),
        );
      case 'list(int)':
      case 'list(string)':
        return this.#list(type, depth - 1, locals);
      case 'map(string, int)':
        return this.#map(depth - 1, locals);
      case 'dyn':
        return this.#call('dyn', false, [this.of(this.#pick(SCALARS), depth - 1, locals)]);
      case 'null':
        return this.#leaf(type);
    }
  }

  #bool(depth: number, locals: readonly Random[]): Random {
    const of = (type: Type): Random => this.of(type, depth, locals);
    switch (Math.floor(this.#random() * 12)) {
      case 0:
      case 1:
        return this.#operator(this.#pick(['_&&_', '_||_']), of('bool'), of('bool'));
      case 2:
        return this.#negation('!_', of('bool'));
      case 3:
      case 4: {
        const type = this.#pick(ORDERED);
        return this.#operator(this.#pick(['_<_', '_<=_', '_>_', '_>=_']), of(type), of(type));
      }
      case 5: {
        const types: readonly Type[] = ['int', 'uint', 'double', 'dyn'];
        const [left, right] = [of(this.#pick(types)), of(this.#pick(types))];
        return this.#operator(this.#pick(['_<_', '_<=_', '_>_', '_>=_']), this.#asDyn(left), this.#asDyn(right));
      }
      case 6: {
        const type = this.#pick(ANY);
        return this.#operator(this.#pick(['_==_', '_!=_']), of(type), of(type));
      }
      case 7:
        return this.#operator(
          this.#pick(['_==_', '_!=_']),
          this.#asDyn(of(this.#pick(ANY))),
          this.#asDyn(of(this.#pick(ANY))),
        );
      case 8:
        return this.#call(this.#pick(['startsWith', 'endsWith', 'contains']), true, [of('string'), of('string')]);
      case 9: {
        const [needle, range]: readonly [Type, Type] = this.#pick([
          ['int', 'list(int)'],
          ['string', 'list(string)'],
          ['string', 'map(string, int)'],
        ]);
        return this.#call('@in', false, [of(needle), of(range)], (a, b) => `(${a} in ${b})`);
      }
      case 10:
        return this.#quantifier(depth, locals);
      default:
        return this.#has();
    }
  }

  #int(depth: number, locals: readonly Random[]): Random {
    const of = (type: Type): Random => this.of(type, depth, locals);
    switch (Math.floor(this.#random() * 10)) {
      case 0:
      case 1:
      case 2:
        return this.#operator(this.#pick(['_+_', '_-_', '_*_', '_/_', '_%_']), of('int'), of('int'));
      case 3:
        return this.#negation('-_', of('int'));
      case 4:
        return this.#call('size', this.#chance(0.5), [
          of(this.#pick(['string', 'bytes', 'list(int)', 'list(string)', 'map(string, int)'])),
        ]);
      case 5:
        return this.#call('int', false, [of(this.#pick(['int', 'uint', 'double', 'timestamp', 'string']))]);
      case 6:
        return this.#index('list(int)', of('list(int)'), of('int'));
      case 7:
        return this.#index('map(string, int)', of('map(string, int)'), of('string'));
      case 8:
        return this.#call(this.#pick(['indexOf', 'lastIndexOf']), true, [
          of('string'),
          of('string'),
          ...(this.#chance(0.4) ? [of('int')] : []),
        ]);
      default:
        return this.#timePart(depth, locals);
    }
  }

  /** Not of a negation: Buf's parser takes both away, whatever is negated. */
  #negation(operator: '!_' | '-_', operand: Random): Random {
    const sign = operator.charAt(0);
    return operand.text.startsWith(sign) ? operand : this.#call(operator, false, [operand], (a) => `${sign}(${a})`);
  }

  #timePart(depth: number, locals: readonly Random[]): Random {
    if (this.#chance(0.3)) return this.#call(this.#pick(CLOCK_METHODS), true, [this.of('duration', depth, locals)]);
    const time = this.of('timestamp', depth, locals);
    const method = this.#pick([...TIME_METHODS, ...CLOCK_METHODS]);
    return this.#call(method, true, this.#chance(0.5) ? [time] : [time, this.#text(this.#pick(ZONES))]);
  }

  #number(type: 'uint' | 'double', depth: number, locals: readonly Random[]): Random {
    if (this.#chance(0.3))
      return this.#call(type, false, [this.of(this.#pick(['int', 'uint', 'double', 'string']), depth, locals)]);
    const operators = type === 'uint' ? ['_+_', '_-_', '_*_', '_/_', '_%_'] : ['_+_', '_-_', '_*_', '_/_'];
    return this.#operator(this.#pick(operators), this.of(type, depth, locals), this.of(type, depth, locals));
  }

  #string(depth: number, locals: readonly Random[]): Random {
    const of = (type: Type): Random => this.of(type, depth, locals);
    switch (Math.floor(this.#random() * 9)) {
      case 0:
      case 1:
        return this.#operator('_+_', of('string'), of('string'));
      case 2:
        return this.#call('string', false, [
          of(this.#pick(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'])),
        ]);
      case 3:
        return this.#call(this.#pick(['lowerAscii', 'upperAscii', 'trim']), true, [of('string')]);
      case 4:
        return this.#call('replace', true, [
          of('string'),
          this.#text(this.#pick(['a', 'b', 'ab'])),
          of('string'),
          ...(this.#chance(0.3) ? [this.#leaf('int')] : []),
        ]);
      case 5:
        return this.#call('charAt', true, [of('string'), of('int')]);
      case 6:
        return this.#call(
          'substring',
          true,
          this.#chance(0.5) ? [of('string'), of('int')] : [of('string'), of('int'), of('int')],
        );
      case 7:
        return this.#call('join', true, this.#chance(0.5) ? [of('list(string)')] : [of('list(string)'), of('string')]);
      default:
        return this.#index('list(string)', of('list(string)'), of('int'));
    }
  }

  #list(type: 'list(int)' | 'list(string)', depth: number, locals: readonly Random[]): Random {
    const element: Type = type === 'list(int)' ? 'int' : 'string';
    switch (Math.floor(this.#random() * 5)) {
      case 0:
      case 1: {
        const items = Array.from({ length: Math.floor(this.#random() * 4) }, () => this.of(element, depth, locals));
        return {
          type,
          text: `[${items.map(({ text }) => text).join(', ')}]`,
          expr: { k: 'list', items: items.map(({ expr }) => expr) },
        };
      }
      case 2:
        return this.#operator('_+_', this.of(type, depth, locals), this.of(type, depth, locals));
      case 3:
        return type === 'list(string)'
          ? this.#call('split', true, [
              this.of('string', depth, locals),
              this.#text(this.#pick(['a', ' ', 'b', ''])),
              ...(this.#chance(0.3) ? [this.#leaf('int')] : []),
            ])
          : this.#collected(type, depth, locals);
      default:
        return this.#collected(type, depth, locals);
    }
  }

  /** Keys are surely strings: Buf takes doubles for keys. */
  #map(depth: number, locals: readonly Random[]): Random {
    const entries = Array.from({ length: Math.floor(this.#random() * 3) }, () => ({
      key: this.#leaf('string'),
      value: this.of('int', depth, locals),
    }));
    return {
      type: 'map(string, int)',
      text: `{${entries.map(({ key, value }) => `${key.text}: ${value.text}`).join(', ')}}`,
      expr: { k: 'map', entries: entries.map(({ key, value }) => ({ key: key.expr, value: value.expr })) },
    };
  }

  /** `range.all(x, …)` and its like. */
  #quantifier(depth: number, locals: readonly Random[]): Random {
    const macro = this.#pick(['all', 'exists', 'exists_one']);
    const { range, local, accu, name } = this.#loop(depth, locals);
    const predicate = this.of('bool', depth, [...locals, local]);
    const before: Expr = { k: 'var', name: accu };
    const text = `${range.text}.${macro}(${name}, ${predicate.text})`;
    if (macro === 'exists_one') {
      const one: Expr = { k: 'const', t: 'int', v: '1' };
      const expr: Expr = {
        ...this.#fold(range, name, accu),
        init: { k: 'const', t: 'int', v: '0' },
        cond: { k: 'const', t: 'bool', v: true },
        step: callOf('conditional', predicate.expr, callOf('add_int64', before, one), before),
        result: callOf('equals', before, one),
      };
      return { type: 'bool', text, expr };
    }
    const isAll = macro === 'all';
    const expr: Expr = {
      ...this.#fold(range, name, accu),
      init: { k: 'const', t: 'bool', v: isAll },
      cond: callOf('not_strictly_false', isAll ? before : callOf('logical_not', before)),
      step: callOf(isAll ? 'logical_and' : 'logical_or', before, predicate.expr),
      result: before,
    };
    return { type: 'bool', text, expr };
  }

  /** `range.filter(x, …)`, `range.map(x, …)`, `range.map(x, …, …)`. */
  #collected(type: 'list(int)' | 'list(string)', depth: number, locals: readonly Random[]): Random {
    const { range, local, accu, name } = this.#loop(depth, locals);
    const isFilter = range.type === type && this.#chance(0.5);
    const filter = isFilter || this.#chance(0.3) ? this.of('bool', depth, [...locals, local]) : null;
    const element = isFilter ? local : this.of(type === 'list(int)' ? 'int' : 'string', depth, [...locals, local]);
    const bodies = isFilter ? [filter] : [filter, element];
    const written = bodies.flatMap((body) => (body === null ? [] : [body.text]));
    const before: Expr = { k: 'var', name: accu };
    const adding = callOf('add_list', before, { k: 'list', items: [element.expr] });
    const expr: Expr = {
      ...this.#fold(range, name, accu),
      init: { k: 'list', items: [] },
      cond: { k: 'const', t: 'bool', v: true },
      step: filter === null ? adding : callOf('conditional', filter.expr, adding, before),
      result: before,
    };
    return { type, text: `${range.text}.${isFilter ? 'filter' : 'map'}(${[name, ...written].join(', ')})`, expr };
  }

  #loop(
    depth: number,
    locals: readonly Random[],
  ): { readonly range: Random; readonly local: Random; readonly accu: string; readonly name: string } {
    const type = this.#pick<Type>(['list(int)', 'list(string)', 'map(string, int)']);
    const name = `x${this.#iterations++ % 4}`;
    const element: Type = type === 'list(int)' ? 'int' : 'string';
    const range = this.of(type, depth, locals);
    return { range, local: { type: element, text: name, expr: { k: 'var', name } }, accu: '@result', name };
  }

  #fold(range: Random, iter: string, accu: string) {
    return { k: 'fold', range: range.expr, iter, iter2: null, accu } as const;
  }

  #has(): Random {
    const name = this.#pick(['i', 's', 'absent']);
    return { type: 'bool', text: `has(args.${name})`, expr: { k: 'has', of: { k: 'var', name: 'args' }, name } };
  }

  #choice(type: Type, depth: number, locals: readonly Random[]): Random {
    const test = this.of('bool', depth - 1, locals);
    const [yes, no] = [this.of(type, depth - 1, locals), this.of(type, depth - 1, locals)];
    return {
      type,
      text: `(${test.text} ? ${yes.text} : ${no.text})`,
      expr: callOf('conditional', test.expr, yes.expr, no.expr),
    };
  }

  /** Lists surely by a number: Buf takes a bool for a list's index. */
  #index(type: Type, collection: Random, at: Random): Random {
    const isMap = type === 'map(string, int)';
    const sum = isMap ? at : this.#operator(this.#pick(['_+_', '_-_', '_/_']), this.#leaf('int'), this.#leaf('int'));
    const key = isMap || this.#chance(0.5) ? sum : this.#leaf('int');
    const { expr, text } = this.#call('_[_]', false, [collection, key], (a, b) => `${a}[${b}]`);
    return { type: type === 'list(string)' ? 'string' : 'int', expr, text };
  }

  #operator(name: string, left: Random, right: Random): Random {
    return this.#call(name, false, [left, right], (a, b) => `(${a} ${name.replaceAll('_', '')} ${b})`);
  }

  /** A call of the overload that the types leave, or of the one that looks at the values. */
  #call(
    name: string,
    method: boolean,
    args: readonly Random[],
    write: (...texts: readonly string[]) => string = (first, ...others) =>
      method ? `${first}.${name}(${others.join(', ')})` : `${name}(${[first, ...others].join(', ')})`,
  ): Random {
    const form = functionForm(name, method, args.length);
    if (form === null) throw new Error(`no function ${name}`);
    const candidates = form.overloads.filter((overload) => overload.args.every((arg, at) => fits(arg, args[at]?.type)));
    const [first, second] = candidates;
    const overload = first !== undefined && second === undefined ? first : form.dynamic;
    const type = resultType(overload.result, args);
    const text = write(...args.map((arg) => arg.text));
    return { type, text, expr: callOf(overload.id, ...args.map(({ expr }) => expr)) };
  }

  #asDyn(operand: Random): Random {
    return operand.type === 'dyn' ? operand : this.#call('dyn', false, [operand]);
  }

  #leaf(type: Type): Random {
    const members = ARGS.filter(([, of]) => of === type);
    if (members.length > 0 && this.#chance(0.35)) {
      const [name] = this.#pick(members);
      return { type, text: `args.${name}`, expr: { k: 'get', of: { k: 'var', name: 'args' }, name } };
    }
    switch (type) {
      case 'bool': {
        const v = this.#chance(0.5);
        return { type, text: String(v), expr: { k: 'const', t: 'bool', v } };
      }
      case 'int': {
        const v = this.#chance(0.03) ? INT_MIN : this.#pick(this.#chance(0.7) ? INTS.slice(0, 6) : INTS);
        return { type, text: v.startsWith('-') ? `(${v})` : v, expr: { k: 'const', t: 'int', v } };
      }
      case 'uint': {
        const v = this.#pick(UINTS);
        return { type, text: `${v}u`, expr: { k: 'const', t: 'uint', v } };
      }
      case 'double': {
        const v = this.#pick(DOUBLES);
        return {
          type,
          text: v.startsWith('-') ? `(${v})` : v,
          expr: { k: 'const', t: 'double', v: String(Number(v)) },
        };
      }
      case 'string':
        return this.#text(this.#pick(this.#chance(0.05) ? ASTRAL : TEXTS));
      case 'bytes': {
        const v = this.#pick(BYTES);
        return {
          type,
          text: `b${JSON.stringify(v)}`,
          expr: { k: 'const', t: 'bytes', v: Buffer.from(v).toString('base64') },
        };
      }
      case 'null':
        return { type, text: 'null', expr: { k: 'const', t: 'null', v: null } };
      case 'timestamp':
        return this.#call('timestamp', false, [this.#text(this.#pick(TIMES))]);
      case 'duration':
        return this.#call('duration', false, [this.#text(this.#pick(DURATIONS))]);
      case 'list(int)':
      case 'list(string)':
        return { type, text: '[]', expr: { k: 'list', items: [] } };
      case 'map(string, int)':
        return { type, text: '{}', expr: { k: 'map', entries: [] } };
      case 'dyn':
        return this.#call('dyn', false, [this.#leaf(this.#pick(SCALARS))]);
    }
  }

  #text(v: string): Random {
    return { type: 'string', text: JSON.stringify(v), expr: { k: 'const', t: 'string', v } };
  }

  #pick<T>(choices: readonly T[]): T {
    const picked = choices[Math.floor(this.#random() * choices.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}

function callOf(fn: string, ...args: readonly Expr[]): Expr {
  return { k: 'call', fn, args };
}

/** Whether an operand can be what an overload takes; `dyn` can be anything. */
function fits(form: TypeForm, type: Type | undefined): boolean {
  if (type === undefined) return false;
  if (type === 'dyn' || form === 'dyn') return true;
  if (typeof form === 'string') return form === type;
  if ('param' in form) return true;
  return 'list' in form ? type.startsWith('list') : type.startsWith('map');
}

function resultType(form: TypeForm, args: readonly Random[]): Type {
  if (typeof form !== 'string')
    return 'list' in form && form.list === 'string' ? 'list(string)' : (args[0]?.type ?? 'dyn');
  return form === 'type' ? 'dyn' : form;
}
