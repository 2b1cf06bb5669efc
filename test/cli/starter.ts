import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import { starterFiles } from '../../cli/starter/starter-files.ts';
import { acceptedLock, definition } from '../compiler/catalog/locks.ts';
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

const NOTES = `kind: Server
name: notes
url: http://127.0.0.1:3002/mcp
catalog: notes.lock.json
identities: { public: none }
effects: { read: [] }
---
kind: Allowlist
name: web-notes
allow:
  - { server: notes, prompts: [review], when: 'args.about.startsWith("web")' }
  - { server: notes, resources: ['note://web/*'] }
---
kind: Grant
name: engineering-notes
gateway: engineering
to: { teams: [engineering] }
allow: [web-notes]
---
kind: Guard
name: no-secrets
match: { resources: ['**/secret'] }
when: 'true'
message: secrets stay here
`;

const NOTES_LOCK = writeLock({
  ...acceptedLock(
    definition('prompt', '{"name":"review","arguments":[{"name":"about","required":true}]}'),
    definition('prompt', '{"name":"secret","arguments":[]}'),
    definition('template', '{"name":"note","uriTemplate":"note://{topic}/{id}"}'),
    definition('template', '{"name":"day","uriTemplate":"diary://{day}"}'),
  ),
  server: 'notes',
});

/** Adds a server with two prompts and two resource templates to the starter's gateway, and grants some of it. */
export async function addNotes(cwd: string): Promise<void> {
  await writeFile(join(cwd, 'policies/servers/notes.yaml'), NOTES);
  await writeFile(join(cwd, 'policies/servers/notes.lock.json'), NOTES_LOCK);
  await edit(cwd, 'policies/gateway.yaml', '  everything: {}', '  notes: {}\n  everything: {}');
}
