import type { Const, Expr } from '../../schemas/types/expression.ts';
import { EXPRESSION_DEPTH_MAX, EXPRESSION_NODES_MAX, FOLDS_NESTED_MAX } from '../limits.ts';
import { constantValue } from './constant.ts';
import { overloadById } from './overloads.ts';

/** Why an expression is not one that a compiler would have written. */
export const EXPRESSION_FAILURES = [
  'malformed',
  'unknown-kind',
  'unknown-overload',
  'wrong-arity',
  'bad-constant',
  'unknown-variable',
  'unknown-pattern',
  'too-deep',
  'too-large',
  'too-many-folds',
] as const;
export type ExpressionFailure = (typeof EXPRESSION_FAILURES)[number];

export type DecodeExpressionResult =
  | { readonly ok: true; readonly expression: Expr }
  /** `at`: where, from the root, as in `args[1].of`; empty for the root itself. */
  | { readonly ok: false; readonly reason: ExpressionFailure; readonly at: string };

/** What an expression may refer to. */
export interface ExpressionScope {
  readonly variables: readonly string[];
  /** How many patterns the policy has. */
  readonly patterns: number;
}

type Members = Readonly<Record<string, unknown>>;

const SCALARS: ReadonlySet<unknown> = new Set<Const['t']>([
  'null',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'type',
]);

/**
 * Checks that parsed JSON is an expression which can be built: kinds and members as in `schemas/expression.schema.json`,
 * known overloads with their number of arguments, constants of their type, variables and patterns that there are, and
 * the bounds of `limits.ts`.
 */
export function decodeExpression(value: unknown, scope: ExpressionScope): DecodeExpressionResult {
  const decoder = new Decoder(scope.patterns);
  if (decoder.isExpression(value, { folds: 0, names: new Set(scope.variables) })) {
    return { ok: true, expression: value };
  }
  const at = decoder.path.reverse().join('').replace(/^\./, '');
  return { ok: false, reason: decoder.reason, at };
}

/** What is known on the way down to a node. */
interface Place {
  /** Folds around it. */
  readonly folds: number;
  /** Variables that it may name. */
  readonly names: ReadonlySet<string>;
}

class Decoder {
  reason: ExpressionFailure = 'malformed';
  /** Of the failure, innermost part first. */
  readonly path: string[] = [];
  readonly #patterns: number;
  #nodes = 0;
  /** Nodes that are being checked: the one in hand and those around it. */
  #depth = 0;

  constructor(patterns: number) {
    this.#patterns = patterns;
  }

  isExpression(value: unknown, place: Place): value is Expr {
    if (this.#depth === EXPRESSION_DEPTH_MAX) return this.#fail('too-deep');
    if (++this.#nodes > EXPRESSION_NODES_MAX) return this.#fail('too-large');
    this.#depth++;
    const isOne = this.#isNode(value, place);
    this.#depth--;
    return isOne;
  }

  #isNode(value: unknown, place: Place): value is Expr {
    if (!isMembers(value)) return this.#fail('malformed');
    switch (value['k']) {
      case 'const':
        return this.#hasOnly(value, 'k', 't', 'v') && this.#isConstant(value);
      case 'var':
        return this.#hasOnly(value, 'k', 'name') && this.#isVariable(value['name'], place);
      case 'get':
      case 'has':
        return (
          this.#hasOnly(value, 'k', 'of', 'name') && this.#isText(value['name']) && this.#below(value, 'of', place)
        );
      case 'call':
        return this.#hasOnly(value, 'k', 'fn', 'args') && this.#isCall(value, place);
      case 'match':
        return this.#hasOnly(value, 'k', 'of', 'pattern') && this.#isMatch(value, place);
      case 'list':
        return this.#hasOnly(value, 'k', 'items') && this.#isEach(value, 'items', place);
      case 'map':
        return this.#hasOnly(value, 'k', 'entries') && this.#isMap(value['entries'], place);
      case 'fold':
        return this.#isFold(value, place);
      default:
        return this.#fail('unknown-kind');
    }
  }

  #isConstant({ t, v }: Members): boolean {
    if (!isScalar(t) || (v !== null && typeof v !== 'string' && typeof v !== 'boolean')) return this.#fail('malformed');
    return constantValue({ k: 'const', t, v }) !== undefined || this.#fail('bad-constant');
  }

  #isVariable(name: unknown, { names }: Place): boolean {
    return (typeof name === 'string' && names.has(name)) || this.#fail('unknown-variable');
  }

  #isCall(node: Members, place: Place): boolean {
    const overload = overloadById(String(node['fn']));
    if (overload === null) return this.#fail('unknown-overload');
    const args = node['args'];
    if (Array.isArray(args) && args.length !== overload.args.length) return this.#fail('wrong-arity');
    return this.#isEach(node, 'args', place);
  }

  #isMatch(node: Members, place: Place): boolean {
    const pattern = node['pattern'];
    const known = Number.isSafeInteger(pattern) && Number(pattern) >= 0 && Number(pattern) < this.#patterns;
    return known ? this.#below(node, 'of', place) : this.#fail('unknown-pattern');
  }

  #isMap(entries: unknown, place: Place): boolean {
    if (!Array.isArray(entries)) return this.#fail('malformed');
    return entries.every((entry: unknown, index) => {
      const isEntry = isMembers(entry) ? this.#isEntry(entry, place) : this.#fail('malformed');
      return isEntry || this.#within(`.entries[${index}]`);
    });
  }

  #isEntry(entry: Members, place: Place): boolean {
    return (
      this.#hasOnly(entry, 'key', 'value') && this.#below(entry, 'key', place) && this.#below(entry, 'value', place)
    );
  }

  #isFold(node: Members, place: Place): boolean {
    if (place.folds === FOLDS_NESTED_MAX) return this.#fail('too-many-folds');
    if (!this.#hasOnly(node, 'k', 'range', 'iter', 'iter2', 'accu', 'init', 'cond', 'step', 'result')) return false;
    const { iter, iter2, accu } = node;
    if (!this.#isText(iter) || !this.#isText(accu) || (iter2 !== null && !this.#isText(iter2))) return false;
    const folds = place.folds + 1;
    const names = new Set(place.names).add(accu);
    const result: Place = { folds, names };
    const inside: Place = { folds, names: new Set(names).add(iter).add(iter2 ?? iter) };
    return (
      this.#below(node, 'range', place) &&
      this.#below(node, 'init', place) &&
      this.#below(node, 'cond', inside) &&
      this.#below(node, 'step', inside) &&
      this.#below(node, 'result', result)
    );
  }

  #below(node: Members, member: string, place: Place): boolean {
    return this.isExpression(node[member], place) || this.#within(`.${member}`);
  }

  #isEach(node: Members, member: string, place: Place): boolean {
    const items = node[member];
    if (!Array.isArray(items)) return this.#fail('malformed');
    return items.every(
      (item: unknown, index) => this.isExpression(item, place) || this.#within(`.${member}[${index}]`),
    );
  }

  #isText(value: unknown): value is string {
    return (typeof value === 'string' && value.isWellFormed()) || this.#fail('malformed');
  }

  #hasOnly(node: Members, ...members: readonly string[]): boolean {
    const all = members.every((member) => Object.hasOwn(node, member));
    return (all && Object.keys(node).length === members.length) || this.#fail('malformed');
  }

  #fail(reason: ExpressionFailure): false {
    this.reason = reason;
    return false;
  }

  #within(part: string): false {
    this.path.push(part);
    return false;
  }
}

function isScalar(type: unknown): type is Const['t'] {
  return SCALARS.has(type);
}

function isMembers(value: unknown): value is Members {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
