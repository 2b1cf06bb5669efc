import type { FunctionForm, Overload } from '../../dataplane/cel/overloads.ts';
import type { Literal, LogicOperator, LoopMacro, Range } from './ast.ts';
import type { Type } from './types.ts';

/** A literal, or a value that only folding makes: times as the data format writes them, a type by its name. */
export type Constant = Literal | { readonly type: 'timestamp' | 'duration' | 'type'; readonly value: string };

/** Checked CEL: every node with its type, every call resolved to an overload, every name to what it means. */
export type Checked = Base &
  /** `isGiven`: not written but known from the environment, such as `tool.effect`. */
  (
    | { readonly kind: 'constant'; readonly constant: Constant; readonly isGiven: boolean }
    /** `isLocal`: of a macro; its name is then one that no other variable in scope has. */
    | { readonly kind: 'variable'; readonly name: string; readonly isLocal: boolean }
    /** A member of a record, a map or something of type dyn. */
    | { readonly kind: 'get'; readonly of: Checked; readonly name: string; readonly nameAt: Range }
    /** `isDeclared`: false when the record has no such member, so that the answer is false. */
    | {
        readonly kind: 'has';
        readonly of: Checked;
        readonly name: string;
        readonly nameAt: Range;
        readonly isDeclared: boolean;
      }
    | {
        readonly kind: 'call';
        readonly form: FunctionForm;
        readonly overload: Overload;
        readonly args: readonly Checked[];
        /** The operator, or the name of the function. */
        readonly nameAt: Range;
      }
    | { readonly kind: 'logic'; readonly operator: LogicOperator; readonly operands: readonly Checked[] }
    | { readonly kind: 'match'; readonly of: Checked; readonly pattern: string }
    | { readonly kind: 'list'; readonly items: readonly Checked[] }
    | { readonly kind: 'map'; readonly entries: readonly { readonly key: Checked; readonly value: Checked }[] }
    | {
        readonly kind: 'loop';
        readonly macro: LoopMacro;
        readonly range: Checked;
        readonly variables: readonly string[];
        readonly condition: Checked | null;
        readonly result: Checked | null;
      }
    /** Wrong, and reported; or unreachable, since it stands behind a `has` that is false. */
    | { readonly kind: 'error' }
  );

interface Base extends Range {
  readonly type: Type;
}
