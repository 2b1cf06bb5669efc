import type { FunctionForm, Overload } from '../../dataplane/cel/overloads.ts';
import { quote } from '../diagnostics/quote.ts';
import type { Checked } from './checked.ts';
import { instance } from './infer-call.ts';
import type { ReportCel } from './problem.ts';
import { ERROR, hasPart, isDynamic, partsOf, withParts, type Type } from './types.ts';
import { Bindings } from './unify.ts';

/**
 * Replaces what inference found out: every type is final, every call has its overload. With all types known, judges how
 * values are used: one without a type must be written `dyn(…)`, one that may be null must have been asked.
 */
export function settleTypes(checked: Checked, bindings: Bindings, text: string, report: ReportCel): Checked {
  return new Settler(bindings, text, report).settle(checked);
}

/** These look at how many members a value has, or at one of them; what those are, matters to whoever uses them. */
const LOOKS_INTO: ReadonlySet<string> = new Set(['size', '_[_]']);
/** These take anything. */
const TAKES_ANYTHING: ReadonlySet<string> = new Set(['dyn', 'type']);

class Settler {
  readonly #bindings: Bindings;
  readonly #text: string;
  readonly #report: ReportCel;

  constructor(bindings: Bindings, text: string, report: ReportCel) {
    this.#bindings = bindings;
    this.#text = text;
    this.#report = report;
  }

  settle(node: Checked): Checked {
    const type = this.#bindings.finish(node.type);
    switch (node.kind) {
      case 'constant':
      case 'variable':
      case 'error':
        return { ...node, type };
      case 'get':
      case 'has':
      case 'match':
        return { ...node, type, of: this.#used(this.settle(node.of)) };
      case 'call':
        return this.#call(node, type);
      case 'logic':
        return { ...node, type, operands: node.operands.map((operand) => this.#used(this.settle(operand))) };
      case 'list':
        return { ...node, type, items: node.items.map((item) => this.#typed(this.settle(item))) };
      case 'map': {
        const entries = node.entries.map(({ key, value }) => ({
          key: this.#used(this.settle(key)),
          value: this.#typed(this.settle(value)),
        }));
        return { ...node, type, entries };
      }
      case 'loop': {
        const range = this.#used(this.settle(node.range));
        const condition = node.condition === null ? null : this.#used(this.settle(node.condition));
        const result = node.result === null ? null : this.#typed(this.settle(node.result));
        return { ...node, type, range, condition, result };
      }
    }
  }

  #call(node: Checked & { readonly kind: 'call' }, type: Type): Checked {
    const { form } = node;
    const args = node.args.map((arg) => this.settle(arg));
    const types = args.map((arg) => arg.type);
    const overload = chooseOverload(form, types);
    if (TAKES_ANYTHING.has(form.name)) return { ...node, type, overload, args };
    this.#judgeNull(overload, args);
    const isReported = this.#judgeUntyped(form, args);
    return { ...node, type: isReported ? withoutUntyped(type) : type, overload, args };
  }

  /** One report for what comes from one value. */
  #judgeUntyped(form: FunctionForm, args: readonly Checked[]): boolean {
    const direct = args.filter(({ type }) => type.kind === 'untyped');
    const [container] = args;
    const within = args.filter((arg) => {
      const isEmpty =
        (arg.kind === 'list' && arg.items.length === 0) || (arg.kind === 'map' && arg.entries.length === 0);
      return hasPart(arg.type, 'untyped') && !isEmpty && !(LOOKS_INTO.has(form.name) && arg === container);
    });
    const wrong = direct.length > 0 ? direct : within.slice(0, 1);
    for (const arg of wrong) this.#reportUntyped(arg);
    return wrong.length > 0;
  }

  #judgeNull(overload: Overload, args: readonly Checked[]): void {
    const bindings = new Bindings();
    const typed = instance(bindings);
    const wanted = overload.args.map(typed);
    bindings.areAssignable(
      args.map((arg) => arg.type),
      wanted,
    );
    for (const [at, arg] of args.entries()) {
      const parameter = wanted[at];
      if (parameter !== undefined && mayBeNull(arg.type, bindings.finish(parameter))) this.#reportNullable(arg);
    }
  }

  /** What must be of a known type, and not null. */
  #used(node: Checked): Checked {
    if (node.type.kind === 'nullable') this.#reportNullable(node);
    return this.#typed(node);
  }

  #typed(node: Checked): Checked {
    if (node.type.kind === 'untyped') this.#reportUntyped(node);
    return node;
  }

  #reportUntyped(node: Checked): void {
    const written = this.#text.slice(node.start, node.end);
    const what = node.type.kind === 'untyped' ? quote(written) : `what is in ${quote(written)}`;
    this.#report('cel/dyn', node, `the schema gives ${what} no single type`, `write \`dyn(${written})\``);
  }

  #reportNullable(node: Checked): void {
    const written = this.#text.slice(node.start, node.end);
    const isWhole = node.type.kind === 'nullable';
    const what = isWhole ? quote(written) : `what is in ${quote(written)}`;
    // Which of the values are null cannot be said where all are used at once.
    const help = isWhole ? `write \`${written} != null && …\`` : `write \`dyn(${written})\``;
    this.#report('cel/nullable', node, `${what} may be null`, help);
  }
}

/** The overload for these types, or the one that looks at the values when the types leave it open. */
function chooseOverload({ overloads, dynamic }: FunctionForm, types: readonly Type[]): Overload {
  const [only, ...others] = overloads;
  if (only !== undefined && others.length === 0) return only;
  const fitting = overloads.filter(({ args }) => {
    const bindings = new Bindings();
    return bindings.areAssignable(types, args.map(instance(bindings)));
  });
  const [overload] = fitting;
  // A number in a list of numbers of another type.
  if (overload === undefined)
    return overloads.find(({ id }) => id === 'in_list' && types[1]?.kind === 'list') ?? dynamic;
  const isOpen = overload.args.some((arg, at) => {
    const type = types[at];
    const isParameter = typeof arg === 'object' && 'param' in arg;
    return !isParameter && (type === undefined || isDynamic(type));
  });
  return fitting.length > 1 || isOpen ? dynamic : overload;
}

/** What was reported is not reported again where it is used. */
function withoutUntyped(type: Type): Type {
  return type.kind === 'untyped' ? ERROR : withParts(type, withoutUntyped);
}

/** Whether null can be where the wanted type does not say so. */
function mayBeNull(type: Type, wanted: Type): boolean {
  if (isDynamic(wanted) || wanted.kind === 'variable') return false;
  if (type.kind === 'nullable') return wanted.kind !== 'nullable';
  const parts = partsOf(wanted);
  return partsOf(type).some((part, at) => {
    const other = parts[at];
    return other !== undefined && mayBeNull(part, other);
  });
}
