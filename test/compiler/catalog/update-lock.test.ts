import { describe, expect, test } from 'vitest';
import { updateLock } from '../../../compiler/catalog/update-lock.ts';
import { writeLock } from '../../../compiler/catalog/write-lock.ts';
import type { DefinitionKind } from '../../../dataplane/format/definition-digest.ts';
import { NO_CAPABILITIES } from '../../../compiler/catalog/capabilities.ts';
import { acceptedLock, definition, observed, tool } from './locks.ts';

const TOOL =
  '{"name":"t","title":"T","description":"Does.","inputSchema":{"type":"object","maxProperties":1},"outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true},"execution":{"taskSupport":"forbidden"},"_meta":{"v":1},"icons":[{"src":"https://a/i.png"}]}';
const PROMPT = '{"name":"p","title":"P","description":"Asks.","arguments":[{"name":"a"}]}';
const TEMPLATE =
  '{"uriTemplate":"a://{x}","name":"A","title":"T","description":"Reads.","mimeType":"text/plain","annotations":{"audience":["user"]}}';

describe('drift', () => {
  const compared: [name: string, kind: DefinitionKind, before: string, from: string, to: string][] = [
    ['title of a tool', 'tool', TOOL, '"title":"T"', '"title":"U"'],
    ['description of a tool', 'tool', TOOL, 'Does.', 'Does more.'],
    ['input schema of a tool', 'tool', TOOL, '"inputSchema":{', '"inputSchema":{"minProperties":0,'],
    ['a number’s spelling in an input schema', 'tool', TOOL, '"maxProperties":1', '"maxProperties":1.0'],
    ['output schema of a tool', 'tool', TOOL, '"outputSchema":{', '"outputSchema":{"title":"x",'],
    ['annotations of a tool', 'tool', TOOL, '"readOnlyHint":true', '"readOnlyHint":false'],
    ['execution of a tool', 'tool', TOOL, '"forbidden"', '"required"'],
    ['a member that goes', 'tool', TOOL, '"title":"T",', ''],
    ['title of a prompt', 'prompt', PROMPT, '"title":"P"', '"title":"Q"'],
    ['description of a prompt', 'prompt', PROMPT, 'Asks.', 'Asks again.'],
    ['arguments of a prompt', 'prompt', PROMPT, '{"name":"a"}', '{"name":"a","required":true}'],
    ['name of a template', 'template', TEMPLATE, '"name":"A"', '"name":"B"'],
    ['description of a template', 'template', TEMPLATE, 'Reads.', 'Reads more.'],
    ['media type of a template', 'template', TEMPLATE, 'text/plain', 'text/html'],
    ['annotations of a template', 'template', TEMPLATE, '["user"]', '["assistant"]'],
  ];

  test.each(compared)('%s makes an accepted definition pending', (_name, kind, before, from, to) => {
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    const update = updateLock(acceptedLock(definition(kind, before)), observed(definition(kind, after)));
    expect(update.definitionChanges.map(({ change }) => change)).toEqual(['changed']);
    expect(update.lock.definitions.map(({ pending }) => pending)).toEqual([true]);
  });

  const ignored: [name: string, from: string, to: string][] = [
    ['_meta', '"v":1', '"v":2'],
    ['icons', 'i.png', 'j.png'],
  ];

  test.each(ignored)('%s is refreshed without another acceptance', (_name, from, to) => {
    const update = updateLock(acceptedLock(tool(TOOL)), observed(tool(TOOL.replace(from, to))));
    expect(update.definitionChanges.map(({ change }) => change)).toEqual(['refreshed']);
    expect(update.lock.definitions.map(({ pending }) => pending)).toEqual([false]);
    expect(writeLock(update.lock).replaceAll(': ', ':')).toContain(to);
  });

  test('the order of members is no drift', () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(PROMPT)).reverse()));
    const update = updateLock(acceptedLock(definition('prompt', PROMPT)), observed(definition('prompt', reordered)));
    expect(update.definitionChanges).toEqual([]);
    expect(update.lock.definitions.map(({ pending }) => pending)).toEqual([false]);
  });
});

describe('after a look at the server', () => {
  test('what is new waits, what is gone is dropped, what stayed stays accepted', () => {
    const before = acceptedLock(tool('{"name":"stays"}'), tool('{"name":"goes"}'));
    const { lock, definitionChanges } = updateLock(
      before,
      observed(tool('{"name":"stays"}'), tool('{"name":"comes"}')),
    );
    expect(lock.definitions.map(({ name, pending }) => `${name} ${pending}`)).toEqual(['comes true', 'stays false']);
    expect(definitionChanges.map(({ change, name }) => `${change} ${name}`)).toEqual(['added comes', 'removed goes']);
  });

  test('a pending definition stays pending while it does not change', () => {
    const first = updateLock(null, observed(tool(TOOL)));
    const second = updateLock(first.lock, observed(tool(TOOL)));
    expect(second.definitionChanges).toEqual([]);
    expect(second.lock.definitions.map(({ pending }) => pending)).toEqual([true]);
    expect(writeLock(second.lock)).toBe(writeLock(first.lock));
  });

  test('one that changes and changes back has to be accepted again', () => {
    const accepted = acceptedLock(tool(TOOL));
    const changed = updateLock(accepted, observed(tool(TOOL.replace('Does.', 'Does more.'))));
    const back = updateLock(changed.lock, observed(tool(TOOL)));
    expect(back.lock.definitions.map(({ pending }) => pending)).toEqual([true]);
  });

  test('a tool does not become a prompt of the same name unnoticed', () => {
    const update = updateLock(acceptedLock(tool('{"name":"x"}')), observed(definition('prompt', '{"name":"x"}')));
    expect(update.definitionChanges.map(({ change, kind }) => `${change} ${kind}`)).toEqual([
      'removed tool',
      'added prompt',
    ]);
    expect(update.lock.definitions.map(({ pending }) => pending)).toEqual([true]);
  });

  test('what the server says about itself is compared too', () => {
    const after = {
      ...observed(),
      era: 'legacy' as const,
      protocolVersion: '2025-11-25',
      instructions: 'Be nice.',
      serverInfo: { name: 'github', version: '2.0.0' },
      capabilities: { ...NO_CAPABILITIES, logging: true, tools: true },
    };
    expect(updateLock(acceptedLock(), after).serverChanges).toEqual([
      { field: 'era', before: 'modern', after: 'legacy' },
      { field: 'protocolVersion', before: '2026-07-28', after: '2025-11-25' },
      { field: 'serverInfo.version', before: '1.0.0', after: '2.0.0' },
      { field: 'instructions', before: null, after: 'Be nice.' },
      { field: 'capabilities', before: 'tools', after: 'logging, tools' },
    ]);
    expect(updateLock(null, after).serverChanges).toEqual([]);
  });
});
