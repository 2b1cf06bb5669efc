import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { starterFiles } from '../../cli/starter/starter-files.ts';
import { mcpgw } from './mcpgw.ts';

const root = join(import.meta.dirname, '../..');
const published = new Map(
  readdirSync(join(root, 'schemas/policy')).map((name) => {
    const schema = JSON.parse(readFileSync(join(root, 'schemas/policy', name), 'utf8'));
    return [schema.title as string, { name, schema }];
  }),
);

describe('schema', () => {
  test.each([...published])(
    '%s is printed as it is published, under its own address',
    async (kind, { name, schema }) => {
      const { exit, stdout } = await mcpgw(['schema', kind.toLowerCase()]);
      expect(exit).toBe(0);
      expect(JSON.parse(stdout)).toEqual(schema);
      expect(schema.$id).toBe(`https://mcpgw.dev/schemas/policy/${name}`);
    },
  );

  test('--list names every kind, its address and its purpose', async () => {
    const { stdout } = await mcpgw(['schema', '--list']);
    const rows = stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(published.size);
    for (const [kind, { schema }] of published) {
      expect(stdout).toMatch(new RegExp(`^${kind} +${schema.$id} +${schema.description.slice(0, 20)}`, 'm'));
    }
  });

  test('--all is one schema by which every document of the sample company is right, and a misspelt one is not', async () => {
    const { stdout } = await mcpgw(['schema', '--all']);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(stdout));
    const files = readdirSync(join(root, 'policies'), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.yaml') && !name.includes('node_modules'))) {
      for (const document of parseAllDocuments(readFileSync(join(root, 'policies', file), 'utf8'))) {
        expect(validate(document.toJS()), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
      }
    }
    expect(validate({ kind: 'Team', name: 'a', members: { grups: ['a'] } })).toBe(false);
    expect(validate({ kind: 'Bot', name: 'a' })).toBe(false);
  });

  const mistakes: [name: string, words: string[], stderr: RegExp][] = [
    ['no kind', [], /^error: KIND: is required, or --list, or --all\n {2}help: Allowlist, /],
    ['an unknown kind', ['Grnt'], /^error: Grnt: is no kind\n {2}help: did you mean `Grant`\?\n$/],
  ];
  test.each(mistakes)('%s is one line and a remedy', async (_name, words, stderr) => {
    const run = await mcpgw(['schema', ...words]);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toMatch(stderr);
  });
});

test('a comment for editors names a schema that is published, of the kind below it', () => {
  const files = readdirSync(join(root, 'policies'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.includes('node_modules'))
    .map((name) => readFileSync(join(root, 'policies', name), 'utf8'));
  const texts = [...files, ...starterFiles(new Date(0)).values()];
  const found = texts.flatMap((text) => [...text.matchAll(/yaml-language-server: \$schema=(\S+)[^]*?^kind: (\w+)/gm)]);
  expect(found.length).toBeGreaterThan(0);
  for (const [, address, kind] of found) expect(address).toBe(published.get(kind ?? '')?.schema.$id);
});
