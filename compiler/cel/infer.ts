import type { Node } from './ast.ts';
import type { Checked } from './checked.ts';
import type { Environment } from './environment.ts';
import { factsWhen } from './facts.ts';
import { inferCall, inferOperator } from './infer-call.ts';
import { inferList, inferMap } from './infer-collection.ts';
import { inferLoop } from './infer-loop.ts';
import { inferMatches, isMatches } from './infer-matches.ts';
import { inferHas, inferIndex, inferMember } from './infer-member.ts';
import { inferName, inferQualified } from './infer-name.ts';
import { needBool, wrong, type Inference } from './inference.ts';
import type { ParsedExpression } from './parse.ts';
import type { ReportCel } from './problem.ts';
import { Scope } from './scope.ts';
import { BOOL, BYTES, DOUBLE, INT, NULL, STRING, UINT, type Type } from './types.ts';
import { Bindings } from './unify.ts';

/** Finds the type of every node, bottom up. What is wrong is reported and has the type `error`, which fits everywhere. */
export function inferTypes({ text, tree }: ParsedExpression, environment: Environment, report: ReportCel) {
  const inference: Inference = {
    text,
    environment,
    bindings: new Bindings(),
    report,
    undeclared: [],
    infer: (node, scope) => inferNode(inference, node, scope),
  };
  const checked = inference.infer(tree, Scope.outermost(environment));
  return { checked, bindings: inference.bindings, undeclared: inference.undeclared };
}

function inferNode(inference: Inference, node: Node, scope: Scope): Checked {
  const { start, end } = node;
  switch (node.kind) {
    case 'literal':
      return {
        kind: 'constant',
        constant: node.literal,
        isGiven: false,
        type: LITERAL_TYPES[node.literal.type],
        start,
        end,
      };
    case 'name':
      return inferName(inference, node, scope);
    case 'member':
      return (
        inferQualified(node, scope) ?? inferMember(inference, node, inference.infer(node.of, scope), node.name, scope)
      );
    case 'index':
      return inferIndex(inference, node, scope);
    case 'has':
      return inferHas(inference, node, scope);
    case 'call':
      if (isMatches(node)) return inferMatches(inference, node, scope);
      return inferCall(inference, node, scope);
    case 'unary':
    case 'binary':
    case 'conditional':
      return inferOperator(inference, node, scope);
    case 'logic':
      return inferLogic(inference, node, scope);
    case 'list':
      return inferList(inference, node, scope);
    case 'map':
      return inferMap(inference, node, scope);
    case 'loop':
      return inferLoop(inference, node, scope);
    case 'error':
      return wrong(node);
  }
}

const LITERAL_TYPES = {
  null: NULL,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
} as const satisfies Record<string, Type>;

function inferLogic(inference: Inference, node: Node & { readonly kind: 'logic' }, scope: Scope): Checked {
  const { start, end, operator } = node;
  const operands: Checked[] = [];
  let here = scope;
  for (const operand of node.operands) {
    operands.push(needBool(inference, inference.infer(operand, here), `\`${operator}\``));
    here = here.with(factsWhen(operator === '&&', operand, here.key));
  }
  return { kind: 'logic', operator, operands, type: BOOL, start, end };
}
