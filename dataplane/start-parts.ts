import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ProxyConfig } from '../schemas/types/proxy.ts';
import { openAuditLog, type AuditLog } from './audit/audit-log.ts';
import type { Channel } from './bundle/channel.ts';
import { parseAddress, renderAddress, type Address } from './config/address.ts';
import { openAdmin } from './http/admin.ts';
import type { HttpServer } from './http/server.ts';
import { parseHostPatterns, type HostPattern } from './identity/egress.ts';
import { readReference, type Environment } from './identity/reference.ts';
import { buildKeyRing, parseSealKey, type KeyRing } from './mcp/seal.ts';

/** What the world lacks for a proxy to start, in one line: thrown to leave half an assembly. */
export class CannotStart extends Error {}

/** The keys that tokens are sealed with: those of the configuration, else `shared` (base64), else one for this process alone. */
export async function readSealKeys(
  config: ProxyConfig,
  environment: Environment,
  shared: string | null,
): Promise<KeyRing> {
  const keys: Uint8Array[] = [];
  for (const reference of config.seal?.keys ?? []) {
    const read = await readReference(reference, environment);
    if (!read.ok) throw new CannotStart(`seal.keys: ${reference} cannot be used (${read.reason})`);
    const key = parseSealKey(read.value);
    if (key === null) throw new CannotStart(`seal.keys: ${reference} is not 32 bytes in base64`);
    keys.push(key);
  }
  const built = buildKeyRing(
    keys.length > 0 ? keys : [shared === null ? randomBytes(32) : Buffer.from(shared, 'base64')],
  );
  if (!built.ok) throw new CannotStart(`seal.keys: two keys are equal (${built.reason})`);
  return built.ring;
}

/** The certificate and the key to listen with; null = without TLS. */
export async function readTls({
  listen: { tls },
}: ProxyConfig): Promise<{ readonly cert: string; readonly key: string } | null> {
  if (tls === undefined) return null;
  const read = async (field: string, path: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8');
    } catch (problem) {
      throw new CannotStart(`listen.tls.${field}: ${path} cannot be read (${codeOf(problem)})`);
    }
  };
  return { cert: await read('cert', tls.cert), key: await read('key', tls.key) };
}

/** Every sink of the audit log. */
export async function openAudit(config: ProxyConfig): Promise<AuditLog> {
  const result = await openAuditLog(config.audit);
  if (!result.ok) throw new CannotStart(`audit.sinks: ${result.file} cannot be opened (${result.code})`);
  return result.log;
}

/** The operator's listener. */
export async function openAdminListener(
  address: string,
  channel: Channel,
  status: () => object,
): Promise<{ readonly server: HttpServer; readonly origin: string }> {
  const parsed = addressOf(address);
  const pages = { ready: () => channel.current() !== null, status };
  const server = await listen(address, () => openAdmin(parsed, pages));
  return { server, origin: `http://${renderAddress({ ...parsed, port: server.port })}` };
}

/** Opens a listener. `address`: as the configuration has it, to be named where it cannot be listened on. */
export async function listen(address: string, open: () => Promise<HttpServer>): Promise<HttpServer> {
  try {
    return await open();
  } catch (problem) {
    throw new CannotStart(`${address} cannot be listened on (${codeOf(problem)})`);
  }
}

/** The hosts of `egress`. */
export function patternsOf(texts: readonly string[]): readonly HostPattern[] {
  const parsed = parseHostPatterns(texts);
  if (!parsed.ok) throw new CannotStart(`egress: ${parsed.entry} is neither host, host:port nor *.domain`);
  return parsed.patterns;
}

/** An address of the configuration, taken apart. */
export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new CannotStart(`${text} is not host:port`);
  return address;
}

const codeOf = (problem: unknown): string =>
  problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
