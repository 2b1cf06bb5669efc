import type { Node, Range } from './ast.ts';
import type { Checked } from './checked.ts';
import type { Environment } from './environment.ts';
import { describeType } from './explain.ts';
import type { ReportCel } from './problem.ts';
import type { Scope } from './scope.ts';
import { BOOL, ERROR, type RecordType } from './types.ts';
import type { Bindings } from './unify.ts';

/** A `has` that asks for a member which its record does not declare: an error when no tool in question declares it. */
export interface UndeclaredMember extends Range {
  readonly name: string;
  readonly record: RecordType;
}

/** What the parts of the checker share. Types of nodes can hold variables until `settleTypes` replaces them. */
export interface Inference {
  readonly text: string;
  readonly environment: Environment;
  readonly bindings: Bindings;
  readonly report: ReportCel;
  readonly undeclared: UndeclaredMember[];
  readonly infer: (node: Node, scope: Scope) => Checked;
}

/** A node in place of one that is wrong. */
export function wrong({ start, end }: Range): Checked {
  return { kind: 'error', type: ERROR, start, end };
}

/** Reports what can be no bool. */
export function needBool({ bindings, report }: Inference, checked: Checked, who: string): Checked {
  if (bindings.isAssignable(checked.type, BOOL)) return checked;
  const type = bindings.finish(checked.type);
  report('cel/wrong-type', checked, `${who} needs bool here, not ${describeType(type)}`, 'compare it: `… == value`');
  return wrong(checked);
}
