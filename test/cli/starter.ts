import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { starterFiles } from '../../cli/starter/starter-files.ts';
import { temporaryFolder } from './mcpgw.ts';

/** A folder with the policy of `mcpgw init` in `policies`, as of a day that never changes. */
export async function starterFolder(): Promise<string> {
  const cwd = await temporaryFolder();
  for (const [path, text] of starterFiles(new Date('2026-11-20T00:00:00Z'))) {
    await mkdir(dirname(join(cwd, 'policies', path)), { recursive: true });
    await writeFile(join(cwd, 'policies', path), text);
  }
  return cwd;
}

/** Replaces a text in a file, which must have it. */
export async function edit(cwd: string, path: string, from: string, to: string): Promise<void> {
  const before = await readFile(join(cwd, path), 'utf8');
  if (!before.includes(from)) throw new Error(`${path} has no ${from}`);
  await writeFile(join(cwd, path), before.replace(from, to));
}

/** Ids of bundles and policies depend on every byte of the format; goldens show where they stand. */
export function withoutDigests(text: string): string {
  return text.replace(/\b[0-9a-f]{64}\b/g, '<digest>').replace(/\b[0-9a-f]{16}\b/g, '<key>');
}
