import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const text = readFileSync(join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'mcpgw-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = { mcpgw: 'cli/main.ts', 'mcpgw-proxy': 'dataplane/main.ts' } as const;

function blocks(language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

function run(line: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [name = '', ...args] = line.trim().split(/\s+/);
  const program = programs[name as keyof typeof programs];
  return spawnSync(process.execPath, [join(root, program), ...args], { cwd: folder, encoding: 'utf8' });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const [, first = '', second = ''] = blocks('sh');

test('the commands from an empty folder to a verified store work as printed', () => {
  for (const line of first.trim().split('\n')) {
    const { status, stderr } = run(line);
    expect(status, `${line}\n${stderr}`).toBe(0);
  }
});

test('promote and inspect work as printed, with the id that compile printed', () => {
  const compiled = run('mcpgw compile --environment production --key keys/bundle.pem --out store --format json');
  const { bundle } = JSON.parse(compiled.stdout) as { readonly bundle: string };
  for (const line of second
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('mcpgw '))) {
    const { status, stderr } = run(line.replace('BUNDLE', bundle));
    expect(status, `${line}\n${stderr}`).toBe(0);
  }
});

test('the proxy starts with the configuration as printed and becomes ready', async () => {
  const config = blocks('yaml').find((block) => block.startsWith('# proxy.yaml')) ?? '';
  const [port, admin] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'proxy.yaml'), config.replace(':8443', `:${port}`).replace(':9090', `:${admin}`));
  const proxy = spawn(process.execPath, [join(root, programs['mcpgw-proxy']), '--config', 'proxy.yaml'], {
    cwd: folder,
    stdio: 'ignore',
  });
  try {
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${admin}/readyz`).catch(() => null))?.status, {
        timeout: 10_000,
      })
      .toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/mcp`, { method: 'POST' })).status).toBe(401);
  } finally {
    proxy.kill();
  }
});

test('every policy kind of the example, and every folder that is linked, exists', () => {
  const kinds = [...text.matchAll(/^kind: (\w+)/gm)].map(([, kind = '']) => kind);
  expect(kinds.length).toBeGreaterThan(4);
  for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
    expect(existsSync(join(root, target)), target).toBe(true);
  }
});

test('the table of commands and the help name the same commands', () => {
  const help = run('mcpgw --help').stdout;
  const names = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\w/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(text).toContain(`\`mcpgw ${name}\``);
});
