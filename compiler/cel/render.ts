import type { Literal, Node } from './ast.ts';
import { TIGHTNESS, tightnessOf } from './operators.ts';
import { KEYWORDS } from './token.ts';

/**
 * The canonical text of a parsed expression, on one line: parsing it gives the same tree. For trees without `error`
 * nodes; comments are no part of a tree.
 */
export function renderExpression(node: Node): string {
  switch (node.kind) {
    case 'literal':
      return renderLiteral(node.literal);
    case 'name':
      return `${node.absolute ? '.' : ''}${node.name}`;
    case 'member':
      return renderMember(node.of, node.name.text);
    case 'has':
      return `has(${renderMember(node.of, node.name.text)})`;
    case 'index':
      return `${operand(node.of, TIGHTNESS.postfix)}[${renderExpression(node.index)}]`;
    case 'call': {
      const call = `${node.name.text}(${renderAll(node.args)})`;
      return node.target === null ? call : `${operand(node.target, TIGHTNESS.postfix)}.${call}`;
    }
    case 'loop': {
      const bodies = [node.condition, node.result].flatMap((body) => (body === null ? [] : [renderExpression(body)]));
      const args = [...node.variables.map(({ text }) => text), ...bodies];
      return `${operand(node.target, TIGHTNESS.postfix)}.${node.name.text}(${args.join(', ')})`;
    }
    case 'unary':
      return `${node.operator.text}${signed(node.operator.text, node.operand)}`;
    case 'binary': {
      const own = tightness(node);
      return `${operand(node.left, own)} ${node.operator.text} ${operand(node.right, own + 1)}`;
    }
    case 'logic': {
      const own = tightness(node);
      return node.operands.map((each) => operand(each, own + 1)).join(` ${node.operator} `);
    }
    case 'conditional': {
      const [condition, yes] = [node.condition, node.yes].map((each) => operand(each, TIGHTNESS.or));
      return `${condition} ? ${yes} : ${renderExpression(node.no)}`;
    }
    case 'list':
      return `[${renderAll(node.items)}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${renderExpression(key)}: ${renderExpression(value)}`).join(', ')}}`;
    case 'error':
      return '';
  }
}

function renderAll(nodes: readonly Node[]): string {
  return nodes.map(renderExpression).join(', ');
}

/** An operand of a node that binds tighter needs parentheses. */
function tightness(node: Node): number {
  switch (node.kind) {
    case 'conditional':
      return TIGHTNESS.choice;
    case 'logic':
      return tightnessOf(node.operator);
    case 'binary':
      return tightnessOf(node.operator.text);
    case 'unary':
      return TIGHTNESS.sign;
    case 'literal':
    case 'name':
    case 'member':
    case 'has':
    case 'index':
    case 'call':
    case 'loop':
    case 'list':
    case 'map':
    case 'error':
      return TIGHTNESS.postfix;
  }
}

function operand(node: Node, wanted: number): string {
  const text = renderExpression(node);
  return tightness(node) < wanted ? `(${text})` : text;
}

/** A minus before a number would become part of it. */
function signed(sign: string, node: Node): string {
  const isNumber = node.kind === 'literal' && (node.literal.type === 'int' || node.literal.type === 'double');
  const text = operand(node, TIGHTNESS.sign);
  return sign === '-' && (isNumber || startsWithNumber(node)) ? `(${text})` : text;
}

/** `-1.size()` is a method of -1. */
function startsWithNumber(node: Node): boolean {
  if (node.kind === 'literal') return true;
  if (node.kind === 'member' || node.kind === 'index') return startsWithNumber(node.of);
  if (node.kind === 'call' && node.target !== null) return startsWithNumber(node.target);
  return node.kind === 'loop' && startsWithNumber(node.target);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A member is written behind a dot when it is a name, else as a text in brackets. */
function renderMember(of: Node, name: string): string {
  const before = operand(of, TIGHTNESS.postfix);
  return NAME.test(name) && !KEYWORDS.has(name) ? `${before}.${name}` : `${before}[${quoteText(name)}]`;
}

function renderLiteral(literal: Literal): string {
  switch (literal.type) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
      return String(literal.value);
    case 'uint':
      return `${literal.value}u`;
    case 'double':
      return renderDouble(literal.value);
    case 'string':
      return quoteText(literal.value);
    case 'bytes':
      return `b${quoteBytes(literal.value)}`;
  }
}

function renderDouble(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** In double quotes, or raw when there are backslashes, as patterns have them, and nothing that a raw text cannot hold. */
function quoteText(text: string): string {
  const isPlain = !/["\p{C}]/u.test(text);
  if (isPlain && text.includes('\\') && !text.endsWith('\\')) return `r"${text}"`;
  return `"${Array.from(text, quoteCharacter).join('')}"`;
}

function quoteCharacter(character: string): string {
  const escape = ESCAPES.get(character);
  if (escape !== undefined) return escape;
  if (!/\p{C}/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function quoteBytes(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`;
    return quoteCharacter(String.fromCharCode(byte));
  });
  return `"${characters.join('')}"`;
}
