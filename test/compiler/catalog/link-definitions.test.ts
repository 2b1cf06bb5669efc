import { describe, expect, test } from 'vitest';
import type { CatalogLock } from '../../../compiler/catalog/lock.ts';
import { linkDefinitions } from '../../../compiler/catalog/link-definitions.ts';
import { readLock } from '../../../compiler/catalog/read-lock.ts';
import { writeLock } from '../../../compiler/catalog/write-lock.ts';
import type { Problem } from '../../../compiler/diagnostics/diagnostic.ts';
import type { Document } from '../../../compiler/source/document.ts';
import { readDocuments } from '../../../compiler/source/read-documents.ts';
import type { Server } from '../../../schemas/types/documents.ts';
import { acceptedLock, definition, tool } from './locks.ts';

const GET = tool('{"name":"get_issue","inputSchema":{"properties":{"n":{"type":"integer"}}}}');
const CREATE = tool('{"name":"create_issue"}');

function link(lock: CatalogLock, rest: string) {
  const text = `kind: Server\nname: github\nurl: https://github.acme.dev/mcp\ncatalog: github.lock.json\nidentities: { a: none }\n${rest}`;
  const problems: Problem[] = [];
  const report = (problem: Problem): void => void problems.push(problem);
  const { documents } = readDocuments([{ path: 'github.yaml', text }], report);
  const server = documents.find((document): document is Document<Server> => document.kind === 'Server');
  const read = readLock({ path: 'github.lock.json', text: writeLock(lock) }, report);
  if (server === undefined || read === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  const definitions = linkDefinitions(read, server, report);
  const complaints = problems.map(
    ({ code, message, span }) => `${code}: ${message} @ ${span.file.text.slice(span.start, span.end)}`,
  );
  return { definitions, complaints };
}

function pending(lock: CatalogLock, name: string): CatalogLock {
  return {
    ...lock,
    definitions: lock.definitions.map((locked) => (locked.name === name ? { ...locked, pending: true } : locked)),
  };
}

test('a definition is served with its effect, its tags, its arguments and everything but its name', () => {
  const lock = acceptedLock(
    GET,
    definition('prompt', '{"name":"triage","arguments":[{"name":"id"}]}'),
    definition('template', '{"uriTemplate":"repo://{x}","name":"Repo"}'),
  );
  const { definitions, complaints } = link(
    lock,
    'effects: { read: [get_issue] }\ntags: { z: [get_issue], egress: [get_issue] }\n',
  );
  expect(complaints).toEqual([]);
  expect(definitions).toEqual([
    {
      kind: 'tool',
      name: 'get_issue',
      effect: 'read',
      tags: ['egress', 'z'],
      pending: false,
      digest: lock.definitions[0]?.digest,
      json: '{"inputSchema":{"properties":{"n":{"type":"integer"}}}}',
      keys: { properties: { n: null }, items: null },
      headers: [],
    },
    expect.objectContaining({
      kind: 'prompt',
      effect: 'read',
      json: '{"arguments":[{"name":"id"}]}',
      keys: { properties: { id: null }, items: null },
    }),
    expect.objectContaining({
      kind: 'template',
      name: 'repo://{x}',
      effect: 'read',
      keys: null,
      json: '{"name":"Repo","uriTemplate":"repo://{x}"}',
    }),
  ]);
});

test('a pending tool keeps the effect it had, and needs none', () => {
  const lock = pending(pending(acceptedLock(GET, CREATE), 'get_issue'), 'create_issue');
  const { definitions, complaints } = link(lock, 'effects: { read: [get_issue] }\n');
  expect(complaints).toEqual([]);
  expect(definitions.map(({ name, effect, pending: waits }) => [name, effect, waits])).toEqual([
    ['create_issue', null, true],
    ['get_issue', 'read', true],
  ]);
});

describe('what a Server says of its tools is checked against the lock', () => {
  const lock = acceptedLock(GET, CREATE);
  const cases: [name: string, rest: string, complaints: readonly string[]][] = [
    [
      'an accepted tool without an effect',
      'effects: { read: [get_issue] }\n',
      ['link/effect-missing: the accepted tool `create_issue` has no effect @ effects'],
    ],
    [
      'no effects at all',
      '',
      [
        'link/effect-missing: the accepted tool `create_issue` has no effect @ github',
        'link/effect-missing: the accepted tool `get_issue` has no effect @ github',
      ],
    ],
    [
      'a tool with two effects',
      'effects: { read: [get_issue, create_issue], write: [create_issue] }\n',
      ['link/effect-twice: `create_issue` already has the effect read @ create_issue'],
    ],
    [
      'an effect of a tool that is not there',
      'effects: { read: [get_issue, create_issue, get_isue] }\n',
      ['link/effect-unknown: the lock has no tool `get_isue` @ get_isue'],
    ],
    [
      'a tag of a tool that is not there',
      'effects: { read: [get_issue, create_issue] }\ntags: { egress: [send] }\n',
      ['link/tag-unknown: the lock has no tool `send` @ send'],
    ],
  ];
  test.each(cases)('%s', (_name, rest, complaints) => {
    expect(link(lock, rest).complaints).toEqual(complaints);
  });

  test('the lock of another Server', () => {
    const { definitions, complaints } = link({ ...lock, server: 'gitlab' }, '');
    expect(complaints).toEqual(['catalog/wrong-server: this is the lock of the Server `gitlab` @ github.lock.json']);
    expect(definitions).toEqual([]);
  });
});

describe('what no client may call, or no reviewer saw', () => {
  const broken = tool('{"name":"broken","inputSchema":{"properties":{"a":{"type":"number","x-mcp-header":"A"}}}}');

  test('a tool with a wrong header is as good as pending, with a warning', () => {
    const { definitions, complaints } = link(acceptedLock(broken), 'effects: { read: [broken] }\n');
    expect(complaints).toEqual([
      'catalog/unusable-tool: nobody can call `broken`: `x-mcp-header` of `a` needs the type string, integer or boolean @ "',
    ]);
    expect(definitions.map(({ pending: waits, keys }) => [waits, keys])).toEqual([[true, null]]);
    expect(link(pending(acceptedLock(broken), 'broken'), '').complaints).toEqual([]);
  });

  test('hidden characters in an accepted definition are warned of where they are', () => {
    const sly = tool('{"name":"sly","description":"Adds.\u200b\u202e","title":"ok"}');
    expect(link(acceptedLock(sly), 'effects: { read: [sly] }\n').complaints).toEqual([
      'catalog/unreadable-text: a text of `sly` holds the invisible character U+200B @ "Adds.\\u200b\\u202e"',
    ]);
    expect(link(pending(acceptedLock(sly), 'sly'), '').complaints).toEqual([]);
  });
});
