import type { Engine } from '../../dataplane/decide/index.ts';
import type { Policy } from '../../schemas/types/policy.ts';

export interface Served {
  /** http://127.0.0.1:8080, without a slash at its end. */
  readonly origin: string;
  readonly engine: Engine;
  /** Development keys in the clear, by robot. */
  readonly robotKeys: ReadonlyMap<string, string>;
  /** How this program is called where its output is read: `mcpgw` or `npx mcpgw`. */
  readonly program: string;
  readonly nowMs: number;
}

/** What to do next, as command lines that work as printed. */
export function announcement(served: Served): string {
  const { engine, program } = served;
  const { policy } = engine;
  const base = `${served.origin}${new URL(policy.url).pathname.replace(/\/+$/, '')}/mcp`;
  const robots = reachableRobots(served);
  const lines = [`mcpgw serves ${policy.workspace} (${policy.environment}) at ${base}`, ''];
  lines.push('Gateways:', ...policy.gateways.map(({ name }) => `  ${base}/${name}`));
  if (robots.length > 0) lines.push('', 'Robots and their development keys:');
  for (const { name, key, gateways } of robots) lines.push(`  ${name}  ${key}  (${gateways.join(', ')})`);
  const [robot] = robots;
  if (robot !== undefined) {
    const url = `${base}/${robot.gateways[0] ?? ''}`;
    lines.push('', `Connect Claude Code as ${robot.name}:`, `  ${claudeLine(policy.workspace, url, robot.key)}`);
    lines.push('', `List the tools of ${robot.name}:`, `  ${curlLine(url, robot.key)}`);
  }
  const person = somePerson(policy);
  if (person !== null) lines.push('', 'A token for a person, in place of a robot key:', `  ${program} token ${person}`);
  return `${lines.join('\n')}\n`;
}

interface ReachableRobot {
  readonly name: string;
  readonly key: string;
  readonly gateways: readonly string[];
}

/** Those that may do anything now: the others would only puzzle. */
function reachableRobots({ engine, robotKeys, nowMs }: Served): readonly ReachableRobot[] {
  return engine.policy.subjects.flatMap((subject, at) => {
    const key = subject.kind === 'robot' ? robotKeys.get(subject.name) : undefined;
    if (key === undefined) return [];
    const gateways = engine.reachable({ kind: 'robot', subjects: [at] }, nowMs);
    return gateways.length === 0 ? [] : [{ name: subject.name, key, gateways }];
  });
}

function claudeLine(workspace: string, url: string, key: string): string {
  return `claude mcp add --transport http ${workspace} ${url} --header "Authorization: Bearer ${key}"`;
}

/** The protocol's revision without sessions: one request says it all. */
function curlLine(url: string, key: string): string {
  const version = '2026-07-28';
  const prefix = 'io.modelcontextprotocol/';
  const meta = { [`${prefix}protocolVersion`]: version, [`${prefix}clientCapabilities`]: {} };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } };
  const headers = [
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${version}`,
    'Mcp-Method: tools/list',
  ];
  return `curl -s ${url} ${headers.map((header) => `-H '${header}'`).join(' ')} -d '${JSON.stringify(body)}'`;
}

/** Arguments of `mcpgw token` for somebody whom an enabled team would count in. */
function somePerson(policy: Policy): string | null {
  const issuer = policy.issuers.findIndex((candidate) => candidate.for === 'people');
  const email = policy.issuers[issuer]?.email ?? null;
  for (const subject of policy.subjects) {
    if (subject.kind !== 'team' || subject.disabled !== null) continue;
    const group = subject.groups.find((candidate) => candidate.issuer === issuer);
    const address = subject.users.find((user) => user.includes('@'));
    if (group !== undefined)
      return `${address ?? `somebody@${email?.domains[0] ?? 'example.com'}`} --group ${group.name}`;
    if (address !== undefined && email !== null) return address;
  }
  return null;
}
