import { POLICY_SCHEMAS, type Schema } from '../../compiler/source/policy-schemas.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of a kind, for editors',
  description:
    'Editors complete, explain and check the fields of a document that begins with `# yaml-language-server: $schema=` and ' +
    'the address that --list shows, each document of a file with its own.\n' +
    'Without such comments, and without a network: --all prints one schema for documents of any kind, to be named in the ' +
    'settings of the editor for all policy files (`yaml.schemas`).',
  positionals: [{ name: 'KIND', help: 'such as Team; the case of letters does not matter' }],
  options: {
    list: { value: null, help: 'list the kinds, with the address and the purpose of each' },
    all: { value: null, help: 'one schema for a document of any kind' },
  },
  examples: [
    ['mcpgw schema Grant', 'the fields of a grant'],
    [
      'mcpgw schema --all > .policy.schema.json',
      'then in the settings: "yaml.schemas": {".policy.schema.json": "policies/**/*.yaml"}',
    ],
  ],
  async run({ args, terminal }) {
    const kind = args.positional('KIND');
    if (args.flag('list')) terminal.result(listKinds());
    else if (args.flag('all')) terminal.result(render(anyKind()));
    else terminal.result(render(schemaOf(kind)));
    return EXIT.ok;
  },
};

function schemaOf(kind: string | null): Schema {
  const kinds = [...POLICY_SCHEMAS.keys()];
  if (kind === null) throw failure('KIND', 'is required, or --list, or --all', kinds.join(', '));
  const name = kinds.find((one) => one.toLowerCase() === kind.toLowerCase());
  const found = name === undefined ? undefined : POLICY_SCHEMAS.get(name);
  if (found === undefined) throw failure(kind, 'is no kind', didYouMean(kind, kinds) ?? kinds.join(', '));
  return found;
}

function listKinds(): string {
  const rows = [...POLICY_SCHEMAS].map(([kind, { $id = '', description = '' }]) => [kind, $id, description] as const);
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([kind, id, text]) => `${kind.padEnd(first ?? 0)}  ${id.padEnd(second ?? 0)}  ${text}\n`).join('');
}

/** By kind, never one `oneOf` over all kinds: an editor then speaks of the kind that is written. */
function anyKind(): object {
  const kinds = [...POLICY_SCHEMAS.keys()];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'PolicyDocument',
    description: 'A document of the policy: what it is says its `kind`.',
    type: 'object',
    required: ['kind', 'name'],
    properties: { kind: { title: 'Kind', description: 'What this document is.', enum: kinds } },
    allOf: kinds.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      then: { $ref: `#/$defs/${kind}` },
    })),
    $defs: Object.fromEntries(
      [...POLICY_SCHEMAS].map(([kind, { $schema: _dialect, $id: _address, ...rest }]) => [kind, rest]),
    ),
  };
}

function render(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
