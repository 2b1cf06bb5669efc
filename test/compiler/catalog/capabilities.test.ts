import { describe, expect, test } from 'vitest';
import { CAPABILITY_NAMES, readCapabilities, renderCapabilities } from '../../../compiler/catalog/capabilities.ts';
import { readLock } from '../../../compiler/catalog/read-lock.ts';
import { writeLock } from '../../../compiler/catalog/write-lock.ts';
import { acceptedLock, tool, tree } from './locks.ts';

const said = (text: string): string | null => renderCapabilities(readCapabilities(tree(text)));

describe('what a server says it can do', () => {
  const cases: [name: string, capabilities: string, read: string][] = [
    ['nothing', '{}', ''],
    ['empty objects count', '{"tools":{},"logging":{}}', 'logging, tools'],
    ['announcing one list is announcing', '{"prompts":{"listChanged":true}}', 'listChanged, prompts'],
    ['an announcement that is denied', '{"prompts":{"listChanged":false}}', 'prompts'],
    ['single resources', '{"resources":{"subscribe":true}}', 'resources, subscribe'],
    ['no announcement of single resources', '{"resources":{"subscribe":false}}', 'resources'],
    ['what is nothing to a gateway', '{"experimental":{"tools":{}},"extensions":{"a":{}}}', ''],
    ['a capability that is null is none', '{"tools":null}', ''],
    ['no object at all', '"tools"', ''],
    [
      'everything',
      '{"completions":{},"logging":{},"prompts":{},"resources":{"subscribe":true,"listChanged":true},"tools":{}}',
      CAPABILITY_NAMES.join(', '),
    ],
  ];
  test.each(cases)('%s', (_name, capabilities, read) => {
    expect(said(capabilities)).toBe(read);
  });
});

describe('a lock', () => {
  const lock = acceptedLock(tool('{"name":"a"}'));
  const text = writeLock(lock);
  const read = (changed: string): { readonly capabilities: string | null; readonly problems: readonly string[] } => {
    const problems: string[] = [];
    const found = readLock({ path: 'github.lock.json', text: changed }, ({ message }) => problems.push(message));
    return { capabilities: renderCapabilities(found?.capabilities ?? null), problems };
  };

  test('says what the server can do', () => {
    expect(read(text)).toEqual({ capabilities: 'tools', problems: [] });
  });

  test('of an earlier version does not, and is not made to', () => {
    const older = writeLock({ ...lock, capabilities: null });
    expect(older).not.toContain('capabilities');
    expect(read(older)).toEqual({ capabilities: null, problems: [] });
  });

  const broken: [name: string, from: string, to: string, problem: string][] = [
    ['a capability that is no yes or no', '"tools": true', '"tools": {}', 'expected true or false'],
    ['a capability too few', '    "logging": false,\n', '', '`capabilities` lacks `logging`'],
    ['a capability that nobody knows', '"logging"', '"loging"', '`capabilities` has no member `loging`'],
  ];
  test.each(broken)('with %s is not believed', (_name, from, to, problem) => {
    expect(read(text.replace(from, to)).problems).toContain(problem);
  });
});
