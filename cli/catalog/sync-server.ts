import { join } from 'node:path';
import { lockPath } from '../../compiler/catalog/lock-path.ts';
import { updateLock, type LockUpdate } from '../../compiler/catalog/update-lock.ts';
import { writeLock } from '../../compiler/catalog/write-lock.ts';
import type { Document } from '../../compiler/source/document.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { PUBLIC, replaceFile } from '../write-file.ts';
import { chooseTarget } from './choose-target.ts';
import { lockOf, type ServerFolder } from './find-servers.ts';
import type { Reach } from './identity-headers.ts';
import { placeOf } from './open-connection.ts';
import { observeServer } from './observe-server.ts';
import type { SyncLimits } from './sync-limits.ts';

/** What one server was found to offer, beside what its lock said. */
export interface ServerSync extends LockUpdate {
  readonly server: string;
  readonly url: string;
  readonly identity: string;
  /** As it should be printed. */
  readonly lockPath: string;
  /** The server had no lock before. */
  readonly isNew: boolean;
  /** The file is other than it was. */
  readonly written: boolean;
}

export interface SyncOptions {
  readonly identity: string | null;
  readonly reach: Reach;
  readonly limits: SyncLimits;
  /** Look, and leave the file as it is. */
  readonly dryRun: boolean;
}

/** Brings the lock of a Server up to date with the live server. @throws Failure, and then the lock is as it was. */
export async function syncServer(
  folder: ServerFolder,
  server: Document<Server>,
  options: SyncOptions,
): Promise<ServerSync> {
  const before = lockOf(folder, server);
  const target = await chooseTarget(server, options.identity, options.reach);
  const observed = await observeServer(server.name, target, options.limits);
  const update = updateLock(before, observed);
  const path = lockPath(server);
  const shown = join(folder.root, path);
  const text = writeLock(update.lock);
  const written = text !== folder.locks.get(path)?.text && !options.dryRun;
  if (written) await replaceFile(shown, text, PUBLIC);
  return {
    ...update,
    server: server.name,
    url: placeOf(target),
    identity: target.identity,
    lockPath: shown,
    isNew: before === null,
    written,
  };
}
