import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RequestRecord } from '../../../dataplane/mcp/request-record.ts';
import { MAIL, rulesOf } from '../content/policy-of.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/audit.schema.json', import.meta.url), 'utf8'),
) as Schema;

/** Where a record has a text that is not one of a few, `client.name`. */
function textsOf(part: Schema, path: string): readonly string[] {
  if (part.$ref !== undefined) return textsOf(schema.$defs?.[part.$ref.slice('#/$defs/'.length)] ?? {}, path);
  if (part.anyOf !== undefined) return part.anyOf.flatMap((each) => textsOf(each, path));
  if (part.items !== undefined) return textsOf(part.items, path);
  if (part.properties !== undefined) {
    return Object.entries(part.properties).flatMap(([key, each]) =>
      textsOf(each, path === '' ? key : `${path}.${key}`),
    );
  }
  return part.type === 'string' ? [path] : [];
}

/** What clients and servers write, which rules for the audit log look into. */
const OF_MESSAGES = [
  'gateway',
  'client.name',
  'client.version',
  'method',
  'tool',
  'prompt',
  'resource',
  'upstreamTool',
];

/** What the gateway itself, its configuration, its policy or an issuer of tokens says. */
const OF_OURS = [
  'id',
  'time',
  'workspace',
  'environment',
  'channel',
  'bundle',
  'policyDigest',
  'commit',
  'connection',
  'principal.id',
  'principal.email',
  'client.id',
  'server',
  'assignment',
  'identity',
  'reason',
  'error',
  'rule.name',
  'rule.at',
  'alerts.name',
  'alerts.at',
  'content.rule',
  'content.at',
  'content.action',
];

test('each text of a record is either written by others, and looked into, or our own', () => {
  expect([...textsOf(schema, '')].sort()).toEqual([...OF_MESSAGES, ...OF_OURS].sort());
});

const ADDRESS = 'a@b.dev';

function recorded(action: 'block' | 'redact', isRead: boolean): string {
  const record = new RequestRecord('1', 0, 0);
  record.gateway = ADDRESS;
  record.isGatewayMadeUp = true;
  record.method = ADDRESS;
  record.tool = ADDRESS;
  record.prompt = ADDRESS;
  record.resource = isRead ? `x:${ADDRESS}` : null;
  record.client = { name: ADDRESS, version: ADDRESS };
  record.identify({ kind: 'robot', id: 'bot', email: '', clientId: '' } as Parameters<RequestRecord['identify']>[0]);
  if (isRead) record.route({ server: 's', assignment: 's', identity: 'i', tool: ADDRESS });
  record.redactWith(rulesOf([{ ...MAIL, action: { kind: action } }]));
  return JSON.stringify(record.finish({ workspace: 'w', environment: 'e', channel: 'c' }, 0));
}

test.each(['block', 'redact'] as const)('none of those that others wrote has what a rule would %s', (action) => {
  const texts = [recorded(action, true), recorded(action, false)];
  for (const text of texts) {
    expect(text).not.toContain(ADDRESS);
    expect(text).toContain('"entities":{"MAIL":');
  }
});
