import type { Bundle } from '../bundle/decode.ts';
import { Credentials } from './credentials.ts';
import type { HostPattern } from './egress.ts';
import type { Secrets } from './secrets.ts';
import { UpstreamTokens } from './upstream-tokens.ts';

/** HOT PATH. Credentials are worked out once per bundle. `programs`: names of those that proxy.yaml has. */
export function rememberCredentials(
  secrets: Secrets,
  egress: readonly HostPattern[],
  programs: ReadonlySet<string>,
): (bundle: Bundle) => Credentials {
  const known = new WeakMap<Bundle, Credentials>();
  const tokens = new UpstreamTokens(Date.now);
  return (bundle) => {
    const found = known.get(bundle);
    if (found !== undefined) return found;
    const credentials = new Credentials(bundle.policy, secrets, egress, tokens, programs);
    known.set(bundle, credentials);
    return credentials;
  };
}
