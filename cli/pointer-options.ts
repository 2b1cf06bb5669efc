import { isName } from '../dataplane/format/store-paths.ts';
import type { PrivateKey } from '../dataplane/format/signing-key.ts';
import type { TrustedKeys } from '../dataplane/format/trust.ts';
import { POINTER_LIFE_MS_MAX } from '../dataplane/limits.ts';
import type { Pointer } from '../schemas/types/pointer.ts';
import { readTrustedKeys } from './bundle-file.ts';
import type { Arguments, Option } from './command.ts';
import { parseDuration } from './duration.ts';
import { failure, unverified } from './failure.ts';
import type { Refreshing } from './promotion.ts';
import { readSigningKey } from './signing-key.ts';

/** Options of the commands that sign pointers; each adds its own `trust` and `format`. */
export const POINTER_OPTIONS = {
  channel: { value: 'NAME', help: 'the channel that proxies follow', required: true },
  key: { value: 'FILE', help: 'private key of the role pointer', required: true },
  store: { value: 'DIR', help: 'bundle store', required: true },
  expires: {
    value: 'DURATION',
    help: 'how long proxies may believe the pointer: 90m, 12h, 7d, 4w; then gateways are in their stale mode',
    default: '7d',
  },
} as const satisfies Readonly<Record<string, Option>>;

/** What those options say. @throws Failure naming the one that is wrong, or the key that the trust file does not trust. */
export async function readPointerOptions(
  args: Arguments,
  nowMs: number,
): Promise<Refreshing & { readonly trust: TrustedKeys | null }> {
  const channel = args.requiredText('channel');
  if (!isName(channel)) throw failure('--channel', `\`${channel}\` is no name: lower-case letters, digits and dashes`);
  const lifeMs = parseDuration('--expires', args.requiredText('expires'), POINTER_LIFE_MS_MAX);
  const key = await readSigningKey(args.requiredText('key'));
  const trustPath = args.text('trust');
  const trust = trustPath === null ? null : await readTrustedKeys(trustPath);
  if (trust !== null && !isTrusted(key, trust)) {
    throw unverified(args.requiredText('key'), `is not trusted by ${trustPath} to sign pointers`);
  }
  return { store: args.requiredText('store'), channel, key, lifeMs, nowMs, trust };
}

/** A pointer for a person or, with `--format json`, as it was signed. */
export function renderPointer(args: Arguments, pointer: Pointer): string {
  if (args.requiredText('format') === 'json') return `${JSON.stringify(pointer)}\n`;
  const { channel, seq, bundle, expires } = pointer;
  return `channel ${channel}\nseq ${seq}\nbundle ${bundle}\nexpires ${new Date(expires).toISOString()}\n`;
}

function isTrusted({ publicKey }: PrivateKey, { pointer }: TrustedKeys): boolean {
  return pointer.keys.some((trusted) => trusted.text === publicKey.text);
}
