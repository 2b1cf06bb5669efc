import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { diagnosticOf, type Problem } from '../../../compiler/diagnostics/diagnostic.ts';
import { DIAGNOSTICS } from '../../../compiler/diagnostics/registry.ts';
import { renderSarif } from '../../../compiler/diagnostics/render-sarif.ts';

const file = { path: 'policies/näme (1).yaml', text: '𝒳: bad\nname: |\n  x\n  y\n' };
const at = (start: string, end = start) => ({
  file,
  start: file.text.indexOf(start),
  end: file.text.indexOf(end) + end.length,
});

const problems: readonly Problem[] = [
  {
    code: 'policy/unknown-key',
    message: 'wrong',
    span: at('bad'),
    help: 'did you mean `good`?',
    related: [{ message: 'here too', span: at('x', 'y') }],
    fix: { title: 'write `good`', edits: [{ span: at('bad'), insert: 'good' }] },
  },
  { code: 'lint/many-tools', message: 'many', span: { file, start: 0, end: 0 } },
];

const log = (paths = problems) => JSON.parse(renderSarif(paths.map(diagnosticOf), '1.2.3'));

/** What SARIF 2.1.0 asks of the parts that we write: names, types, required members, lowest values. */
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } };
const region = {
  type: 'object',
  required: ['startLine', 'startColumn', 'endLine', 'endColumn'],
  additionalProperties: false,
  properties: Object.fromEntries(
    ['startLine', 'startColumn', 'endLine', 'endColumn'].map((name) => [name, { type: 'integer', minimum: 1 }]),
  ),
};
const artifactLocation = {
  type: 'object',
  required: ['uri'],
  additionalProperties: false,
  properties: {
    uri: { type: 'string', pattern: "^[A-Za-z0-9%._~!$&'()*+,;=:@/-]+$" },
    uriBaseId: { const: '%SRCROOT%' },
  },
};
const physicalLocation = {
  type: 'object',
  required: ['artifactLocation', 'region'],
  additionalProperties: false,
  properties: { artifactLocation, region },
};
const fix = {
  type: 'object',
  required: ['description', 'artifactChanges'],
  properties: {
    description: text,
    artifactChanges: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['artifactLocation', 'replacements'],
        properties: {
          artifactLocation,
          replacements: {
            type: 'array',
            minItems: 1,
            items: { type: 'object', required: ['deletedRegion'], properties: { deletedRegion: region } },
          },
        },
      },
    },
  },
};
const result = {
  type: 'object',
  required: ['ruleId', 'ruleIndex', 'level', 'message', 'locations'],
  additionalProperties: false,
  properties: {
    ruleId: { type: 'string' },
    ruleIndex: { type: 'integer', minimum: 0 },
    level: { enum: ['error', 'warning'] },
    message: text,
    locations: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: { type: 'object', required: ['physicalLocation'], properties: { physicalLocation } },
    },
    relatedLocations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'message', 'physicalLocation'],
        properties: { id: { type: 'integer' }, message: text, physicalLocation },
      },
    },
    fixes: { type: 'array', minItems: 1, items: fix },
  },
};

test('every part has the form that SARIF asks for', () => {
  const schema = { type: 'array', items: result };
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const { version, runs } = log();
  expect(version).toBe('2.1.0');
  expect(runs).toHaveLength(1);
  expect(validate(runs[0].results), JSON.stringify(validate.errors)).toBe(true);
});

test('rules are all codes of the registry, each with its page, and results point to theirs', () => {
  const { tool, results } = log().runs[0];
  const { name, version, rules } = tool.driver;
  expect([name, version]).toEqual(['mcpgw', '1.2.3']);
  expect(rules.map((rule: { id: string }) => rule.id)).toEqual(Object.keys(DIAGNOSTICS).sort());
  for (const rule of rules) {
    expect(rule.help.text).toContain('Right:');
    expect(rule.help.markdown).toContain('```yaml');
  }
  for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex].id).toBe(ruleId);
});

test('places are relative and encoded, columns count characters, fixes and notes come along', () => {
  const { results, columnKind } = log().runs[0];
  expect(columnKind).toBe('unicodeCodePoints');
  const place = { uri: 'policies/n%C3%A4me%20(1).yaml', uriBaseId: '%SRCROOT%' };
  const bad = { startLine: 1, startColumn: 4, endLine: 1, endColumn: 7 };
  expect(results[0]).toEqual({
    ruleId: 'policy/unknown-key',
    ruleIndex: Object.keys(DIAGNOSTICS).sort().indexOf('policy/unknown-key'),
    level: 'error',
    message: { text: 'wrong\nhelp: did you mean `good`?' },
    locations: [{ physicalLocation: { artifactLocation: place, region: bad } }],
    relatedLocations: [
      {
        id: 1,
        message: { text: 'here too' },
        physicalLocation: {
          artifactLocation: place,
          region: { startLine: 3, startColumn: 3, endLine: 4, endColumn: 4 },
        },
      },
    ],
    fixes: [
      {
        description: { text: 'write `good`' },
        artifactChanges: [
          { artifactLocation: place, replacements: [{ deletedRegion: bad, insertedContent: { text: 'good' } }] },
        ],
      },
    ],
  });
  expect(results[1]).toMatchObject({ level: 'warning', message: { text: 'many' } });
});

test('a file named from the root is a file URL', () => {
  const span = { file: { path: '/tmp/a b.yaml', text: 'x' }, start: 0, end: 1 };
  const { results } = log([{ code: 'lint/many-tools', message: 'many', span }]).runs[0];
  expect(results[0].locations[0].physicalLocation.artifactLocation).toEqual({ uri: 'file:///tmp/a%20b.yaml' });
});
