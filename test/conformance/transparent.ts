import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptDefinitions } from '../../cli/catalog/accept-definitions.ts';
import { lockOf, readServers } from '../../cli/catalog/find-servers.ts';
import { SYNC_LIMITS } from '../../cli/catalog/sync-limits.ts';
import { syncServer } from '../../cli/catalog/sync-server.ts';
import { developmentConfig } from '../../cli/development/proxy-config.ts';
import { publish } from '../../cli/development/publish.ts';
import { openStateFolder, type StateFolder } from '../../cli/development/state-folder.ts';
import { readPolicyFolder } from '../../cli/policy-folder.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { PUBLIC, replaceFile } from '../../cli/write-file.ts';
import { callingOf } from '../../compiler/catalog/calling.ts';
import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import { GATEWAY_PATH, ROBOT, SERVER, serverPolicy, transparentPolicy, WORKSPACE } from './transparent-policy.ts';
import { openKeyAdder, type Exchange } from './with-key.ts';

/** A proxy that adds no policy of its own to one server. */
export interface Transparent {
  /** What a client without credentials connects to. */
  readonly url: string;
  /** What clients sent and got since the last time. */
  takeExchanges(): readonly Exchange[];
  /** What the proxy printed so far. */
  log(): string;
  /** The audit records so far. */
  audit(): Promise<string>;
  close(): Promise<void>;
}

/** What the proxy is in front of. */
export interface Upstream {
  readonly url: string;
  /** Where its catalog is recorded: the same, or something that says the same. */
  readonly catalogUrl: string;
  /** Patterns of the URIs that are granted. */
  readonly resources: readonly string[];
}

const ENVIRONMENT = 'dev';
const CHANNEL = 'dev';

/**
 * Records the server's catalog, accepts all of it, compiles the transparent policy, and runs the proxy as a process of
 * its own that may not generate code: the product's own code from end to end.
 */
export async function openTransparent(upstream: Upstream): Promise<Transparent> {
  const root = await mkdtemp(join(tmpdir(), 'mcpgw-transparent-'));
  const removeRoot = (): void => rmSync(root, { recursive: true, force: true });
  process.once('exit', removeRoot);
  const adder = await openKeyAdder();
  let proxy: RunningProxy | null = null;
  const close = async (): Promise<void> => {
    await proxy?.stop();
    await adder.close();
    process.removeListener('exit', removeRoot);
    removeRoot();
  };
  try {
    const state = await openStateFolder(join(root, 'state'), WORKSPACE, ENVIRONMENT);
    const key = await publishPolicy(join(root, 'policies'), upstream, state);
    proxy = await startProxy(await writeConfig(root, state, adder.origin));
    adder.aim(proxy.origin, key);
    const running = proxy;
    return {
      url: `${adder.origin}${GATEWAY_PATH}`,
      takeExchanges: () => adder.takeExchanges(),
      log: () => running.log(),
      audit: () => readFile(state.files.audit, 'utf8'),
      close,
    };
  } catch (problem) {
    await close();
    throw problem;
  }
}

/** @returns the key of the suite's robot. */
async function publishPolicy(
  policies: string,
  { url, catalogUrl, resources }: Upstream,
  state: StateFolder,
): Promise<string> {
  await mkdir(policies);
  const server = join(policies, 'server.yaml');
  await writeFile(server, serverPolicy(catalogUrl));
  const kinds = await recordCatalog(policies);
  await writeFile(server, (await readFile(server, 'utf8')).replace(catalogUrl, url));
  const granted = { tools: kinds.has('tool'), prompts: kinds.has('prompt'), resources };
  await writeFile(join(policies, 'policy.yaml'), transparentPolicy(granted));
  const said: string[] = [];
  const published = await publish(await readPolicyFolder(policies), {
    state,
    workspace: WORKSPACE,
    environment: ENVIRONMENT,
    channel: CHANNEL,
    url: null,
    terminal: recordingTerminal(said),
  });
  const key = published?.robotKeys.get(ROBOT);
  if (key === undefined) throw new Error(`the transparent policy does not compile:\n${said.join('\n')}`);
  return key;
}

/** As `catalog sync` and `catalog accept` do, apart from what nobody can call. @returns the kinds that were accepted. */
async function recordCatalog(policies: string): Promise<ReadonlySet<DefinitionKind>> {
  const before = await readServers(policies);
  const [server] = before.servers;
  if (server === undefined) throw new Error('the policy has no Server');
  const reach = { secrets: null, egress: null };
  await syncServer(before, server, { identity: null, reach, limits: SYNC_LIMITS, dryRun: false });
  const synced = await readServers(policies);
  const definitions = lockOf(synced, server)?.definitions ?? [];
  const callable = definitions.filter(({ kind, definition }) => callingOf(kind, definition).ok);
  const accepted = acceptDefinitions(synced, {
    targets: callable.map(({ name }) => ({ server: SERVER, name })),
    effect: 'read',
    kind: null,
    environment: null,
  });
  for (const [path, text] of accepted.files) await replaceFile(path, text, PUBLIC);
  return new Set(callable.map(({ kind }) => kind));
}

async function writeConfig(root: string, state: StateFolder, origin: string): Promise<string> {
  const place = { workspace: WORKSPACE, environment: ENVIRONMENT, channel: CHANNEL, state, file: null };
  const config = developmentConfig({ ...place, listen: '127.0.0.1:0' });
  const path = join(root, 'proxy.json');
  await writeFile(path, JSON.stringify({ ...config, listen: { ...config.listen, origins: [origin] } }));
  return path;
}

/** Keeps what would be printed, for when it does not compile. */
function recordingTerminal(said: string[]): Terminal {
  return {
    result: () => {},
    comment: (line) => void said.push(line),
    clear: () => {},
    paint: (_stream, _style, text) => text,
  };
}

interface RunningProxy {
  readonly origin: string;
  log(): string;
  stop(): Promise<void>;
}

const PROXY = fileURLToPath(new URL('../../dataplane/main.ts', import.meta.url));

function startProxy(config: string): Promise<RunningProxy> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disallow-code-generation-from-strings', PROXY, '--config', config],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}: ${log}`)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const origin = /listening on (http:[^\s,]+)/.exec(log)?.[1];
      if (origin === undefined) return;
      const stop = (): Promise<void> => {
        process.removeListener('exit', kill);
        kill();
        return ended;
      };
      resolve({ origin, log: () => log, stop });
    });
  });
}
