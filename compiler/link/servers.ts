import type { RedactionRule, Server } from '../../schemas/types/documents.ts';
import { linkDefinitions } from '../catalog/link-definitions.ts';
import type { CatalogLock } from '../catalog/lock.ts';
import { readLock } from '../catalog/read-lock.ts';
import { lockPath } from '../catalog/lock-path.ts';
import type { Problem, Report, SourceFile, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { LinkedDefinition, LinkedServer } from './model.ts';

/** A server with what its lock records; null, with a diagnostic, when the lock is missing or has errors. */
export function linkServer(
  document: Document<Server>,
  locks: ReadonlyMap<string, SourceFile>,
  report: Report,
): LinkedServer | null {
  const path = lockPath(document);
  const file = locks.get(path);
  if (file === undefined) {
    report({
      code: 'catalog/missing-lock',
      message: `there is no lock file ${path}`,
      span: document.spanAt(['catalog']),
      help: `write it with: mcpgw catalog sync ${document.name}`,
    });
    return null;
  }
  const { server, problems } = readOnce(file, document);
  for (const problem of problems) report(problem);
  return server;
}

interface LockContents {
  readonly server: LinkedServer | null;
  readonly problems: readonly Problem[];
}

const readBefore = new WeakMap<SourceFile, WeakMap<Document<Server>, LockContents>>();

/** The same file and the same document, as objects, say what they said before. */
function readOnce(file: SourceFile, document: Document<Server>): LockContents {
  const byDocument = readBefore.get(file) ?? new WeakMap<Document<Server>, LockContents>();
  readBefore.set(file, byDocument);
  const known = byDocument.get(document);
  if (known !== undefined) return known;
  const problems: Problem[] = [];
  const lock = readLock(file, (problem) => problems.push(problem));
  const contents = { server: lock === null ? null : serverOf(document, lock, problems), problems };
  byDocument.set(document, contents);
  return contents;
}

function serverOf(document: Document<Server>, lock: CatalogLock, problems: Problem[]): LinkedServer {
  const definitions: LinkedDefinition[] = [];
  const server = { document, lock, definitions };
  for (const definition of linkDefinitions(lock, document, (problem) => problems.push(problem))) {
    definitions.push({ server, definition });
  }
  return server;
}

/** A secret where a document names it. */
interface NamedSecret {
  readonly secret: string;
  readonly span: Span;
}

/**
 * One secret belongs to one Server (operation.md): or one server could have another's credential sent to it. What rules hash
 * with is sent to none: a proxy has a secret for the one or for the other.
 */
export function checkSecrets(
  servers: readonly Document<Server>[],
  rules: readonly Document<RedactionRule>[],
  report: Report,
): void {
  const owners = new Map<string, { readonly server: Document<Server>; readonly span: Span }>();
  const refuse = ({ secret, span }: NamedSecret, help: string): void => {
    const other = owners.get(secret);
    if (other === undefined) return;
    report({
      code: 'link/secret-shared',
      message: `the secret \`${secret}\` already belongs to ${other.server.name}`,
      span,
      help,
      related: [{ message: 'first used here', span: other.span }],
    });
  };
  for (const server of servers) {
    for (const named of secretsOf(server)) {
      const other = owners.get(named.secret);
      if (other === undefined || other.server === server) owners.set(named.secret, { server, span: named.span });
      else refuse(named, 'give each Server a secret of its own');
    }
  }
  for (const named of rules.flatMap(hashKeyOf)) refuse(named, 'hash with a secret that is sent to no server');
}

function hashKeyOf(document: Document<RedactionRule>): readonly NamedSecret[] {
  const { action } = document.value;
  if (typeof action !== 'object' || !('hash' in action)) return [];
  return [{ secret: action.hash.key, span: document.spanAt(['action', 'hash', 'key']) }];
}

/** A program gets no request that credentials could be sent with: what it needs is in the proxy's configuration. */
export function checkPrograms(servers: readonly Document<Server>[], report: Report): void {
  for (const server of servers) {
    if (server.value.stdio === undefined) continue;
    for (const [name, identity] of Object.entries(server.value.identities)) {
      if (identity === 'none') continue;
      report({
        code: 'link/program-credentials',
        message: `${server.name} is a program, to which no credentials can be sent`,
        span: server.spanAt(['identities', name]),
        help: "write `none`, and give the program what it needs in `env` of the proxy's configuration",
      });
    }
  }
}

function* secretsOf(server: Document<Server>): Generator<NamedSecret> {
  for (const [name, identity] of Object.entries(server.value.identities)) {
    if (identity === 'none') continue;
    if ('bearer' in identity) {
      yield { secret: identity.bearer, span: server.spanAt(['identities', name, 'bearer']) };
    } else if ('client' in identity) {
      yield { secret: identity.client.secret, span: server.spanAt(['identities', name, 'client', 'secret']) };
    } else if ('exchange' in identity) {
      yield { secret: identity.exchange.secret, span: server.spanAt(['identities', name, 'exchange', 'secret']) };
    } else {
      for (const [header, secret] of Object.entries(identity.headers)) {
        yield { secret, span: server.spanAt(['identities', name, 'headers', header]) };
      }
    }
  }
}
