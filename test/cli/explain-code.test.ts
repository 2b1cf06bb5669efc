import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS } from '../../compiler/diagnostics/registry.ts';
import { expectGolden } from './golden.ts';
import { mcpgw } from './mcpgw.ts';

describe('explain', () => {
  test('prints what a code means, a wrong example, the remedy and a right one', async () => {
    const run = await mcpgw(['explain', 'link/unknown-reference']);
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expectGolden('explain.txt', run.stdout);
    expect((await mcpgw(['explain', '[link/unknown-reference]'])).stdout).toBe(run.stdout);
  });

  test('shows characters that nobody sees by name, and long examples cut short', async () => {
    const [hidden, large] = await Promise.all([
      mcpgw(['explain', 'yaml/invisible-character']),
      mcpgw(['explain', 'cel/too-large']),
    ]);
    expect(hidden.stdout).toContain('owner: sup<U+200B>port');
    expect(Math.max(...large.stdout.split('\n').map((line) => line.length))).toBeLessThan(240);
  });

  test('lists every code, without a code', async () => {
    const { stdout } = await mcpgw(['explain']);
    const listed = stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')[0]]));
    expect(listed).toEqual(Object.keys(DIAGNOSTICS));
  });

  test('the same for programs', async () => {
    const [one, all] = await Promise.all([
      mcpgw(['explain', 'yaml/tab', '--format', 'json']),
      mcpgw(['explain', '--format', 'json']),
    ]);
    expect(JSON.parse(one.stdout)).toMatchObject({ code: 'yaml/tab', severity: 'error', wrong: expect.any(String) });
    expect(JSON.parse(all.stdout)).toEqual(DIAGNOSTICS);
  });

  test('a code that does not exist is one line and a remedy', async () => {
    expect(await mcpgw(['explain', 'yaml/tabs'])).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: yaml/tabs: is no diagnostic code\n  help: did you mean `yaml/tab`?\n',
    });
  });
});
