import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeOffer } from '../../dataplane/bundle/judge-offer.ts';
import { loadBundle } from '../../dataplane/bundle/load.ts';
import type { Refusal } from '../../dataplane/bundle/refusal.ts';
import { verifyPointer } from '../../dataplane/bundle/verify-pointer.ts';
import { bundleEnvelopePath, bundleTarPath, channelPath } from '../../dataplane/format/store-paths.ts';
import type { TrustedKeys } from '../../dataplane/format/trust.ts';
import { BUNDLE_BYTES_MAX, ENVELOPE_BYTES_MAX } from '../../dataplane/limits.ts';
import { offerTo, readTrustedKeys } from '../bundle-file.ts';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure, Failure, onPath } from '../failure.ts';
import { readBytes } from '../read-file.ts';
import { bundleIds, channelNames, envelopeBeside } from '../store.ts';

/** What was found of one file. */
interface Finding {
  readonly path: string;
  /** What holds, or why it does not. */
  readonly message: string;
  readonly ok: boolean;
}

export const verify: Command = {
  name: 'verify',
  summary: 'verify a bundle, or a whole store, as a proxy would',
  positionals: [
    { name: 'STORE|TAR', help: 'a bundle store, or one bundle (.tar) with its signatures beside it', required: true },
  ],
  options: {
    trust: { value: 'FILE', help: 'trust file that the proxies are deployed with', required: true },
    format: FORMAT,
  },
  examples: [
    ['mcpgw verify store --trust trust.json', 'every channel and every bundle'],
    ['mcpgw verify store/bundles/3f9a….tar --trust trust.json', 'one bundle'],
  ],
  async run({ args, terminal }) {
    const path = args.requiredPositional('STORE|TAR');
    const trust = await readTrustedKeys(args.requiredText('trust'));
    const isStore = (await onPath(path, stat(path))).isDirectory();
    const findings = isStore
      ? await verifyStore(path, trust)
      : [await verifyTar(path, envelopeBeside(path), null, trust)];
    if (findings.length === 0)
      throw failure(path, 'holds no bundle', 'a bundle store has the folders bundles and channels');
    const bad = findings.filter((finding) => !finding.ok).length;
    if (args.requiredText('format') === 'json') {
      terminal.result(`${JSON.stringify({ ok: bad === 0, findings }, null, 2)}\n`);
    } else {
      for (const finding of findings) {
        const word = finding.ok ? terminal.paint('result', 'green', 'ok') : terminal.paint('result', 'red', 'refused');
        terminal.result(`${word} ${finding.path}: ${finding.message}\n`);
      }
    }
    return bad === 0 ? EXIT.ok : EXIT.verification;
  },
};

async function verifyStore(store: string, trust: TrustedKeys): Promise<readonly Finding[]> {
  const ids = await bundleIds(store);
  const findings: Finding[] = [];
  for (const channel of await channelNames(store)) findings.push(await verifyChannel(store, channel, ids, trust));
  for (const id of ids) {
    findings.push(await verifyTar(join(store, bundleTarPath(id)), join(store, bundleEnvelopePath(id)), id, trust));
  }
  return findings;
}

async function verifyChannel(
  store: string,
  channel: string,
  ids: readonly string[],
  trust: TrustedKeys,
): Promise<Finding> {
  const path = join(store, channelPath(channel));
  const envelope = await bytesOf(path, ENVELOPE_BYTES_MAX);
  if (typeof envelope === 'string') return { path, message: envelope, ok: false };
  const { workspace, environment } = trust;
  const verified = verifyPointer(envelope, trust, { workspace, environment, channel });
  if (!verified.ok) return refused(path, verified);
  const { pointer } = verified;
  if (!ids.includes(pointer.bundle)) return { path, message: `the store lacks bundle ${pointer.bundle}`, ok: false };
  const expires = new Date(pointer.expires).toISOString();
  if (pointer.expires <= Date.now()) return { path, message: `seq ${pointer.seq} expired at ${expires}`, ok: false };
  const verdict = judgeOffer(pointer, { activeBundle: null, activeIsFresh: false, offerIsFresh: true });
  if (!verdict.ok) return refused(path, verdict);
  return { path, message: `seq ${pointer.seq} runs ${pointer.bundle} until ${expires}`, ok: true };
}

async function verifyTar(path: string, envelopePath: string, id: string | null, trust: TrustedKeys): Promise<Finding> {
  const tar = await bytesOf(path, BUNDLE_BYTES_MAX);
  const envelope = await bytesOf(envelopePath, ENVELOPE_BYTES_MAX);
  if (typeof tar === 'string') return { path, message: tar, ok: false };
  if (typeof envelope === 'string') return { path, message: `its signatures: ${envelope}`, ok: false };
  const loaded = loadBundle(offerTo(trust, { tar, envelope }, id));
  if (!loaded.ok) return refused(path, loaded);
  return { path, message: `policy ${loaded.snapshot.bundle.policyDigest}`, ok: true };
}

function refused(path: string, { message, stage, code }: Refusal): Finding {
  return { path, message: `${message} [${stage}/${code}]`, ok: false };
}

/** A file that cannot be read is a finding like any other: the rest of the store is still verified. */
async function bytesOf(path: string, bytesMax: number): Promise<Buffer | string> {
  try {
    return await readBytes(path, bytesMax);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
