import { FUNCTIONS, type FunctionForm, type Overload, type TypeForm } from '../../dataplane/cel/overloads.ts';
import { quoteList } from '../diagnostics/quote.ts';
import { instance } from './infer-call.ts';
import { MACRO_NAMES } from './macros.ts';
import { STRING, withoutNull, type Type } from './types.ts';
import { Bindings } from './unify.ts';

/** Ways to call a function that a remedy lists. */
const USAGES_MAX = 4;

/** How functions are called: "write `int + int` or `double + double`". */
export function usageOf(forms: readonly FunctionForm[]): string {
  const usages = forms.flatMap((form) => form.overloads.map((overload) => renderUsage(form, overload)));
  return `write ${quoteList(usages.slice(0, USAGES_MAX))}`;
}

function renderUsage({ name, method }: FunctionForm, { args }: Overload): string {
  const [first = '', ...others] = args.map(renderForm);
  if (name === '@in') return `value in ${others.join()}`;
  if (name === '_[_]') return `${first}[${others.join()}]`;
  if (name.startsWith('_')) return `${first} ${name.replaceAll('_', '')} ${others.join()}`;
  if (name.endsWith('_')) return `${name.slice(0, -1)}${first}`;
  return method ? `${first}.${name}(${others.join(', ')})` : `${name}(${[first, ...others].join(', ')})`;
}

/** A type of the table of overloads, as messages name it. */
export function renderForm(form: TypeForm): string {
  if (typeof form === 'string') return form;
  if ('list' in form) return typeof form.list === 'string' ? `list(${form.list})` : 'list';
  return 'map' in form ? 'map' : 'value';
}

/** Names of functions or, of a receiver of some type, of its methods. */
export function callableNames(receiver: Type | null): readonly string[] {
  if (receiver === null) {
    const functions = FUNCTIONS.filter(({ name, method }) => !method && /^[a-z]/.test(name));
    return [...new Set([...functions.map(({ name }) => name), 'has', 'matches'])];
  }
  const type = withoutNull(receiver);
  const methods = FUNCTIONS.filter(({ method, overloads }) => method && overloads.some((each) => takes(each, type)));
  const patterns = new Bindings().isAssignable(type, STRING) ? ['matches'] : [];
  const macros = type.kind === 'list' || type.kind === 'map' ? MACRO_NAMES.filter((name) => name !== 'has') : [];
  return [...new Set([...methods.map(({ name }) => name), ...patterns, ...macros])];
}

function takes({ args }: Overload, type: Type): boolean {
  const bindings = new Bindings();
  const [first] = args;
  return first !== undefined && bindings.isAssignable(type, instance(bindings)(first));
}
