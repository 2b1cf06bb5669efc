import { readFile } from 'node:fs/promises';
import type { Machine } from './program.ts';

/** Where the system knows no users, nobody can become another one. */
const NOBODY = -1;

/** As whom this process runs, and which users there are. Never rejects: users that cannot be read are not there. */
export async function thisMachine(): Promise<Machine> {
  return {
    uid: process.getuid?.() ?? NOBODY,
    gid: process.getgid?.() ?? NOBODY,
    passwd: await readFile('/etc/passwd', 'utf8').catch(() => ''),
  };
}
