import type { Client, Gateway, Server } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { exposedName } from '../../dataplane/decide/index.ts';
import type { Document } from '../source/document.ts';
import type { LinkedAssignment, LinkedGateway, LinkedServer } from './model.ts';
import type { Table } from './lookups.ts';
import type { Names } from './names.ts';

const PREFIX_LENGTH_MAX = 16;
/** What a server may ask of the client where the assignment does not say (language.md, `asks`). */
const ASKS_DEFAULT = ['form'] as const;
/** What every client and model provider accepts (protocol.md 1.3). */
const EXPOSED_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function linkGateway(
  document: Document<Gateway>,
  servers: Table<LinkedServer>,
  names: Names,
  report: Report,
): LinkedGateway {
  const assignments = new Map<string, LinkedAssignment>();
  for (const name of Object.keys(document.value.servers)) {
    const assignment = linkAssignment(document, name, servers, names, report);
    if (assignment !== null) assignments.set(name, assignment);
  }
  const gateway = { document, assignments, clients: linkClients(document, names, report) };
  checkExposedNames(gateway, 'tool', report);
  checkExposedNames(gateway, 'prompt', report);
  return gateway;
}

function linkAssignment(
  document: Document<Gateway>,
  name: string,
  servers: Table<LinkedServer>,
  names: Names,
  report: Report,
): LinkedAssignment | null {
  const path = ['servers', name];
  const written = document.value.servers[name] ?? {};
  const span = document.spanAt(path, 'key');
  const serverName = written.server ?? name;
  if (serverName !== name && names.has('Server', name)) {
    report({
      code: 'link/assignment-name',
      message: `an assignment named \`${name}\` must assign the Server of that name`,
      span,
      help: `rename the assignment, for example \`${serverName}-2\``,
    });
    return null;
  }
  const place = written.server === undefined ? span : document.spanAt([...path, 'server']);
  const reference = names.resolve('Server', serverName, () => place);
  const server = servers.get(serverName);
  if (reference === null || server === undefined) return null;

  const identity = linkIdentity(document, path, written.identity, server.document, report);
  if (written.prefix === undefined && name.length > PREFIX_LENGTH_MAX) {
    report({
      code: 'link/prefix-needed',
      message: `\`${name}\` is too long to be the prefix of tool names`,
      span,
      help: `give the assignment a \`prefix\` of at most ${PREFIX_LENGTH_MAX} characters`,
    });
    return null;
  }
  const rename = written.rename ?? {};
  for (const old of Object.keys(rename)) checkRenamed(document, [...path, 'rename', old], old, server, report);
  if (identity === null) return null;
  const asks = [...(written.asks ?? ASKS_DEFAULT)].sort();
  const urlHosts = [...(written.urlHosts ?? [])].sort();
  return { name, server, identity, prefix: written.prefix ?? name, rename, asks, urlHosts, span };
}

/** Index into the server's identities. A server with one identity, or none at all, needs no choice. */
function linkIdentity(
  document: Document<Gateway>,
  path: readonly string[],
  name: string | undefined,
  server: Document<Server>,
  report: Report,
): number | null {
  const known = Object.keys(server.value.identities ?? {}).sort();
  if (name === undefined) {
    if (known.length <= 1) return 0;
    report({
      code: 'link/identity-needed',
      message: `${server.name} has several identities, and this assignment chooses none`,
      span: document.spanAt(path, 'key'),
      help: `add \`identity:\` with one of ${known.join(', ')}`,
      related: [{ message: 'identities are defined here', span: server.spanAt(['identities']) }],
    });
    return null;
  }
  const at = known.indexOf(name);
  if (at !== -1) return at;
  const span = document.spanAt([...path, 'identity']);
  report({
    code: 'link/unknown-identity',
    message: `${server.name} has no identity \`${name}\``,
    span,
    ...adviseWord(
      name,
      known,
      span,
      known.length === 0 ? 'define it under `identities` of the Server' : `it has ${known.join(', ')}`,
    ),
    related: [{ message: 'the server', span: server.span }],
  });
  return null;
}

function checkRenamed(
  document: Document<Gateway>,
  path: readonly string[],
  old: string,
  server: LinkedServer,
  report: Report,
): void {
  const known = server.definitions
    .filter((item) => item.definition.kind !== 'template')
    .map((item) => item.definition.name);
  if (known.includes(old)) return;
  const span = document.spanAt(path, 'key');
  report({
    code: 'link/unknown-tool',
    message: `${server.document.name} has no tool \`${old}\``,
    span,
    ...adviseWord(old, known, span, '`rename` maps a tool or prompt of the server to the name that clients see'),
  });
}

/** `only` trusts verified ids alone: a name that the app says of itself admits nobody (language.md, rule 9). */
function linkClients(document: Document<Gateway>, names: Names, report: Report): LinkedGateway['clients'] {
  const written = document.value.clients;
  if (written === undefined) return null;
  const mode = 'only' in written ? 'only' : 'except';
  const list = 'only' in written ? written.only : written.except;
  const clients: Document<Client>[] = [];
  list.forEach((name, at) => {
    const span = document.spanAt(['clients', mode, at]);
    const client = names.resolve('Client', name, () => span);
    if (client === null) return;
    clients.push(client);
    if (mode === 'except' || client.value.ids !== undefined) return;
    report({
      code: 'link/client-unverified',
      message: `\`only\` cannot admit ${name}: anybody can call themselves that`,
      span,
      help: 'give the Client verified `ids`, or use `except`',
      related: [{ message: 'it has self-reported names alone', span: client.span }],
    });
  });
  return { mode, clients };
}

/**
 * The map from exposed names to (assignment, tool), and that to (assignment, prompt), is one-to-one and legal (language.md,
 * rule 3); what is pending counts.
 */
function checkExposedNames(gateway: LinkedGateway, kind: 'tool' | 'prompt', report: Report): void {
  const owners = new Map<string, { readonly assignment: LinkedAssignment; readonly name: string }>();
  for (const assignment of gateway.assignments.values()) {
    const isRenamed = (name: string): boolean => Object.hasOwn(assignment.rename, name);
    for (const { definition } of assignment.server.definitions) {
      if (definition.kind !== kind) continue;
      const exposed = exposedName(assignment, definition.name);
      const span = isRenamed(definition.name)
        ? gateway.document.spanAt(['servers', assignment.name, 'rename', definition.name])
        : assignment.span;
      const other = owners.get(exposed);
      if (!EXPOSED_NAME.test(exposed)) {
        report({
          code: 'link/exposed-name',
          message: `the ${kind} \`${definition.name}\` would be called \`${exposed}\`, which clients do not accept`,
          span,
          help: `names have 1 to 64 letters, digits, \`_\` and \`-\`: give the assignment \`rename: { ${definition.name}: … }\``,
        });
      } else if (other !== undefined) {
        report({
          code: 'link/exposed-collision',
          message: `two ${kind}s would be called \`${exposed}\`: ${other.assignment.name}/${other.name} and ${assignment.name}/${definition.name}`,
          span,
          help: `give one of the assignments another \`prefix\`, or \`rename\` one of the ${kind}s`,
          related: [{ message: 'the other one', span: other.assignment.span }],
        });
      } else {
        owners.set(exposed, { assignment, name: definition.name });
      }
    }
  }
}
