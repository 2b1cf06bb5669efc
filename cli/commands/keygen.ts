import type { Trust } from '../../schemas/types/trust.ts';
import { formatPrivateKey } from '../../dataplane/format/signing-key.ts';
import { FORMAT, type Arguments, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { makeSigningKey } from '../signing-key.ts';
import { emptyTrust, readTrust, renderTrust, ROLE_NAMES, trustKey, type RoleName } from '../trust-file.ts';
import { PRIVATE, PUBLIC, replaceFile, writeNewFile } from '../write-file.ts';

export const keygen: Command = {
  name: 'keygen',
  summary: 'make a key that signs bundles or pointers',
  description:
    'Writes an Ed25519 private key that only its owner can read, prints the public key, and adds it to the trust file ' +
    'that proxies are deployed with. Keep the two roles apart: who can make a bundle should not be able to promote it.',
  positionals: [],
  options: {
    out: { value: 'FILE', help: 'where to write the private key (PEM); never overwritten', required: true },
    trust: { value: 'FILE', help: 'trust file to add the public key to; made when missing' },
    role: { value: 'ROLE', help: 'what the key may sign, with --trust', choices: ROLE_NAMES },
    workspace: { value: 'NAME', help: 'workspace of a new trust file' },
    environment: { value: 'NAME', help: 'environment of a new trust file' },
    format: FORMAT,
  },
  examples: [
    [
      'mcpgw keygen --out keys/bundle.pem --trust trust.json --role bundle --workspace acme --environment production',
      'the first key, in a new trust file',
    ],
    ['mcpgw keygen --out keys/pointer.pem --trust trust.json --role pointer', 'the key that promotes'],
  ],
  async run({ args, terminal }) {
    const key = makeSigningKey();
    const out = args.requiredText('out');
    const trustPath = args.text('trust');
    if (trustPath === null && args.text('role') !== null) throw failure('--role', 'means something only with --trust');
    const trust = trustPath === null ? null : await grownTrust(args, trustPath, key.publicKey.text);
    await writeNewFile(out, formatPrivateKey(key), PRIVATE);
    if (trustPath !== null && trust !== null) await replaceFile(trustPath, renderTrust(trust), PUBLIC);
    terminal.result(
      args.requiredText('format') === 'json'
        ? `${JSON.stringify({ publicKey: key.publicKey.text, privateKeyFile: out, trustFile: trustPath })}\n`
        : `${key.publicKey.text}\n`,
    );
    terminal.comment(`wrote the private key to ${out}; keep it out of the repository`);
    for (const line of trust === null ? [] : gaps(trust)) terminal.comment(line);
    return EXIT.ok;
  },
};

/** Nothing is written before this has succeeded, so that a wrong flag leaves no stray key behind. */
async function grownTrust(args: Arguments, path: string, publicKey: string): Promise<Trust> {
  const role = ROLE_NAMES.find((name) => name === args.text('role'));
  if (role === undefined)
    throw failure('--role', 'is required with --trust: what may the key sign?', ROLE_NAMES.join(' or '));
  const trust = (await readTrust(path)) ?? newTrust(args, path);
  for (const field of ['workspace', 'environment'] as const) {
    const given = args.text(field);
    if (given !== null && given !== trust[field]) throw failure(path, `is for ${field} ${trust[field]}, not ${given}`);
  }
  const grown = trustKey(trust, role, publicKey);
  if (!grown.ok) throw failure(path, grown.message);
  return grown.trust;
}

function newTrust(args: Arguments, path: string): Trust {
  const [workspace, environment] = [args.text('workspace'), args.text('environment')];
  if (workspace === null) throw failure('--workspace', `is required: ${path} does not exist yet`);
  if (environment === null) throw failure('--environment', `is required: ${path} does not exist yet`);
  return emptyTrust(workspace, environment);
}

function gaps(trust: Trust): string[] {
  const lacking = (name: RoleName): boolean => trust.roles[name].keys.length < trust.roles[name].threshold;
  return ROLE_NAMES.filter(lacking).map(
    (name) => `role ${name} has too few keys still: no proxy accepts the trust file yet`,
  );
}
