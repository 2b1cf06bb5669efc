/** A stretch of an expression's text: UTF-16 offsets, the end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A literal's value. 64-bit integers are exact; a double is any IEEE 754 value. */
export type Literal =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'uint'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array };

/** A word of the text and where it stands: a name, a member, an operator. */
export interface Word extends Range {
  readonly text: string;
}

export type BinaryOperator = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | '+' | '-' | '*' | '/' | '%';
export type LogicOperator = '&&' | '||';

/**
 * One or two variables, and a body per use of them. `map` with a condition and `transform*` with one: `[condition, result]`.
 */
export type LoopMacro =
  'all' | 'exists' | 'exists_one' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry';

/**
 * Parsed CEL. A node's range leaves out parentheses around it. `depth`: levels of nodes from this one down, at most
 * `CEL_DEPTH_MAX`, so that everything after the parser may recurse.
 */
export type Node =
  | (Base & { readonly kind: 'literal'; readonly literal: Literal })
  /** `absolute`: written with a dot in front, so never a macro's variable. */
  | (Base & { readonly kind: 'name'; readonly name: string; readonly absolute: boolean })
  | (Base & { readonly kind: 'member'; readonly of: Node; readonly name: Word })
  | (Base & { readonly kind: 'index'; readonly of: Node; readonly index: Node })
  /** `has(of.name)`; the member can also be written `of["name"]`. */
  | (Base & { readonly kind: 'has'; readonly of: Node; readonly name: Word })
  | (Base & {
      readonly kind: 'call';
      readonly name: Word;
      readonly target: Node | null;
      readonly args: readonly Node[];
    })
  | (Base & {
      readonly kind: 'loop';
      readonly macro: LoopMacro;
      readonly name: Word;
      readonly target: Node;
      readonly variables: readonly Word[];
      readonly condition: Node | null;
      readonly result: Node | null;
    })
  | (Base & { readonly kind: 'unary'; readonly operator: Word & { readonly text: '!' | '-' }; readonly operand: Node })
  | (Base & {
      readonly kind: 'binary';
      readonly operator: Word & { readonly text: BinaryOperator };
      readonly left: Node;
      readonly right: Node;
    })
  /** A chain of one operator: two operands or more. `operatorsAt`: between them. */
  | (Base & {
      readonly kind: 'logic';
      readonly operator: LogicOperator;
      readonly operatorsAt: readonly Range[];
      readonly operands: readonly Node[];
    })
  | (Base & { readonly kind: 'conditional'; readonly condition: Node; readonly yes: Node; readonly no: Node })
  | (Base & { readonly kind: 'list'; readonly items: readonly Node[] })
  | (Base & { readonly kind: 'map'; readonly entries: readonly { readonly key: Node; readonly value: Node }[] })
  /** What could not be parsed; a problem has been reported. */
  | (Base & { readonly kind: 'error' });

interface Base extends Range {
  readonly depth: number;
}
