import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIELDS, flagOf, nameOf, variableOf } from '../../../dataplane/config/fields.ts';
import { loadConfig } from '../../../dataplane/config/load-config.ts';
import { renderFlags, renderTable } from '../../../dataplane/config/render-fields.ts';

interface SchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

function leavesOf(node: SchemaNode, above: readonly string[], required: boolean): [string, boolean][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]): [string, boolean][] => {
    const path = [...above, key];
    const needed = required && (node.required ?? []).includes(key);
    return child.properties === undefined ? [[path.join('.'), needed]] : leavesOf(child, path, needed);
  });
}

test('the table has exactly the fields of the schema, with what the schema requires', () => {
  const schema = JSON.parse(readFileSync('schemas/proxy.schema.json', 'utf8')) as SchemaNode;
  expect(new Map(FIELDS.map((entry) => [nameOf(entry), entry.required]))).toEqual(new Map(leavesOf(schema, [], true)));
});

test('every field has its own flag and variable, and the help names each flag', () => {
  expect(new Set(FIELDS.map(flagOf)).size).toBe(FIELDS.length);
  expect(new Set(FIELDS.map(variableOf)).size).toBe(FIELDS.length);
  const help = renderFlags();
  expect(FIELDS.filter((entry) => !help.includes(`--${flagOf(entry)} `))).toEqual([]);
});

test('the README of the folder has the table', () => {
  const cells = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
  expect(cells(readFileSync('dataplane/config/README.md', 'utf8'))).toContain(cells(renderTable()));
});

test('an unknown flag and an unreadable file are one problem each', () => {
  expect(loadConfig(['--colour', 'red'], {}, '/')).toEqual({
    kind: 'run',
    result: { ok: false, problems: [expect.stringMatching(/^Unknown option '--colour'.*see --help$/)] },
  });
  expect(loadConfig(['--config', 'missing.yaml'], {}, '/nowhere')).toEqual({
    kind: 'run',
    result: { ok: false, problems: [expect.stringMatching(/^\/nowhere\/missing.yaml: cannot be read/)] },
  });
  expect(loadConfig(['--help'], {}, '/')).toEqual({ kind: 'help' });
});
