import type { Server } from '../../schemas/types/documents.ts';
import { linkDefinitions } from '../catalog/link-definitions.ts';
import { readLock } from '../catalog/read-lock.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { SourceFile } from '../diagnostics/diagnostic.ts';
import type { LinkedDefinition, LinkedServer } from './model.ts';

/** A server with what its lock records; null, with a diagnostic, when the lock is missing or has errors. */
export function linkServer(
  document: Document<Server>,
  locks: readonly SourceFile[],
  report: Report,
): LinkedServer | null {
  const path = besides(document.file.path, document.value.catalog);
  const file = locks.find((lock) => lock.path === path);
  if (file === undefined) {
    report({
      code: 'catalog/missing-lock',
      message: `there is no lock file ${path}`,
      span: document.spanAt(['catalog']),
      help: `write it with: mcpgw catalog sync ${document.name}`,
    });
    return null;
  }
  const lock = readLock(file, report);
  if (lock === null) return null;
  const definitions: LinkedDefinition[] = [];
  const server = { document, lock, definitions };
  for (const definition of linkDefinitions(lock, document, report)) definitions.push({ server, definition });
  return server;
}

/** A path relative to the folder of the file that names it; `..` is not resolved out of the policy folder. */
function besides(from: string, name: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** One secret belongs to one Server (operation.md): or one server could have another's credential sent to it. */
export function checkSecrets(servers: readonly Document<Server>[], report: Report): void {
  const owners = new Map<string, { readonly server: Document<Server>; readonly span: Span }>();
  for (const server of servers) {
    for (const { secret, span } of secretsOf(server)) {
      const other = owners.get(secret);
      if (other === undefined || other.server === server) {
        owners.set(secret, { server, span });
        continue;
      }
      report({
        code: 'link/secret-shared',
        message: `the secret \`${secret}\` already belongs to ${other.server.name}`,
        span,
        help: 'give each Server a secret of its own',
        related: [{ message: 'first used here', span: other.span }],
      });
    }
  }
}

function* secretsOf(server: Document<Server>): Generator<{ readonly secret: string; readonly span: Span }> {
  for (const [name, identity] of Object.entries(server.value.identities)) {
    if (identity === 'none') continue;
    if ('bearer' in identity) {
      yield { secret: identity.bearer, span: server.spanAt(['identities', name, 'bearer']) };
    } else {
      for (const [header, secret] of Object.entries(identity.headers)) {
        yield { secret, span: server.spanAt(['identities', name, 'headers', header]) };
      }
    }
  }
}
