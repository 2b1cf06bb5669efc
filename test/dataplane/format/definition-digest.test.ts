import { expect, test } from 'vitest';
import { definitionDigest, type DefinitionKind } from '../../../dataplane/format/definition-digest.ts';
import { parseJsonTree } from '../../../dataplane/format/json-tree.ts';

function digest(kind: DefinitionKind, json: string): string | null {
  const tree = parseJsonTree(json);
  return tree.ok ? definitionDigest(kind, tree.tree) : null;
}

const tool = '{"name":"pay","description":"Pays.","inputSchema":{"type":"object","properties":{"n":{"maximum":1.0}}}}';

const same: readonly (readonly [name: string, kind: DefinitionKind, json: string, other: string])[] = [
  [
    'order and spaces',
    'tool',
    tool,
    '{ "inputSchema": {"properties":{"n":{"maximum":1.0}},"type":"object"}, "description":"Pays.", "name":"pay" }',
  ],
  ['escapes', 'tool', '{"name":"pay"}', '{"name":"p\\u0061y"}'],
  [
    '_meta and icons',
    'tool',
    '{"name":"pay"}',
    '{"name":"pay","_meta":{"x":1},"icons":[{"src":"https://x.dev/i.png"}]}',
  ],
];
test.each(same)('%s do not count', (_name, kind, json, other) => {
  expect(digest(kind, json)).toBe(digest(kind, other));
});

const different: readonly (readonly [name: string, kind: DefinitionKind, json: string, other: string])[] = [
  ['the name', 'tool', '{"name":"a"}', '{"name":"b"}'],
  ['the title', 'tool', '{"name":"a"}', '{"name":"a","title":"A"}'],
  ['an empty description', 'tool', '{"name":"a"}', '{"name":"a","description":""}'],
  ['a number token', 'tool', tool, tool.replace('1.0', '1')],
  [
    'a description inside the schema',
    'tool',
    '{"name":"a","inputSchema":{}}',
    '{"name":"a","inputSchema":{"description":"x"}}',
  ],
  ['the output schema', 'tool', '{"name":"a"}', '{"name":"a","outputSchema":{}}'],
  ['an annotation', 'tool', '{"name":"a"}', '{"name":"a","annotations":{"readOnlyHint":true}}'],
  ['the execution', 'tool', '{"name":"a"}', '{"name":"a","execution":{"taskSupport":"optional"}}'],
  ['an argument of a prompt', 'prompt', '{"name":"a","arguments":[]}', '{"name":"a","arguments":[{"name":"b"}]}'],
  ['the template', 'template', '{"name":"a","uriTemplate":"a://{x}"}', '{"name":"a","uriTemplate":"a://{y}"}'],
];
test.each(different)('%s counts', (_name, kind, json, other) => {
  expect(digest(kind, json)).not.toBe(digest(kind, other));
});

test('a tool and a prompt of the same text have different digests', () => {
  expect(digest('tool', '{"name":"a"}')).not.toBe(digest('prompt', '{"name":"a"}'));
});

test('what is no object has no digest', () => {
  expect(digest('tool', '[]')).toBe(null);
});
