import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyTrust, trustKey } from '../../cli/trust-file.ts';
import { mcpgw, temporaryFolder } from './mcpgw.ts';

describe('keygen', () => {
  test('writes a private key that only its owner can read, and prints the public one', async () => {
    const cwd = await temporaryFolder();
    const run = await mcpgw(['keygen', '--out', 'keys/bundle.pem'], { cwd });
    expect(run.exit).toBe(0);
    expect((await stat(join(cwd, 'keys/bundle.pem'))).mode & 0o777).toBe(0o600);
    const key = createPrivateKey(await readFile(join(cwd, 'keys/bundle.pem')));
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    expect(run.stdout).toBe(`${Buffer.from(x ?? '', 'base64url').toString('base64')}\n`);
    expect(run.stdout).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  });

  test('fills a trust file role by role', async () => {
    const cwd = await temporaryFolder();
    const scope = ['--workspace', 'acme', '--environment', 'production'];
    const first = await mcpgw(['keygen', '--out', 'b.pem', '--trust', 'trust.json', '--role', 'bundle', ...scope], {
      cwd,
    });
    expect(first.stderr).toContain('role pointer has too few keys still');
    const second = await mcpgw(
      ['keygen', '--out', 'p.pem', '--trust', 'trust.json', '--role', 'pointer', '--format', 'json'],
      { cwd },
    );
    expect(second.stderr).not.toContain('too few');
    expect(JSON.parse(await readFile(join(cwd, 'trust.json'), 'utf8'))).toEqual({
      format: 1,
      workspace: 'acme',
      environment: 'production',
      roles: {
        bundle: { keys: [first.stdout.trim()], threshold: 1 },
        pointer: { keys: [JSON.parse(second.stdout).publicKey], threshold: 1 },
      },
    });
  });

  test('never overwrites a key', async () => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'b.pem'), 'precious');
    const run = await mcpgw(['keygen', '--out', 'b.pem'], { cwd });
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toBe(
      'error: b.pem: already exists\n  help: it is never overwritten: give another path, or remove it first\n',
    );
    expect(await readFile(join(cwd, 'b.pem'), 'utf8')).toBe('precious');
  });

  const mistakes: [name: string, words: string[], stderr: string][] = [
    ['--role without --trust', ['--role', 'bundle'], 'error: --role: means something only with --trust\n'],
    [
      '--trust without --role',
      ['--trust', 'trust.json'],
      'error: --role: is required with --trust: what may the key sign?\n  help: bundle or pointer\n',
    ],
    [
      'a new trust file without a workspace',
      ['--trust', 'new.json', '--role', 'bundle'],
      'error: --workspace: is required: new.json does not exist yet\n',
    ],
    [
      'a trust file of another environment',
      ['--trust', 'trust.json', '--role', 'bundle', '--environment', 'staging'],
      'error: trust.json: is for environment production, not staging\n',
    ],
    [
      'something else than a trust file',
      ['--trust', 'other.json', '--role', 'bundle'],
      'error: other.json: is no trust file: lacks workspace\n',
    ],
    [
      'a folder for a trust file',
      ['--trust', 'folder', '--role', 'bundle'],
      'error: folder: is a folder, a file is wanted\n',
    ],
  ];
  test.each(mistakes)('%s is refused before anything is written', async (_name, words, stderr) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, 'trust.json'), JSON.stringify(emptyTrust('acme', 'production')));
    await writeFile(join(cwd, 'other.json'), '{"format":1}');
    await mkdir(join(cwd, 'folder'));
    const before = await readdir(cwd);
    expect(await mcpgw(['keygen', '--out', 'b.pem', ...words], { cwd })).toEqual({ exit: 2, stdout: '', stderr });
    expect(await readdir(cwd)).toEqual(before);
  });

  test('one key in two roles is refused', () => {
    const first = trustKey(emptyTrust('acme', 'dev'), 'bundle', 'K');
    if (!first.ok) throw new Error(first.message);
    expect(trustKey(first.trust, 'pointer', 'K')).toEqual({
      ok: false,
      message: 'holds this key already, in role bundle: one key, one role',
    });
    expect(trustKey(first.trust, 'bundle', 'K')).toEqual({
      ok: false,
      message: 'holds this key already, as role bundle',
    });
  });
});
