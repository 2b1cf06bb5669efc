import { CompactSign, type CompactJWSHeaderParameters } from 'jose';
import type { SigningKey } from './issuer-server.ts';
import { AUDIENCE, NOW } from './organisation.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** What a good token of `corp` says; `undefined` takes a claim out. */
export const goodClaims = (issuer: string, more: Claims = {}): Claims => {
  const claims = {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'u1',
    iat: NOW - 10,
    exp: NOW + 300,
    groups: ['payments-eng'],
    ...more,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
};

export async function sign(
  key: SigningKey,
  claims: Claims | string,
  header: Partial<CompactJWSHeaderParameters> = {},
): Promise<string> {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const crit = Object.fromEntries((header.crit ?? []).map((name) => [name, true]));
  return new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: key.alg, kid: key.jwk.kid, ...header } as CompactJWSHeaderParameters)
    .sign(key.privateKey, { crit });
}

/** A token put together by hand, with any header and a signature that the caller makes. */
export function forge(header: Claims, claims: Claims, signature: (input: string) => string = () => ''): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signature(input)}`;
}
