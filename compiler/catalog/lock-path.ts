import type { Server } from '../../schemas/types/documents.ts';
import type { Document } from '../source/document.ts';

/** Path of a Server's lock file, relative to the policy folder; `..` does not lead out of it. */
export function lockPath(server: Document<Server>): string {
  const parts = server.file.path.split('/').slice(0, -1);
  for (const part of server.value.catalog.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
