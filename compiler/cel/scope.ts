import type { Node } from './ast.ts';
import { NO_FACTS, pathOf, withFacts, type Facts, type NameKey } from './facts.ts';
import type { Environment, Variable } from './environment.ts';
import type { Type } from './types.ts';

/** A variable of a macro, by the name that no other variable in scope has. */
interface Local {
  readonly unique: string;
  readonly type: Type;
}

export type Meaning =
  | { readonly kind: 'local'; readonly unique: string; readonly type: Type }
  | { readonly kind: 'global'; readonly variable: Variable };

/** What names mean at a place of an expression, and what is certain there. */
export class Scope {
  readonly #environment: Environment;
  readonly #locals: ReadonlyMap<string, Local>;
  readonly facts: Facts;
  /** Macros whose bodies enclose the place. */
  readonly loops: number;

  private constructor(environment: Environment, locals: ReadonlyMap<string, Local>, facts: Facts, loops: number) {
    this.#environment = environment;
    this.#locals = locals;
    this.facts = facts;
    this.loops = loops;
  }

  static outermost(environment: Environment): Scope {
    return new Scope(environment, new Map(), NO_FACTS, 0);
  }

  meaning(name: string, isAbsolute: boolean): Meaning | null {
    const local = isAbsolute ? undefined : this.#locals.get(name);
    if (local !== undefined) return { kind: 'local', ...local };
    const variable = this.#environment.variables.get(name);
    return variable === undefined ? null : { kind: 'global', variable };
  }

  /** Every name that can be written here. */
  names(): readonly string[] {
    return [...this.#locals.keys(), ...this.#environment.variables.keys()];
  }

  readonly key: NameKey = (name) => this.#locals.get(name)?.unique ?? `.${name}`;

  with(facts: Facts): Scope {
    return facts.size === 0
      ? this
      : new Scope(this.#environment, this.#locals, withFacts(this.facts, facts), this.loops);
  }

  /** Where nothing is known about whether these are null. */
  withoutNull(...nodes: readonly Node[]): Scope {
    const dropped = new Set(nodes.map((node) => `!${pathOf(node, this.key)}`));
    const facts = new Set([...this.facts].filter((fact) => !dropped.has(fact)));
    return new Scope(this.#environment, this.#locals, facts, this.loops);
  }

  /** The scope of a macro's body, and the unique names of its variables in order. */
  enter(variables: readonly (readonly [name: string, type: Type])[]): { scope: Scope; names: readonly string[] } {
    const locals = new Map(this.#locals);
    const names: string[] = [];
    for (const [name, type] of variables) {
      const isTaken = this.#locals.has(name) || this.#environment.variables.has(name);
      const unique = isTaken ? `${name}@${this.loops + 1}` : name;
      locals.set(name, { unique, type });
      names.push(unique);
    }
    return { scope: new Scope(this.#environment, locals, this.facts, this.loops + 1), names };
  }
}
