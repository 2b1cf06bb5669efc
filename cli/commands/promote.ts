import { FORMAT, type Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { POINTER_OPTIONS, readPointerOptions, renderPointer } from '../pointer-options.ts';
import { promoteBundle } from '../promotion.ts';
import { findBundle } from '../store.ts';

export const promote: Command = {
  name: 'promote',
  summary: 'let a channel run a bundle',
  description:
    'Signs a pointer with the next sequence number. Proxies that follow the channel verify it and swap without dropping ' +
    'a call. Rolling back is promoting the older bundle. A pointer expires: `mcpgw refresh` lets it live longer.',
  positionals: [{ name: 'BUNDLE', help: 'id of a bundle in the store, or how it begins', required: true }],
  options: {
    ...POINTER_OPTIONS,
    reason: { value: 'TEXT', help: 'why, for whoever reads the status of a proxy' },
    revoke: {
      value: 'ID',
      help: 'a bundle that no proxy may serve any more, on this channel and for ever',
      repeated: true,
    },
    trust: { value: 'FILE', help: 'trust file: also verify the bundle and the pointer that is replaced' },
    format: FORMAT,
  },
  examples: [
    ['mcpgw promote 3f9a1c --channel prod --key keys/pointer.pem --store store', 'run that bundle'],
    [
      'mcpgw promote 3f9a1c --channel prod --key keys/pointer.pem --store store --trust trust.json',
      'refuse one that proxies would refuse',
    ],
    [
      'mcpgw promote 3f9a1c --channel prod --key keys/pointer.pem --store store --revoke 77ab02 --reason OPS-1412',
      'and never serve another one again, not even from a cache',
    ],
  ],
  async run({ args, terminal }) {
    const options = await readPointerOptions(args, Date.now());
    const { store, channel } = options;
    const reason = readReason(args.text('reason'));
    const revoke = await Promise.all(args.list('revoke').map((id) => revokedId(store, id)));
    const id = await findBundle(store, args.requiredPositional('BUNDLE'));
    const { pointer, written } = await promoteBundle({ ...options, id, revoke, reason });
    if (!written) terminal.comment(`channel ${channel} runs that bundle already: nothing written`);
    terminal.result(renderPointer(args, pointer));
    return EXIT.ok;
  },
};

/** A whole id may be of a bundle that was removed from the store. */
async function revokedId(store: string, id: string): Promise<string> {
  return /^[0-9a-f]{64}$/.test(id) ? id : findBundle(store, id);
}

function readReason(text: string | null): string | null {
  if (text === null || /^\P{Cc}{1,500}$/u.test(text)) return text;
  throw failure('--reason', 'is one line of at most 500 characters');
}
