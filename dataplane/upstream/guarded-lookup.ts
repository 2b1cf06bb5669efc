import { lookup as lookUp, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopback } from '../config/address.ts';
import type { HostPattern } from '../identity/egress.ts';
import { classOfAddress, type AddressClass } from './address-class.ts';

/** Finds all addresses of a host name. */
export type Resolve = (
  hostname: string,
  done: (problem: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolveByDns: Resolve = (hostname, done) => lookUp(hostname, { all: true, verbatim: true }, done);

const ANYWHERE: ReadonlySet<AddressClass> = new Set(['public']);
const OURS: ReadonlySet<AddressClass> = new Set(['public', 'private']);
const HERE: ReadonlySet<AddressClass> = new Set(['loopback']);

/** Says of a host name that none of its addresses may be connected to. */
const ADDRESS_REFUSED = 'EADDRESSREFUSED';

/**
 * A lookup that leaves out the addresses to which no connection may be made, so that whoever answers for a name cannot
 * send us to a place of his choice (operation.md, `egress`; protocol.md 3.5). The connection is made to what was checked
 * and nothing else. A name that `egress` has as such may be in our own networks; one that only a pattern allows may not;
 * `localhost` is this machine and no other name is. Addresses written in a URL are not looked up: `egress` has them as such.
 */
export function guardedLookup(
  egress: readonly HostPattern[],
  refused: (hostname: string, address: string) => void,
  resolve: Resolve = resolveByDns,
): LookupFunction {
  const named = new Set(egress.filter((pattern) => !pattern.below).map((pattern) => pattern.host));
  return (hostname, options, callback) => {
    const host = hostname.toLowerCase();
    const wanted = isLoopback(host) ? HERE : named.has(host) ? OURS : ANYWHERE;
    resolve(hostname, (problem, found) => {
      const family =
        options.family === 4 || options.family === 'IPv4'
          ? 4
          : options.family === 6 || options.family === 'IPv6'
            ? 6
            : 0;
      const addresses = found.filter((entry) => family === 0 || entry.family === family);
      const allowed = addresses.filter(({ address }) => wanted.has(classOfAddress(address)));
      const [first] = allowed;
      if (problem !== null || first === undefined) {
        const [bad] = addresses;
        if (problem === null && bad !== undefined) refused(host, bad.address);
        callback(problem ?? refusal(hostname), options.all === true ? [] : '', 0);
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function refusal(hostname: string): NodeJS.ErrnoException {
  const problem: NodeJS.ErrnoException = new Error(`no address of ${hostname} may be connected to`);
  problem.code = ADDRESS_REFUSED;
  return problem;
}
