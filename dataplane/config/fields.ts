/**
 * Every field of `proxy.yaml`, once: the flag, the `MCPGW_…` variable, the help text and the table of the README come
 * from here, and a test holds this table against `schemas/proxy.schema.json`.
 */

/**
 * How a field is written as text, in a flag or a variable:
 * - `text`: as it is;
 * - `path`: relative to the working folder (in the file: to the file's folder);
 * - `list`: separated by commas;
 * - `integer`: decimal;
 * - `sinks`: paths separated by commas;
 * - `mapping`: a YAML mapping, `{name: value}`.
 */
type FieldKind = 'text' | 'path' | 'list' | 'integer' | 'sinks' | 'mapping';

export interface Field {
  /** The keys of the field, outermost first. */
  readonly path: readonly string[];
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly summary: string;
}

export const FIELDS: readonly Field[] = [
  field('workspace', 'text', true, 'the workspace whose bundles are accepted'),
  field('environment', 'text', true, 'the environment whose bundles are accepted'),
  field('channel', 'text', true, 'the channel whose pointer is followed'),
  field('bundles', 'path', true, 'folder with bundles/ and channels/'),
  field('trust', 'path', true, 'trust.json: which keys may sign what'),
  field('listen.address', 'text', true, 'host:port for clients'),
  field('listen.tls.cert', 'path', false, 'certificate chain, PEM'),
  field('listen.tls.key', 'path', false, 'private key, PEM'),
  field('listen.trustedProxies', 'list', false, 'networks (CIDR) of the TLS-terminating proxies in front'),
  field('listen.origins', 'list', false, 'allowed Origin values; absent = loopback origins'),
  field('listen.hosts', 'list', false, 'allowed Host values; absent = loopback names'),
  field('admin', 'text', false, 'host:port on loopback: /healthz, /readyz, /status'),
  field('state', 'path', false, 'folder for the last known good bundle'),
  field('seal.keys', 'list', false, 'file:PATH or env:NAME of 32 bytes in base64; the first one seals'),
  field('secrets', 'mapping', false, 'name: {from: file:PATH or env:NAME, to: [host]}; use: hash in place of to'),
  field(
    'stdio',
    'mapping',
    false,
    'name: {run: [PATH, argument], user, env, secretEnv, cwd, max}: programs that a server may name',
  ),
  field('egress', 'list', false, 'hosts that a server or key URL may name: host, host:port or *.domain'),
  field('jwks', 'mapping', false, 'issuer: path or URL of its keys; absent = discovered'),
  field('tokenAgeMaxSeconds', 'integer', false, 'oldest acceptable token'),
  field('driftSeconds', 'integer', false, 'between two looks at what servers offer; 0 = never; absent = 300'),
  field(
    'workers',
    'text',
    false,
    'processes that share the listener: a number, or auto = one for each core; absent = 1',
  ),
  field('audit.sinks', 'sinks', false, 'files for audit records, - for stdout; absent = stdout'),
  field('audit.onFull', 'text', false, 'when records cannot be written: drop (default) or block'),
];

function field(path: string, kind: FieldKind, required: boolean, summary: string): Field {
  return { path: path.split('.'), kind, required, summary };
}

/** `listen.trustedProxies` is `--listen-trusted-proxies`. */
export function flagOf(entry: Field): string {
  return entry.path.map((key) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join('-');
}

/** `listen.trustedProxies` is `MCPGW_LISTEN_TRUSTED_PROXIES`. */
export function variableOf(entry: Field): string {
  return `MCPGW_${flagOf(entry).replaceAll('-', '_').toUpperCase()}`;
}

/** The field as it is written in messages and in the README. */
export function nameOf(entry: Field): string {
  return entry.path.join('.');
}
