import { isName } from '../../dataplane/format/store-paths.ts';
import { readTrustedKeys } from '../bundle-file.ts';
import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure, unverified } from '../failure.ts';
import { promoteBundle } from '../promotion.ts';
import { readSigningKey } from '../signing-key.ts';
import { findBundle } from '../store.ts';

export const promote: Command = {
  name: 'promote',
  summary: 'let a channel run a bundle',
  description:
    'Signs a pointer with the next sequence number. Proxies that follow the channel verify it and swap without dropping ' +
    'a call. Rolling back is promoting the older bundle.',
  positionals: [{ name: 'BUNDLE', help: 'id of a bundle in the store, or how it begins', required: true }],
  options: {
    channel: { value: 'NAME', help: 'the channel that proxies follow', required: true },
    key: { value: 'FILE', help: 'private key of the role pointer', required: true },
    store: { value: 'DIR', help: 'bundle store', required: true },
    trust: { value: 'FILE', help: 'trust file: also verify the bundle and the pointer that is replaced' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw promote 3f9a1c --channel prod --key keys/pointer.pem --store store', 'run that bundle'],
    [
      'mcpgw promote 3f9a1c --channel prod --key keys/pointer.pem --store store --trust trust.json',
      'refuse one that proxies would refuse',
    ],
  ],
  async run({ args, terminal }) {
    const store = args.requiredText('store');
    const channel = args.requiredText('channel');
    if (!isName(channel))
      throw failure('--channel', `\`${channel}\` is no name: lower-case letters, digits and dashes`);
    const key = await readSigningKey(args.requiredText('key'));
    const trustPath = args.text('trust');
    const trust = trustPath === null ? null : await readTrustedKeys(trustPath);
    if (trust !== null && !trust.pointer.keys.some((trusted) => trusted.text === key.publicKey.text)) {
      throw unverified(args.requiredText('key'), `is not trusted by ${trustPath} to sign pointers`);
    }
    const id = await findBundle(store, args.requiredPositional('BUNDLE'));
    const { pointer, written } = await promoteBundle({ store, channel, id, key, trust });
    if (!written) terminal.comment(`channel ${channel} runs that bundle already: nothing written`);
    terminal.result(
      args.requiredText('format') === 'json'
        ? `${JSON.stringify(pointer)}\n`
        : `channel ${channel}\nseq ${pointer.seq}\nbundle ${pointer.bundle}\n`,
    );
    return EXIT.ok;
  },
};
