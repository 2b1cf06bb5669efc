import { quote } from '../diagnostics/quote.ts';
import { CEL_LOOPS_NESTED_MAX } from '../limits.ts';
import type { Node } from './ast.ts';
import type { Checked } from './checked.ts';
import { describeType } from './explain.ts';
import { needBool, wrong, type Inference } from './inference.ts';
import type { Scope } from './scope.ts';
import { BOOL, DYN, ERROR, INT, isDynamic, listOf, mapOf, type Type, withoutNull } from './types.ts';

type Loop = Node & { readonly kind: 'loop' };

/**
 * A macro with variables, typed as cel-go types the comprehension that it stands for (`checkComprehension`), but with
 * errors about what was written.
 */
export function inferLoop(inference: Inference, node: Loop, scope: Scope): Checked {
  const { start, end, macro, name } = node;
  if (scope.loops === CEL_LOOPS_NESTED_MAX) {
    inference.report(
      'cel/too-deep',
      name,
      `more than ${CEL_LOOPS_NESTED_MAX} macros inside of one another`,
      'split it into several rules',
    );
    return wrong(node);
  }
  const range = inference.infer(node.target, scope);
  const elements = elementTypes(inference, range, node);
  const types = node.variables.length === 1 ? [elements.single] : [elements.key, elements.value];
  const { scope: body, names } = scope.enter(
    node.variables.map((variable, at): [string, Type] => [variable.text, types[at] ?? DYN]),
  );
  const condition =
    node.condition === null ? null : needBool(inference, inference.infer(node.condition, body), quote(name.text));
  const result = node.result === null ? null : inference.infer(node.result, body);
  const type = loopType(inference, node, elements, result);
  return { kind: 'loop', macro, range, variables: names, condition, result, type, start, end };
}

interface Elements {
  /** Of the variable, when there is one. */
  readonly single: Type;
  readonly key: Type;
  readonly value: Type;
}

function elementTypes({ bindings, report }: Inference, range: Checked, node: Loop): Elements {
  const type = withoutNull(bindings.substitute(range.type));
  if (type.kind === 'list') return { single: type.item, key: INT, value: type.item };
  if (type.kind === 'map') return { single: type.key, key: type.key, value: type.value };
  if (isDynamic(type) || type.kind === 'variable') {
    bindings.isAssignable(DYN, type);
    const element = type.kind === 'untyped' ? ERROR : DYN;
    return { single: element, key: element, value: element };
  }
  const message = `${quote(node.name.text)} goes over a list or a map, not ${describeType(type)}`;
  report('cel/wrong-type', range, message, 'write `[…]` around a single value');
  return { single: ERROR, key: ERROR, value: ERROR };
}

function loopType({ bindings, report }: Inference, node: Loop, elements: Elements, result: Checked | null): Type {
  const made = result?.type ?? ERROR;
  switch (node.macro) {
    case 'all':
    case 'exists':
    case 'exists_one':
      return BOOL;
    case 'filter':
      return listOf(bindings.substitute(elements.single));
    case 'map':
    case 'transformList':
      return listOf(made);
    case 'transformMap':
      return mapOf(bindings.substitute(elements.key), made);
    case 'transformMapEntry': {
      const type = mapOf(bindings.freshVariable(), bindings.freshVariable());
      if (bindings.isAssignable(made, type)) return bindings.substitute(type);
      report(
        'cel/wrong-type',
        result ?? node,
        `${quote(node.name.text)} needs a map here, not ${describeType(made)}`,
        'write `{key: value}`',
      );
      return ERROR;
    }
  }
}
