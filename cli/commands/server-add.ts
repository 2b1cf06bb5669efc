import { writeLock } from '../../compiler/catalog/write-lock.ts';
import { lockPath } from '../../compiler/catalog/lock-path.ts';
import { serversNamed, serversOf } from '../catalog/find-servers.ts';
import { CONFIG, openReach, readConfig } from '../catalog/open-reach.ts';
import { renderSync } from '../catalog/render-sync.ts';
import { SYNC_LIMITS } from '../catalog/sync-limits.ts';
import { syncServer } from '../catalog/sync-server.ts';
import type { Command, Context } from '../command.ts';
import { draftOf, folderAfter, placeFor, withDocument, withFile, type Draft } from '../edit/draft-folder.ts';
import { findDocument, whereIs } from '../edit/find-document.ts';
import { EDIT_OPTIONS, environmentsFor, finishEdit, refuseOther } from '../edit/finish-edit.ts';
import { serverNameFrom } from '../edit/server-name.ts';
import { readPolicyFiles } from '../policy-folder.ts';

export const serverAdd: Command = {
  name: 'server add',
  summary: 'add an MCP server to the registry',
  description:
    'Its tools are recorded by `mcpgw catalog sync`, or at once with --sync. Whatever it offers is hidden and denied until ' +
    'somebody has accepted it and a grant says who may use it.',
  positionals: [{ name: 'URL', help: "the server's MCP endpoint", required: true }],
  options: {
    name: { value: 'NAME', help: 'name of the Server; otherwise taken from the host' },
    bearer: { value: 'SECRET', help: 'name of the secret that is its bearer token; otherwise it has no credential' },
    owner: { value: 'TEAM', help: 'a Team that answers for it', repeated: true },
    sync: { value: null, help: 'ask the server what it offers, and write its lock too' },
    config: CONFIG,
    ...EDIT_OPTIONS,
  },
  examples: [
    ['mcpgw server add https://docs.acme.dev/mcp --sync', 'a server without credentials, and what it offers'],
    [
      'mcpgw server add https://mcp.github.acme.dev/mcp --bearer github-reader',
      'its token is the secret github-reader',
    ],
  ],
  async run(context) {
    const { args } = context;
    const folder = await readPolicyFiles(args.requiredText('policies'));
    const url = args.requiredPositional('URL');
    const name = args.text('name') ?? serverNameFrom(url);
    const environment = args.text('environment');
    const bearer = args.text('bearer');
    const server = findDocument(folder, 'Server', name, environment);
    if (server !== null && server.value.url !== url) refuseOther(name, 'Server', 'URL', whereIs(folder, server));
    const owners = args.list('owner');
    const added = {
      kind: 'Server',
      name,
      environments: environmentsFor(folder, environment),
      url,
      owners: owners.length === 0 ? undefined : owners,
      catalog: `${name}.lock.json`,
      identities: bearer === null ? { public: 'none' } : { shared: { bearer } },
    };
    const place = placeFor(args.text('file'), `servers/${name}.yaml`);
    const draft = server === null ? withDocument(draftOf(folder), place, added) : draftOf(folder);
    const accept = `mcpgw catalog accept '${name}/NAME' --effect read`;
    if (args.flag('sync')) {
      const next = [accept, `mcpgw gateway add NAME --server ${name}`];
      return finishEdit({ draft: await withLock(draft, name, context), next }, context);
    }
    const sync = `mcpgw catalog sync ${name}${bearer === null ? '' : ' --config proxy.yaml'}`;
    return finishEdit({ draft, next: [sync, accept], expected: 'catalog/missing-lock' }, context);
  },
};

/** The lock is read before anything is written: a server that does not answer is not added. */
async function withLock(draft: Draft, name: string, context: Context): Promise<Draft> {
  const { args, terminal, environment } = context;
  const servers = serversOf(folderAfter(draft));
  const config = readConfig(context);
  const reach = await openReach(config, environment);
  let after = draft;
  try {
    for (const server of serversNamed(servers, name, args.text('environment') ?? config?.environment ?? null)) {
      const sync = await syncServer(servers, server, { identity: null, reach, limits: SYNC_LIMITS, dryRun: true });
      terminal.comment(renderSync(sync).trimEnd());
      after = withFile(after, lockPath(server), writeLock(sync.lock));
    }
  } finally {
    reach.secrets?.close();
  }
  return after;
}
