import { isDynamic, partsOf, sameType, withParts, type Type } from './types.ts';

/**
 * What is known about type variables: the algorithm of cel-go's checker (`checker/types.go`), since the types that
 * cel-go deduces are the reference. A failed comparison leaves nothing behind.
 */
export class Bindings {
  readonly #known: Known = { types: new Map(), changes: [] };
  #made = 0;

  freshVariable(): Type {
    return { kind: 'variable', id: this.#made++ };
  }

  /** Whether a value of each type can be used where the type beside it is wanted; binds variables if so. */
  areAssignable(types: readonly Type[], wanted: readonly Type[]): boolean {
    const known = this.#known;
    const fits = types.length === wanted.length && types.every((type, at) => assignable(known, type, wanted[at]));
    if (!fits) undo(known);
    known.changes.length = 0;
    return fits;
  }

  isAssignable(type: Type, wanted: Type): boolean {
    return this.areAssignable([type], [wanted]);
  }

  /** The type of a list whose items have these two; null when they have nothing in common. */
  join(previous: Type, current: Type): Type | null {
    return this.isAssignable(previous, current) ? mostGeneral(previous, current) : null;
  }

  /** A type with every variable that is known replaced. */
  substitute(type: Type): Type {
    return substitute(this.#known, type, false);
  }

  /** The same, and what was never found out is dyn. */
  finish(type: Type): Type {
    return substitute(this.#known, type, true);
  }
}

/** What variables stand for, and what to restore when a comparison fails. */
interface Known {
  readonly types: Map<number, Type>;
  readonly changes: (readonly [id: number, before: Type | undefined])[];
}

function bind(known: Known, id: number, type: Type): void {
  known.changes.push([id, known.types.get(id)]);
  known.types.set(id, type);
}

function undo({ types, changes }: Known): void {
  for (const [id, before] of changes.toReversed()) {
    if (before === undefined) types.delete(id);
    else types.set(id, before);
  }
}

function substitute(known: Known, type: Type, isFinal: boolean): Type {
  if (type.kind === 'variable') {
    const found = known.types.get(type.id);
    if (found !== undefined) return substitute(known, found, isFinal);
    return isFinal ? { kind: 'dyn' } : type;
  }
  return withParts(type, (part) => substitute(known, part, isFinal));
}

function assignable(known: Known, type: Type, wanted: Type | undefined): boolean {
  if (wanted === undefined) return false;
  if (wanted.kind === 'variable') {
    const { isValid, isBound } = substitution(known, type, wanted);
    if (isValid) return true;
    if (isBound) return false;
  }
  if (type.kind === 'variable') return substitution(known, wanted, type).isValid;
  if (isDynamic(type) || isDynamic(wanted)) return true;
  if (type.kind === 'nullable' || wanted.kind === 'nullable') return nullableAssignable(known, type, wanted);
  if (type.kind !== wanted.kind) return false;
  // Any two types are values of type `type`.
  if (type.kind === 'type') return true;
  if (type.kind === 'record') return sameType(type, wanted);
  const parts = partsOf(wanted);
  return partsOf(type).every((part, at) => assignable(known, part, parts[at]));
}

/** A value that may be null fits wherever null or the value does: whether null was asked for is judged afterwards. */
function nullableAssignable(known: Known, type: Type, wanted: Type): boolean {
  if (type.kind === 'null' || wanted.kind === 'null') return true;
  const left = type.kind === 'nullable' ? type.of : type;
  return assignable(known, left, wanted.kind === 'nullable' ? wanted.of : wanted);
}

/** Whether a variable can stand for a type: it does already, what it stands for agrees, or it is free to. */
function substitution(known: Known, type: Type, variable: Type & { readonly kind: 'variable' }) {
  if (type.kind === 'variable' && type.id === variable.id) return { isValid: true, isBound: true };
  const bound = known.types.get(variable.id);
  if (bound !== undefined) {
    if (sameType(type, bound)) return { isValid: true, isBound: true };
    if (!assignable(known, type, bound)) return { isValid: false, isBound: true };
    const general = mostGeneral(type, bound);
    if (!occursIn(known, variable.id, general)) bind(known, variable.id, general);
    return { isValid: true, isBound: true };
  }
  if (occursIn(known, variable.id, type)) return { isValid: false, isBound: false };
  bind(known, variable.id, type);
  return { isValid: true, isBound: false };
}

/** A type that contained itself would have no end. */
function occursIn(known: Known, id: number, within: Type): boolean {
  if (within.kind !== 'variable') return partsOf(within).some((part) => occursIn(known, id, part));
  if (within.id === id) return true;
  const bound = known.types.get(within.id);
  return bound !== undefined && occursIn(known, id, bound);
}

/** The more general of two types that agree. */
function mostGeneral(left: Type, right: Type): Type {
  return isLessSpecific(left, right) ? left : right;
}

function isLessSpecific(left: Type, right: Type): boolean {
  if (isDynamic(left) || left.kind === 'variable') return true;
  if (isDynamic(right) || right.kind === 'variable') return false;
  // Known to agree, so one of them is the other, or null.
  if (left.kind === 'nullable' && right.kind !== 'nullable') return true;
  if (left.kind !== right.kind) return false;
  if (left.kind === 'type') return true;
  const parts = partsOf(right);
  if (parts.length === 0) return sameType(left, right);
  return partsOf(left).every((part, at) => {
    const other = parts[at];
    return other !== undefined && isLessSpecific(part, other);
  });
}
