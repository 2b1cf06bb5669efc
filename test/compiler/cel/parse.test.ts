import { expect, test } from 'vitest';
import type { Node, Range } from '../../../compiler/cel/ast.ts';
import { parseExpression } from '../../../compiler/cel/index.ts';
import { unitRanges } from '../../../compiler/cel/string-literal.ts';

/** Every place that a tree has, with what is written there; `operatorsAt` and the like are named by their node. */
function placesIn(text: string): readonly string[] {
  const { tree, problems } = parseExpression(text);
  expect(problems).toEqual([]);
  const slice = ({ start, end }: Range) => text.slice(start, end);
  const visit = (node: Node): readonly string[] => [
    `${node.kind} ${slice(node)}`,
    ...wordsOf(node, slice),
    ...below(node).flatMap(visit),
  ];
  return visit(tree);
}

function wordsOf(node: Node, slice: (range: Range) => string): readonly string[] {
  if (node.kind === 'logic') return node.operatorsAt.map((at) => `operator ${slice(at)}`);
  if (node.kind === 'unary' || node.kind === 'binary') return [`operator ${slice(node.operator)}`];
  const name =
    node.kind === 'member' || node.kind === 'has' || node.kind === 'call' ? [`name ${slice(node.name)}`] : [];
  return node.kind === 'loop'
    ? [`name ${slice(node.name)}`, ...node.variables.map((each) => `name ${slice(each)}`)]
    : name;
}

function below(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'error':
      return [];
    case 'member':
    case 'has':
      return [node.of];
    case 'index':
      return [node.of, node.index];
    case 'call':
      return [...(node.target === null ? [] : [node.target]), ...node.args];
    case 'loop':
      return [node.target, ...[node.condition, node.result].flatMap((body) => body ?? [])];
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'logic':
      return node.operands;
    case 'conditional':
      return [node.condition, node.yes, node.no];
    case 'list':
      return node.items;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
  }
}

const cases: readonly (readonly [text: string, ...places: string[]])[] = [
  [
    ' a.b  && ( c || -1 ) // why',
    'logic a.b  && ( c || -1 )',
    'operator &&',
    'member a.b',
    'name b',
    'name a',
    'logic c || -1',
    'operator ||',
    'name c',
    'literal -1',
  ],
  ['a && b && c', 'logic a && b && c', 'operator &&', 'operator &&', 'name a', 'name b', 'name c'],
  ['(a + b) * c', 'binary (a + b) * c', 'operator *', 'binary a + b', 'operator +', 'name a', 'name b', 'name c'],
  ['!(a)', 'unary !(a)', 'operator !', 'name a'],
  ['a . f ( b ) [ 0 ]', 'index a . f ( b ) [ 0 ]', 'call a . f ( b )', 'name f', 'name a', 'name b', 'literal 0'],
  ['has( a.b )', 'has has( a.b )', 'name b', 'name a'],
  ['has(a["b c"])', 'has has(a["b c"])', 'name "b c"', 'name a'],
  [
    'a.all(x, x > 1)',
    'loop a.all(x, x > 1)',
    'name all',
    'name x',
    'name a',
    'binary x > 1',
    'operator >',
    'name x',
    'literal 1',
  ],
  [
    'a ? [b] : {"c": d}',
    'conditional a ? [b] : {"c": d}',
    'name a',
    'list [b]',
    'name b',
    'map {"c": d}',
    'literal "c"',
    'name d',
  ],
  ['.a in b', 'binary .a in b', 'operator in', 'name .a', 'name b'],
  ['"😀" == r\'\\d\'', 'binary "😀" == r\'\\d\'', 'operator ==', 'literal "😀"', "literal r'\\d'"],
];

test.each(cases.map(([text, ...places]) => ({ text, places })))('places in $text', ({ text, places }) => {
  expect(placesIn(text)).toEqual(places);
});

test('comments are no part of the tree, and are kept', () => {
  const text = 'a // one\n && "// two" == b // three';
  const { comments, problems } = parseExpression(text);
  expect(problems).toEqual([]);
  expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['// one', '// three']);
});

test.each<[text: string, parts: string[]]>([
  ['"ab"', ['a', 'b']],
  ["'''a\r\nb'''", ['a', '\r\n', 'b']],
  ['r"\\d"', ['\\', 'd']],
  ['"\\\\d\\x41\\u0042\\U00000043\\104\\n"', ['\\\\', 'd', '\\x41', '\\u0042', '\\U00000043', '\\104', '\\n']],
  ['"😀a"', ['😀', '😀', 'a']],
  ['"\\U0001f600a"', ['\\U0001f600', '\\U0001f600', 'a']],
])('each unit of the value of %s knows where it is written', (text, parts) => {
  const { tree } = parseExpression(text);
  const units = unitRanges(text, tree) ?? [];
  expect(units.map(({ start, end }) => text.slice(start, end))).toEqual(parts);
  expect(tree.kind === 'literal' && tree.literal.type === 'string' ? tree.literal.value.length : -1).toBe(parts.length);
});
