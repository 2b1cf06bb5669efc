import type { Channel } from './bundle/channel.ts';
import type { Bundle } from './bundle/decode.ts';
import { notEnforced } from './bundle/not-enforced.ts';
import type { Identifier } from './identity/identify.ts';
import { describeKeyless, findKeyless } from './identity/keyless-rules.ts';
import type { Secrets } from './identity/secrets.ts';

/** Tells the operator what is served, what was refused and what has expired, and has the keys of each bundle's issuers fetched. */
export function followChannel(
  channel: Channel,
  identifier: Identifier,
  secrets: Secrets,
  log: (line: string) => void,
): void {
  const announce = (bundle: Bundle | null): void => {
    if (bundle === null) {
      log('no bundle: every call is refused');
      return;
    }
    log(`serving bundle ${bundle.id.slice(0, 12)}, commit ${bundle.manifest.source.commit ?? 'unknown'}`);
    const ignored = notEnforced(bundle.policy);
    if (ignored.length > 0) log(`not enforced by this version: ${ignored.join(', ')}`);
    for (const keyless of findKeyless(bundle.policy, secrets)) log(describeKeyless(keyless));
    void identifier.prepare(bundle.policy, Date.now());
  };
  announce(channel.current()?.bundle ?? null);
  const { nack } = channel.status();
  if (nack !== null) log(`bundle refused: ${nack.stage}: ${nack.message}`);
  channel.onSwap((snapshot) => announce(snapshot?.bundle ?? null));
  channel.onNack((refused) => log(`bundle refused: ${refused.stage}: ${refused.message}`));
  const tell = (): void => log(`channel ${channel.status().channel} is ${channel.status().state}`);
  if (channel.current() !== null && channel.status().state !== 'ready') tell();
  channel.onFreshness(tell);
}
