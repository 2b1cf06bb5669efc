import { expect, test } from 'vitest';
import { policy } from './policy.ts';

/** What the servers of a gateway may ask of clients, by assignment. */
function asked(servers: string): readonly string[] {
  const { tables } = policy(`{ kind: Gateway, name: desk, servers: ${servers} }`);
  const assignments = tables?.policy.gateways.find(({ name }) => name === 'desk')?.assignments ?? [];
  return assignments.map(({ name, asks, urlHosts }) => `${name}: ${asks.join()} ${urlHosts.join()}`.trim());
}

const cases: [name: string, servers: string, asked: readonly string[]][] = [
  ['a server may ask for forms where nothing is said', '{ docs: {} }', ['docs: form']],
  ['or for nothing', '{ docs: { asks: [] } }', ['docs:']],
  ['or for what is said, in an order that no file decides', '{ docs: { asks: [url, form] } }', ['docs: form,url']],
  ['each assignment by itself', '{ docs: {}, more: { server: docs, asks: [roots] } }', ['docs: form', 'more: roots']],
  ['people are sent to these hosts', '{ docs: { urlHosts: [b.dev, a.dev] } }', ['docs: form a.dev,b.dev']],
];
test.each(cases)('%s', (_name, servers, expected) => {
  expect(asked(servers)).toEqual(expected);
});
