import type { StdioProgram } from '../../../schemas/types/proxy.ts';
import { PROGRAM_CHILDREN_DEFAULT } from '../../limits.ts';
import { findUser, type UserIds } from './find-user.ts';

/** A program of proxy.yaml, ready to be started. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** All of it: nothing of the proxy's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values are elsewhere (`file:PATH`, `env:NAME`), read at each start. */
  readonly secretEnv: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Null: the proxy's own user. */
  readonly user: UserIds | null;
  readonly childrenMax: number;
}

/** What of this process and machine decides as whom a program can run. */
export interface Machine {
  readonly uid: number;
  readonly gid: number;
  /** The text of /etc/passwd. */
  readonly passwd: string;
}

export type ProgramsResult =
  | { readonly ok: true; readonly programs: ReadonlyMap<string, Program> }
  | { readonly ok: false; readonly problem: string };

/** The programs of a configuration, or why one of them cannot be run as whom it should: then none is. */
export function buildPrograms(stdio: Readonly<Record<string, StdioProgram>>, machine: Machine): ProgramsResult {
  const programs = new Map<string, Program>();
  for (const [name, { run, env, secretEnv, cwd, user, max }] of Object.entries(stdio)) {
    const found = user === undefined ? null : findUser(user, machine.passwd);
    if (user !== undefined && found === null) {
      return { ok: false, problem: `stdio.${name}.user: ${user} is neither in /etc/passwd nor UID:GID` };
    }
    const isOwn = found !== null && found.uid === machine.uid && found.gid === machine.gid;
    if (found !== null && !isOwn && machine.uid !== 0) {
      return { ok: false, problem: `stdio.${name}.user: only root can run a program as ${user ?? ''}` };
    }
    const [file = '', ...args] = run;
    programs.set(name, {
      name,
      file,
      args,
      env: env ?? {},
      secretEnv: secretEnv ?? {},
      cwd: cwd ?? '/',
      user: isOwn ? null : found,
      childrenMax: max ?? PROGRAM_CHILDREN_DEFAULT,
    });
  }
  return { ok: true, programs };
}
