import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { promoteBundle, type Promotion } from '../../cli/promotion.ts';
import { makeSigningKey, readSigningKey } from '../../cli/signing-key.ts';
import { emptyTrust, renderTrust, trustKey } from '../../cli/trust-file.ts';
import { POINTER_TYPE, signEnvelope } from '../../dataplane/format/dsse.ts';
import { packPayload } from '../../dataplane/format/signed-json.ts';
import { formatPrivateKey } from '../../dataplane/format/signing-key.ts';
import { expectGolden } from './golden.ts';
import { mcpgw, type Run } from './mcpgw.ts';
import { addNotes, edit, starterFolder, withoutDigests } from './starter.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 20);

const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');

async function promotionOf(cwd: string, id: string): Promise<Promotion> {
  const key = await readSigningKey(join(cwd, 'pointer.pem'));
  const rest = { channel: 'prod', trust: null, revoke: [], reason: null };
  return { store: join(cwd, 'store'), id, key, lifeMs: 7 * DAY_MS, nowMs: NOW_MS, ...rest };
}

/** From keys to a promoted bundle, as an operator does it. */
describe('compile, promote, verify, inspect', () => {
  let cwd = '';
  const run = (...words: string[]): Promise<Run> => mcpgw(words, { cwd });
  const compile = (...more: string[]): Promise<Run> =>
    run('compile', '--environment', 'production', '--key', 'bundle.pem', '--out', 'store', ...more);
  const promote = (id: string, ...more: string[]): Promise<Run> =>
    run('promote', id, '--channel', 'prod', '--key', 'pointer.pem', '--store', 'store', ...more);
  const idOf = ({ stdout }: Run): string => /^bundle ([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? '';

  beforeEach(async () => {
    cwd = await starterFolder();
    const [bundle, pointer] = [makeSigningKey(), makeSigningKey()];
    const first = trustKey(emptyTrust('example', 'production'), 'bundle', bundle.publicKey.text);
    const trust = first.ok ? trustKey(first.trust, 'pointer', pointer.publicKey.text) : first;
    await writeFile(join(cwd, 'bundle.pem'), formatPrivateKey(bundle));
    await writeFile(join(cwd, 'pointer.pem'), formatPrivateKey(pointer));
    await writeFile(join(cwd, 'trust.json'), renderTrust(trust.ok ? trust.trust : emptyTrust('', '')));
  });

  test('go together', async () => {
    const compiled = await compile();
    expect(compiled).toMatchObject({ exit: 0, stderr: '' });
    expect(compiled.stdout).toMatch(/^bundle [0-9a-f]{64}\npolicy [0-9a-f]{64}\n$/);
    const id = idOf(compiled);
    expect((await readdir(join(cwd, 'store/bundles'))).sort()).toEqual([`${id}.dsse.json`, `${id}.tar`]);

    const promoted = await promote(id.slice(0, 8), '--trust', 'trust.json');
    expect(withoutTimes(promoted.stdout)).toBe(`channel prod\nseq 1\nbundle ${id}\nexpires <time>\n`);
    expect(promoted).toMatchObject({ exit: 0, stderr: '' });

    const verified = await run('verify', 'store', '--trust', 'trust.json');
    expect(verified.exit).toBe(0);
    expectGolden('verify.txt', withoutDigests(withoutTimes(verified.stdout)));
    const one = await run('verify', `store/bundles/${id}.tar`, '--trust', 'trust.json', '--format', 'json');
    expect(JSON.parse(one.stdout)).toMatchObject({ ok: true, findings: [{ ok: true }] });

    const inspected = await run('inspect', `store/bundles/${id}.tar`, '--trust', 'trust.json');
    expect(inspected).toMatchObject({ exit: 0, stderr: '' });
    expectGolden('inspect.txt', withoutDigests(inspected.stdout));
    const unsigned = await run('inspect', id.slice(0, 6), '--store', 'store', '--format', 'json');
    expect(unsigned.stderr).toBe('signatures were not verified: give --trust trust.json\n');
    expectGolden('inspect.json', withoutDigests(unsigned.stdout).replaceAll(/"size": \d+/g, '"size": 0'));
  }, 60_000);

  test('a rule number from an audit record leads to its line', async () => {
    const tar = `store/bundles/${idOf(await compile())}.tar`;
    const summary = JSON.parse((await run('inspect', tar, '--format', 'json')).stdout);
    expect(summary.gateways[0].access[1]).toEqual({
      subject: 'team engineering',
      disabled: null,
      tools: 2,
      prompts: 0,
      resources: [],
      grants: [{ name: 'Grant/engineering-daily', at: 'gateway.yaml:15:7', expires: null }],
    });
    const places = await Promise.all([0, 1, 2, 3, 4, 5].map((rule) => run('inspect', tar, '--rule', String(rule))));
    expect(places.map(({ stdout }) => stdout)).toContain('Grant/engineering-daily gateway.yaml:15:7\n');
    expect(await run('inspect', tar, '--rule', '999')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: --rule: the bundle has no rule 999\n',
    });
    const json = await run('inspect', tar, '--rule', '0', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ rule: 0, at: expect.stringMatching(/^[\w./-]+:\d+:\d+$/) });
  }, 60_000);

  test('inspect says which prompts and resources there are, and how resources are named', async () => {
    await addNotes(cwd);
    const inspect = async (): Promise<string> =>
      (await run('inspect', `store/bundles/${idOf(await compile())}.tar`)).stdout;
    expect(await inspect()).toContain(`gateway engineering: 3 tools, 2 prompts, 2 templates; stale mode closed
  everything: server everything, as public
  notes: server notes, as public, resources under their own URIs
`);
    await edit(
      cwd,
      'policies/gateway.yaml',
      '  notes: {}',
      '  notes: {}\n  notes-too: { server: notes, prefix: more }',
    );
    const shared = await inspect();
    expect(shared).toContain('  notes: server notes, as public, resources as notes+URI\n');
    expect(shared).toContain('  notes-too: server notes, as public, resources as more+URI\n');
    expect(shared).toContain('  team engineering: 2 tools, 1 prompt, 1 resource pattern\n');
  }, 60_000);

  test('the same policies give the same bundle, another key another signature on it', async () => {
    const first = await compile();
    const id = idOf(first);
    const envelope = () => readFile(join(cwd, `store/bundles/${id}.dsse.json`), 'utf8');
    const before = await envelope();
    expect(await compile()).toEqual(first);
    expect(await envelope()).toBe(before);
    await run('keygen', '--out', 'second.pem');
    const second = await run(
      'compile',
      '--environment',
      'production',
      '--key',
      'second.pem',
      '--out',
      'store',
      '--format',
      'json',
    );
    expect(JSON.parse(second.stdout)).toMatchObject({
      bundle: id,
      workspace: 'example',
      environment: 'production',
      store: 'store',
    });
    expect(JSON.parse(await envelope()).signatures).toHaveLength(2);
  }, 60_000);

  test('promoting counts on; going back is a higher number', async () => {
    const old = idOf(await compile());
    await promote(old);
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo, get-sum]', 'tools: [echo]');
    const next = idOf(await compile());
    expect(next).not.toBe(old);
    expect((await promote(next)).stdout).toContain('seq 2\n');
    expect(await promote(next)).toMatchObject({
      exit: 0,
      stderr: 'channel prod runs that bundle already: nothing written\n',
    });
    const back = await promote(old, '--format', 'json');
    expect(JSON.parse(back.stdout)).toEqual({
      format: 2,
      workspace: 'example',
      environment: 'production',
      channel: 'prod',
      seq: 3,
      bundle: old,
      commit: null,
      issued: expect.any(Number),
      expires: expect.any(Number),
      revoked: [],
      disabledSeqMin: 0,
      reason: null,
    });
  }, 60_000);

  test('a pointer lives as long as it is told to, and a refresh changes nothing else', async () => {
    const id = idOf(await compile());
    const first = JSON.parse((await promote(id, '--expires', '12h', '--reason', 'OPS-1', '--format', 'json')).stdout);
    expect(first.expires - first.issued).toBe(12 * 3_600_000);
    const refresh = (...more: string[]): Promise<Run> =>
      run('refresh', '--channel', 'prod', '--key', 'pointer.pem', '--store', 'store', '--trust', 'trust.json', ...more);
    const refreshed = JSON.parse((await refresh('--expires', '4w', '--format', 'json')).stdout);
    expect(refreshed).toEqual({ ...first, seq: 2, issued: refreshed.issued, expires: refreshed.issued + 28 * DAY_MS });
    expect((await promote(id)).stderr).toBe('channel prod runs that bundle already: nothing written\n');
    // Another reason is something new to say.
    expect((await promote(id, '--reason', 'OPS-2')).stdout).toContain('seq 3\n');
    expect(withoutTimes((await refresh()).stdout)).toBe(`channel prod\nseq 4\nbundle ${id}\nexpires <time>\n`);
  }, 60_000);

  test('a bundle that is revoked stays so', async () => {
    const old = idOf(await compile());
    await promote(old);
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo, get-sum]', 'tools: [echo]');
    const next = idOf(await compile());
    const revoking = await promote(next, '--revoke', old.slice(0, 12), '--revoke', 'f'.repeat(64), '--format', 'json');
    expect(JSON.parse(revoking.stdout).revoked).toEqual([old, 'f'.repeat(64)].sort());
    const again = await promote(old);
    expect(withoutDigests(again.stderr)).toBe(
      'error: <digest>: is revoked on channel prod\n  help: promote another bundle\n',
    );
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo]', 'tools: [get-sum]');
    const third = await promote(idOf(await compile()), '--format', 'json');
    expect(JSON.parse(third.stdout)).toMatchObject({ seq: 3, revoked: JSON.parse(revoking.stdout).revoked });
    const self = await promote(next, '--revoke', next);
    expect(self).toMatchObject({ exit: 2, stdout: '' });
  }, 60_000);

  test('whoever promotes often refreshes too', async () => {
    const id = idOf(await compile());
    const promotion = await promotionOf(cwd, id);
    const first = await promoteBundle({ ...promotion, nowMs: NOW_MS });
    const early = await promoteBundle({ ...promotion, nowMs: NOW_MS + 3 * DAY_MS });
    expect([first.written, early]).toEqual([true, { pointer: first.pointer, written: false }]);
    const late = await promoteBundle({ ...promotion, nowMs: NOW_MS + 4 * DAY_MS });
    expect(late).toMatchObject({ written: true, pointer: { seq: 2, expires: NOW_MS + 11 * DAY_MS } });
    // A proxy that saw the second pointer would not believe its own clock.
    await expect(promoteBundle({ ...promotion, lifeMs: 60_000, nowMs: NOW_MS, reason: 'x' })).rejects.toThrow(
      '--channel: the pointer of prod was issued at 2026-11-24T00:00:00.000Z',
    );
  }, 60_000);

  test('counts on from a pointer of the format before, which nothing but its number is read of', async () => {
    const id = idOf(await compile());
    const promotion = await promotionOf(cwd, id);
    const former = { format: 1, workspace: 'example', environment: 'production', channel: 'prod', seq: 41, bundle: id };
    const path = join(cwd, 'store', 'channels', 'prod.dsse.json');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, signEnvelope(POINTER_TYPE, packPayload(former), [promotion.key]));
    expect(
      await run('refresh', '--channel', 'prod', '--key', 'pointer.pem', '--store', 'store', '--trust', 'trust.json'),
    ).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error: --channel: the pointer of prod is of an earlier format\n  help: promote its bundle again\n',
    });
    expect((await promote(id)).stdout).toContain('seq 42\n');
  }, 60_000);

  test('an expired or revoking pointer is no good one', async () => {
    const id = idOf(await compile());
    const promotion = await promotionOf(cwd, id);
    await promoteBundle({ ...promotion, nowMs: Date.UTC(2020, 0, 1) });
    const expired = await run('verify', 'store', '--trust', 'trust.json');
    expect(expired).toMatchObject({ exit: 6 });
    expect(expired.stdout).toMatch(
      /^refused store\/channels\/prod\.dsse\.json: seq 1 expired at 2020-01-08T00:00:00\.000Z\n/,
    );
  }, 60_000);

  test('a pointer that somebody else signed is nothing to count on from', async () => {
    const id = idOf(await compile());
    await promote(id);
    await run('keygen', '--out', 'other.pem');
    await edit(cwd, 'policies/gateway.yaml', 'tools: [echo, get-sum]', 'tools: [echo]');
    const next = idOf(await compile());
    const strange = await run('promote', next, '--channel', 'prod', '--key', 'other.pem', '--store', 'store');
    expect(strange).toMatchObject({ exit: 6, stdout: '' });
    expect(strange.stderr).toMatch(/^error: store\/channels\/prod\.dsse\.json: .* \[pointer\/untrusted-signature\]\n/);
    const untrusted = await run(
      'promote',
      next,
      '--channel',
      'prod',
      '--key',
      'other.pem',
      '--store',
      'store',
      '--trust',
      'trust.json',
    );
    expect(untrusted).toEqual({
      exit: 6,
      stdout: '',
      stderr: 'error: other.pem: is not trusted by trust.json to sign pointers\n',
    });
  }, 60_000);

  test('one flipped bit is refused by all of them, with 6', async () => {
    const id = idOf(await compile());
    const path = join(cwd, `store/bundles/${id}.tar`);
    const tar = await readFile(path);
    const at = tar.indexOf('"allowlists":[');
    tar[at] = (tar[at] ?? 0) ^ 1;
    await writeFile(path, tar);
    const verified = await run('verify', 'store', '--trust', 'trust.json');
    expect(verified.exit).toBe(6);
    expect(verified.stdout).toMatch(/^refused store\/bundles\/[0-9a-f]{64}\.tar: .* \[digest\/hash-differs\]\n$/);
    expect(await promote(id)).toMatchObject({ exit: 6, stdout: '' });
    expect(await run('inspect', `store/bundles/${id}.tar`)).toMatchObject({ exit: 6, stdout: '' });
  }, 60_000);

  test('verifying goes on after what it refuses', async () => {
    const id = idOf(await compile());
    await promote(id);
    await rename(join(cwd, `store/bundles/${id}.tar`), join(cwd, 'store/bundles/away'));
    const gone = await run('verify', 'store', '--trust', 'trust.json');
    expect(withoutDigests(gone.stdout)).toBe(
      'refused store/channels/prod.dsse.json: the store lacks bundle <digest>\n',
    );
    await rename(join(cwd, 'store/bundles/away'), join(cwd, `store/bundles/${id}.tar`));
    await rename(join(cwd, `store/bundles/${id}.dsse.json`), join(cwd, 'store/bundles/away'));
    const unsigned = await run('verify', 'store', '--trust', 'trust.json');
    expect(unsigned.exit).toBe(6);
    expect(withoutDigests(withoutTimes(unsigned.stdout))).toBe(
      'ok store/channels/prod.dsse.json: seq 1 runs <digest> until <time>\n' +
        'refused store/bundles/<digest>.tar: its signatures: store/bundles/<digest>.dsse.json: no such file or folder\n',
    );
  }, 60_000);

  test('a policy with errors writes nothing', async () => {
    await edit(cwd, 'policies/teams.yaml', 'owner: engineering', 'owner: nobody');
    const compiled = await compile();
    expect(compiled).toMatchObject({ exit: 3, stdout: '' });
    expect(compiled.stderr).toMatch(/policies\/teams\.yaml:9:8: error: [^]*1 error in policies: nothing is written\n$/);
    expect(await readdir(cwd)).not.toContain('store');
  });

  const mistakes: [name: string, words: string[], exit: number, stderr: string][] = [
    [
      'an unknown environment',
      ['compile', '--environment', 'prod', '--key', 'bundle.pem', '--out', 's'],
      2,
      'error: --environment: the workspace has no environment `prod`\n  help: it has dev, production\n',
    ],
    [
      'a missing key',
      ['compile', '--environment', 'dev', '--key', 'none.pem', '--out', 's'],
      2,
      'error: none.pem: no such file or folder\n',
    ],
    [
      'a file that is no key',
      ['compile', '--environment', 'dev', '--key', 'trust.json', '--out', 's'],
      2,
      'error: trust.json: is no Ed25519 private key in PEM\n  help: make one with `mcpgw keygen --out FILE`\n',
    ],
    [
      'a file for a store',
      ['compile', '--environment', 'dev', '--key', 'bundle.pem', '--out', 'trust.json'],
      2,
      'error: trust.json/bundles: is a file, a folder is wanted\n',
    ],
    [
      'a bundle id that is none',
      ['promote', 'xyz', '--channel', 'c', '--key', 'pointer.pem', '--store', 'policies'],
      2,
      'error: xyz: is no bundle id: 64 hex digits, or the first 6 or more of them\n',
    ],
    [
      'a channel that is no name',
      ['promote', 'abcdef', '--channel', '../x', '--key', 'pointer.pem', '--store', 'policies'],
      2,
      'error: --channel: `../x` is no name: lower-case letters, digits and dashes\n',
    ],
    [
      'a folder that is no store',
      ['promote', 'abcdef', '--channel', 'c', '--key', 'pointer.pem', '--store', 'policies'],
      2,
      'error: policies/bundles: no such file or folder\n  help: a bundle store has the folders bundles and channels\n',
    ],
    [
      'a duration that is none',
      ['promote', 'abcdef', '--channel', 'c', '--key', 'pointer.pem', '--store', 'policies', '--expires', '1 week'],
      2,
      'error: --expires: `1 week` is no duration\n  help: write 90m, 12h, 7d or 4w\n',
    ],
    [
      'a pointer that would live too long',
      ['promote', 'abcdef', '--channel', 'c', '--key', 'pointer.pem', '--store', 'policies', '--expires', '60w'],
      2,
      'error: --expires: 60w is more than 400d\n',
    ],
    [
      'a reason of two lines',
      ['promote', 'abcdef', '--channel', 'c', '--key', 'pointer.pem', '--store', 'policies', '--reason', 'a\nb'],
      2,
      'error: --reason: is one line of at most 500 characters\n',
    ],
    ['a missing store', ['verify', 'store', '--trust', 'trust.json'], 2, 'error: store: no such file or folder\n'],
    [
      'a missing trust file',
      ['verify', 'policies', '--trust', 'none.json'],
      2,
      'error: none.json: no such file or folder\n',
    ],
    ['a trust file that is none', ['verify', 'policies', '--trust', 'bundle.pem'], 6, 'error: bundle.pem: '],
    [
      'an id without its store',
      ['inspect', 'abcdef'],
      2,
      'error: abcdef: no such file\n  help: an id needs the store it is in: --store DIR\n',
    ],
    ['a tar that is none', ['inspect', 'trust.json'], 6, 'error: trust.json: is no bundle [tar/'],
  ];
  test.each(mistakes)('%s is one line that names it', async (_name, words, exit, stderr) => {
    const result = await run(...words);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr.slice(0, stderr.length)).toBe(stderr);
    expect(result.stderr.split('\n').length).toBeLessThan(4);
  });
});
