import { argumentsType, conditionEnvironment, type ConditionSubject } from '../../../compiler/cel/index.ts';
import type { Environment, RecordType } from '../../../compiler/cel/index.ts';
import { parseJsonTree, type JsonTree } from '../../../dataplane/format/json-tree.ts';

export function treeOf(value: unknown): JsonTree {
  const parsed = parseJsonTree(typeof value === 'string' ? value : JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.tree;
}

/** A tool with an argument of every kind. */
const REFUND_SCHEMA = {
  type: 'object',
  required: ['amount', 'currency', 'limit', 'tags', 'items', 'ratio', 'choice'],
  properties: {
    amount: { type: 'integer' },
    ratio: { type: 'number' },
    currency: { enum: ['usd', 'eur'] },
    note: { type: 'string' },
    urgent: { type: 'boolean' },
    limit: { type: ['integer', 'null'] },
    'repo-name': { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    labels: { type: 'array' },
    choice: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    meta: { type: 'object' },
    customer: {
      type: 'object',
      required: ['email'],
      properties: { email: { type: 'string' }, country: { type: ['string', 'null'], enum: ['de', 'fr', null] } },
    },
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, price: { type: 'number' }, count: { type: 'integer' } },
      },
    },
  },
};

export const REFUND: RecordType = argumentsType({
  inputSchema: treeOf(REFUND_SCHEMA),
  what: 'an argument of stripe/create_refund',
  isOpen: false,
});

export const SUBJECT: ConditionSubject = {
  args: REFUND,
  claims: new Map([
    ['mfa', 'bool'],
    ['tier', 'string?'],
    ['groups', 'list'],
  ]),
  reachesRobots: false,
  tool: { server: 'stripe', name: 'create_refund', effect: 'write', tags: ['egress', 'money'] },
  gateway: 'engineering',
};

export const ENVIRONMENT: Environment = conditionEnvironment(SUBJECT);
