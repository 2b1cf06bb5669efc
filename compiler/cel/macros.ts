import { quote } from '../diagnostics/quote.ts';
import type { LoopMacro, Node, Word } from './ast.ts';
import type { ReportCel } from './problem.ts';

/** Where mistakes in macros are reported. */
interface Reporter {
  readonly report: ReportCel;
}

type Call = Node & { readonly kind: 'call' };

interface MacroForm {
  readonly macro: LoopMacro;
  /** Variables and bodies that it can have; the last body is `result` when `hasResult`, any other the condition. */
  readonly variables: readonly (1 | 2)[];
  readonly hasResult: boolean;
  readonly usage: string;
}

/** Macros with variables, by name (cel-spec, "Macros"; cel-go `ext/comprehensions` for two variables). */
const LOOPS: ReadonlyMap<string, MacroForm> = new Map([
  ['all', { macro: 'all', variables: [1, 2], hasResult: false, usage: 'list.all(x, condition)' }],
  ['exists', { macro: 'exists', variables: [1, 2], hasResult: false, usage: 'list.exists(x, condition)' }],
  ['exists_one', { macro: 'exists_one', variables: [1, 2], hasResult: false, usage: 'list.exists_one(x, condition)' }],
  ['existsOne', { macro: 'exists_one', variables: [1, 2], hasResult: false, usage: 'list.existsOne(x, condition)' }],
  ['filter', { macro: 'filter', variables: [1], hasResult: false, usage: 'list.filter(x, condition)' }],
  ['map', { macro: 'map', variables: [1], hasResult: true, usage: 'list.map(x, value)' }],
  [
    'transformList',
    { macro: 'transformList', variables: [2], hasResult: true, usage: 'list.transformList(i, x, value)' },
  ],
  ['transformMap', { macro: 'transformMap', variables: [2], hasResult: true, usage: 'map.transformMap(k, v, value)' }],
  [
    'transformMapEntry',
    { macro: 'transformMapEntry', variables: [2], hasResult: true, usage: 'map.transformMapEntry(k, v, {key: value})' },
  ],
]);

/** The names of macros, for "did you mean". */
export const MACRO_NAMES: readonly string[] = ['has', ...LOOPS.keys()];

/**
 * The node of a macro when a call is one, else the call. Macros are told by their names, as in cel-spec: no function can
 * have one of them. A macro that is written wrongly is reported.
 */
export function expandMacro(call: Call, reporter: Reporter): Node {
  if (call.target === null) return call.name.text === 'has' ? expandHas(call, reporter) : call;
  const form = LOOPS.get(call.name.text);
  return form === undefined ? call : expandLoop(call, call.target, form, reporter);
}

function expandHas(call: Call, reporter: Reporter): Node {
  const [member, ...others] = call.args;
  const { start, end, depth } = call;
  if (member?.kind === 'member' && others.length === 0) {
    return { kind: 'has', of: member.of, name: member.name, start, end, depth };
  }
  if (member?.kind === 'index' && others.length === 0 && member.index.kind === 'literal') {
    const { literal } = member.index;
    if (literal.type === 'string') {
      const name = { text: literal.value, start: member.index.start, end: member.index.end };
      return { kind: 'has', of: member.of, name, start, end, depth };
    }
  }
  if (!call.args.some(({ kind }) => kind === 'error')) {
    const at = member !== undefined && others.length === 0 ? member : call.name;
    reporter.report('cel/bad-macro', at, '`has` asks for one member', 'write `has(args.name)`');
  }
  return { kind: 'error', start, end, depth };
}

function expandLoop(call: Call, target: Node, form: MacroForm, reporter: Reporter): Node {
  const { name, start, end, depth } = call;
  const error: Node = { kind: 'error', start, end, depth };
  const count = variableCount(call, form);
  if (count === null) {
    reporter.report(
      'cel/bad-macro',
      name,
      `${quote(name.text)} takes a variable and what is asked of it`,
      `write \`${form.usage}\``,
    );
    return error;
  }
  const variables: Word[] = [];
  for (const node of call.args.slice(0, count)) {
    if (node.kind === 'error') return error;
    if (node.kind !== 'name' || node.absolute || variables.some(({ text }) => text === node.name)) {
      const what = node.kind === 'name' ? 'another name' : 'a name of your choice, like `x`';
      reporter.report(
        'cel/bad-macro',
        node,
        `the variable of ${quote(name.text)} must be ${what}`,
        `write \`${form.usage}\``,
      );
      return error;
    }
    variables.push({ text: node.name, start: node.start, end: node.end });
  }
  const bodies = call.args.slice(count);
  const result = form.hasResult ? (bodies.pop() ?? null) : null;
  const condition = bodies[0] ?? null;
  return { kind: 'loop', macro: form.macro, name, target, variables, condition, result, start, end, depth };
}

/** One variable, or two, as the number of arguments says. */
function variableCount({ args }: Call, form: MacroForm): number | null {
  for (const variables of form.variables) {
    const bodies = args.length - variables;
    if (bodies === 1 || (bodies === 2 && form.hasResult)) return variables;
  }
  return null;
}
