import { isAbsolute } from 'node:path';
import type { Document } from '../../compiler/source/document.ts';
import type { Program } from '../../dataplane/upstream/stdio/program.ts';
import type { Server } from '../../schemas/types/documents.ts';
import { appliesIn, readServers, serversNamed, type ServerFolder } from '../catalog/find-servers.ts';
import type { Reach } from '../catalog/identity-headers.ts';
import { CONFIG, openReach, readConfig } from '../catalog/open-reach.ts';
import { renderSync, syncJson } from '../catalog/render-sync.ts';
import { SYNC_LIMITS } from '../catalog/sync-limits.ts';
import { syncServer, type ServerSync } from '../catalog/sync-server.ts';
import { FORMAT, type Arguments, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { Failure, failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export const catalogSync: Command = {
  name: 'catalog sync',
  summary: 'record what a live server offers in its lock; what is new or changed waits for acceptance',
  description:
    'Definitions are recorded as the server sends them. A new or changed one is pending: known, denied and hidden until ' +
    '`mcpgw catalog accept` in a reviewed change. What was accepted and is as it was stays accepted.\n' +
    'Texts that a reviewer would not see, or that speak to the model, are pointed out.',
  positionals: [
    { name: 'SERVER', help: 'name of a Server' },
    { name: 'PROGRAM', help: 'behind --: the program of a Server with `stdio`, and its arguments', repeated: true },
  ],
  options: {
    all: { value: null, help: 'every Server instead' },
    policies: { value: 'DIR', help: 'folder with the Workspace and everything below it', default: 'policies' },
    config: CONFIG,
    environment: { value: 'NAME', help: "which document of a Server; otherwise the configuration's environment" },
    identity: { value: 'NAME', help: 'as which identity of the Server; otherwise its first' },
    'dry-run': { value: null, help: 'show what differs and write nothing' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw catalog sync tickets --config proxy.yaml', 'one server, with the secrets the proxy would use'],
    [
      'mcpgw catalog sync files -- /usr/bin/mcp-files --root /srv',
      'a server that is a program, without a configuration',
    ],
    [
      'mcpgw catalog sync --all --config proxy.yaml',
      'every server, as a nightly job would: the diff is a pull request',
    ],
  ],
  async run(context) {
    const { args, terminal } = context;
    const config = readConfig(context);
    const environment = args.text('environment') ?? config?.environment ?? null;
    const folder = await readServers(args.requiredText('policies'));
    const servers = chosenServers(folder, args, environment);
    const opened = await openReach(config, context.environment);
    const reach = {
      ...opened,
      programs: givenProgram(servers, args.positionals('PROGRAM')) ?? opened.programs ?? null,
    };
    try {
      return await syncAll(folder, servers, reach, args, terminal);
    } finally {
      reach.secrets?.close();
    }
  },
};

/** The program on the command line, as the one that the Server names; it gets no environment, as from the proxy. */
function givenProgram(
  servers: readonly Document<Server>[],
  [file, ...args]: readonly string[],
): ReadonlyMap<string, Program> | null {
  if (file === undefined) return null;
  const name = servers[0]?.value.stdio;
  if (servers.length > 1 || name === undefined) throw failure(file, 'means something only for one Server with `stdio`');
  if (!isAbsolute(file)) throw failure(file, 'is not an absolute path', 'nothing is looked for in PATH');
  return new Map([[name, { name, file, args, env: {}, secretEnv: {}, cwd: '/', user: null, childrenMax: 1 }]]);
}

async function syncAll(
  folder: ServerFolder,
  servers: readonly Document<Server>[],
  reach: Reach,
  args: Arguments,
  terminal: Terminal,
): ReturnType<Command['run']> {
  const options = { identity: args.text('identity'), reach, limits: SYNC_LIMITS, dryRun: args.flag('dry-run') };
  const json = args.requiredText('format') === 'json';
  const synced: ServerSync[] = [];
  const failures: { readonly server: string; readonly message: string; readonly help: string | null }[] = [];
  for (const server of servers) {
    try {
      const sync = await syncServer(folder, server, options);
      synced.push(sync);
      if (!json) terminal.result(renderSync(sync));
      if (sync.written) terminal.comment(`wrote ${sync.lockPath}`);
    } catch (problem) {
      // One server that is down must not keep the others from being looked at.
      if (!(problem instanceof Failure) || !args.flag('all')) throw problem;
      failures.push({ server: server.name, message: problem.message, help: problem.help });
      terminal.comment(`${terminal.paint('comment', ['red', 'bold'], 'error:')} ${server.name}: ${problem.message}`);
      if (problem.help !== null) terminal.comment(`  help: ${problem.help}`);
    }
  }
  if (json) terminal.result(`${JSON.stringify({ servers: synced.map(syncJson), failures }, null, 2)}\n`);
  const waiting = synced.find(({ lock }) => lock.definitions.some((definition) => definition.pending));
  if (waiting !== undefined) {
    terminal.comment(
      `pending definitions are hidden and denied until: mcpgw catalog accept ${waiting.server}/NAME --effect read`,
    );
  }
  return failures.length === 0 ? EXIT.ok : EXIT.usage;
}

function chosenServers(folder: ServerFolder, args: Arguments, environment: string | null): readonly Document<Server>[] {
  const name = args.positional('SERVER');
  if (name === null && !args.flag('all')) throw failure('SERVER', 'is required, unless --all is given');
  if (name !== null && args.flag('all')) throw failure('--all', `means every Server, not \`${name}\``);
  if (name === null && args.text('identity') !== null)
    throw failure('--identity', 'means something only for one Server');
  const servers =
    name === null
      ? folder.servers.filter((server) => appliesIn(server, environment))
      : serversNamed(folder, name, environment);
  const twice = servers.find((server, at) => servers[at - 1]?.name === server.name);
  if (twice === undefined) return servers;
  const environments = servers
    .filter((server) => server.name === twice.name)
    .flatMap((server) => server.value.environments ?? []);
  throw failure(
    '--environment',
    `is required: \`${twice.name}\` has a document for each of ${environments.join(', ')}`,
  );
}
