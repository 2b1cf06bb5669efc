import { FUNCTIONS, type FunctionForm, type TypeForm } from '../../dataplane/cel/overloads.ts';
import { quote, quoteList } from '../diagnostics/quote.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Node, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import { describeType, helpForNames } from './explain.ts';
import type { Inference } from './inference.ts';
import { instance } from './infer-call.ts';
import { MACRO_NAMES } from './macros.ts';
import { isNumber, type Type, withoutNull } from './types.ts';
import { callableNames, renderForm, usageOf } from './usage.ts';

/** No overload takes arguments of these types: which argument is wrong, where there is just one answer. */
export function reportNoOverload(
  inference: Inference,
  form: FunctionForm,
  args: readonly Checked[],
  nameAt: Range,
): void {
  const types = args.map((arg) => inference.bindings.finish(arg.type));
  if (form.name === '_?_:_') {
    reportConditional(inference, args, types);
    return;
  }
  const [overload, ...others] = form.overloads;
  const isGeneric = overload === undefined || overload.args.some((arg) => typeof arg === 'object' && 'param' in arg);
  if (others.length > 0 || isGeneric) {
    const named = types.map(describeType);
    const message = `${nameOf(form)} does not take ${named.join(' and ')}`;
    inference.report('cel/no-overload', nameAt, message, helpForTypes(form, types) ?? usageOf([form]));
    return;
  }
  const typed = instance(inference.bindings);
  for (const [at, arg] of args.entries()) {
    const wanted = overload.args[at];
    const type = types[at];
    if (wanted === undefined || type === undefined || inference.bindings.isAssignable(arg.type, typed(wanted)))
      continue;
    const message = `${nameOf(form)} needs ${renderForm(wanted)} here, not ${describeType(type)}`;
    inference.report('cel/wrong-type', arg, message, helpForArgument(form, wanted, type) ?? usageOf([form]));
  }
}

function reportConditional({ report }: Inference, args: readonly Checked[], types: readonly Type[]): void {
  const [condition, , no] = args;
  const [conditionType, yesType, noType] = types;
  if (condition === undefined || no === undefined || !conditionType || !yesType || !noType) return;
  if (conditionType.kind !== 'bool' && conditionType.kind !== 'dyn' && conditionType.kind !== 'error') {
    report(
      'cel/wrong-type',
      condition,
      `\`?\` needs bool here, not ${describeType(conditionType)}`,
      'compare it: `… == value`',
    );
    return;
  }
  const message = `this value is ${describeType(noType)}, the other one ${describeType(yesType)}`;
  report('cel/wrong-type', no, message, 'write `dyn(…)` around a value to mix types');
}

const OPERATOR_NAMES: ReadonlyMap<string, string> = new Map([
  ['@in', 'in'],
  ['_[_]', '[]'],
  ['!_', '!'],
  ['-_', '-'],
]);

function nameOf({ name }: FunctionForm): string {
  return quote(OPERATOR_NAMES.get(name) ?? (name.startsWith('_') ? name.replaceAll('_', '') : name));
}

function helpForTypes(form: FunctionForm, types: readonly Type[]): string | null {
  const [left, right] = types.map(withoutNull);
  if (form.name === '@in') {
    if (right?.kind === 'record') return 'to ask whether a member is present, write `has(args.name)`';
    return right?.kind === 'string' ? 'write `text.contains("part")`' : null;
  }
  if (left === undefined || right === undefined) return null;
  if (form.name === '_==_' || form.name === '_!=_') return 'values of these types are never equal';
  const kinds = [left.kind, right.kind];
  if (isNumber(left) && isNumber(right)) {
    return kinds.includes('double') ? 'write `double(…)` around the int' : 'write `int(…)` around the uint';
  }
  const isText = kinds.includes('string');
  if (isText && form.name === '_+_') return 'write `string(…)` around the other value';
  if (isText && kinds.includes('timestamp')) return 'write `timestamp("…")` around the text';
  if (isText && kinds.includes('duration')) return 'write `duration("…")` around the text';
  return null;
}

function helpForArgument({ name }: FunctionForm, wanted: TypeForm, type: Type): string | null {
  if (name === 'contains' && type.kind === 'list') return 'write `value in list`';
  if (wanted === 'bool') return 'compare it: `… == value`';
  const isConvertible = isNumber(type) || type.kind === 'bool' || type.kind === 'timestamp';
  return wanted === 'string' && isConvertible ? 'write `string(…)` around it' : null;
}

/** No function of this name is called in this way: as a method or not, with so many arguments. */
export function reportUnknownFunction(
  { bindings, report }: Inference,
  node: Node & { readonly kind: 'call' },
  receiver: Checked | null,
): void {
  const { name, target } = node;
  // A method of what is wrong itself.
  if (receiver?.type.kind === 'error') return;
  const forms = FUNCTIONS.filter((form) => form.name === name.text && !form.name.startsWith('@'));
  const isMethod = target !== null;
  const alike = forms.filter((form) => form.method === isMethod);
  if (alike.length > 0) {
    const counts = alike.map(({ arity }) => String(isMethod ? arity - 1 : arity)).join(' or ');
    const message = `${quote(name.text)} takes ${counts} arguments, not ${node.args.length}`;
    report('cel/no-overload', name, message.replace('takes 1 arguments', 'takes 1 argument'), usageOf(alike));
    return;
  }
  if (forms.length > 0 || name.text === 'matches') {
    const usage = isMethod ? `${name.text}(value)` : `value.${name.text}(…)`;
    const what = isMethod ? 'is a function, not a method' : 'is a method, not a function';
    report('cel/unknown-function', name, `${quote(name.text)} ${what}`, `write \`${usage}\``);
    return;
  }
  const names = callableNames(receiver === null ? null : bindings.finish(receiver.type));
  const foreign = FOREIGN_NAMES.get(name.text.toLowerCase()) ?? null;
  const near =
    foreign === null ? didYouMean(name.text, [...names, ...MACRO_NAMES]) : `did you mean ${quoteList(foreign)}?`;
  const help = near ?? (names.length === 0 ? 'it has no methods' : helpForNames(names));
  report('cel/unknown-function', name, `there is no ${isMethod ? 'method' : 'function'} ${quote(name.text)}`, help);
}

/** What other languages call what CEL has, in lower case. */
const FOREIGN_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['len', ['size']],
  ['length', ['size']],
  ['count', ['size']],
  ['isempty', ['size']],
  ['includes', ['contains']],
  ['tolower', ['lowerAscii']],
  ['tolowercase', ['lowerAscii']],
  ['lower', ['lowerAscii']],
  ['toupper', ['upperAscii']],
  ['touppercase', ['upperAscii']],
  ['upper', ['upperAscii']],
  ['strip', ['trim']],
  ['substr', ['substring']],
  ['slice', ['substring']],
  ['replaceall', ['replace']],
  ['match', ['matches']],
  ['test', ['matches']],
  ['regex', ['matches']],
  ['startswith', ['startsWith']],
  ['endswith', ['endsWith']],
  ['any', ['exists']],
  ['some', ['exists']],
  ['every', ['all']],
  ['find', ['filter', 'exists']],
  ['tostring', ['string']],
  ['float', ['double']],
  ['date', ['timestamp']],
  ['now', ['now']],
  ['isset', ['has']],
  ['defined', ['has']],
]);
