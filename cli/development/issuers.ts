import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { Issuer } from '../../schemas/types/policy.ts';
import { decodeShape, list, nullable, object, text, type Shape } from '../../dataplane/format/shape.ts';
import type { PrivateKey } from '../../dataplane/format/signing-key.ts';
import { failure } from '../failure.ts';
import { parseJson } from '../parse-json.ts';
import { readText } from '../read-file.ts';
import { PUBLIC, replaceFile } from '../write-file.ts';
import { keptKey, stateFiles } from './state-folder.ts';

const ISSUERS_BYTES_MAX = 1024 * 1024;

/** What a development token must say to be understood under the policy's own mapping. */
export interface DevelopmentIssuer {
  readonly name: string;
  readonly url: string;
  readonly audience: readonly string[];
  readonly id: string;
  readonly email: string | null;
  readonly groups: string | null;
}

const ISSUERS: Shape<readonly DevelopmentIssuer[]> = list(
  object<DevelopmentIssuer>({
    name: text(),
    url: text(),
    audience: list(text()),
    id: text(),
    email: nullable(text()),
    groups: nullable(text()),
  }),
);

/**
 * Makes a key per issuer of people, which stands in for the real one on this machine, and writes its public half where
 * the proxy reads it instead of asking the issuer.
 * @returns path of the key set, by issuer name: the proxy's `jwks`.
 */
export async function writeIssuers(
  folder: string,
  issuers: readonly Issuer[],
): Promise<Readonly<Record<string, string>>> {
  const people = issuers.filter((issuer) => issuer.for === 'people');
  const jwks: Record<string, string> = {};
  for (const issuer of people) {
    const key = await keptKey(join(folder, `issuer-${issuer.name}.pem`));
    const path = join(folder, `issuer-${issuer.name}.jwks.json`);
    await replaceFile(path, `${JSON.stringify(keySet(key), null, 2)}\n`, PUBLIC);
    jwks[issuer.name] = path;
  }
  const known = people.map((issuer): DevelopmentIssuer => ({
    name: issuer.name,
    url: issuer.url,
    audience: issuer.audience,
    id: issuer.id,
    email: issuer.email?.claim ?? null,
    groups: issuer.groups?.claim ?? null,
  }));
  await replaceFile(stateFiles(folder).issuers, `${JSON.stringify(known, null, 2)}\n`, PUBLIC);
  return jwks;
}

/** The issuers of the last `mcpgw serve`. @throws Failure when there was none. */
export async function readIssuers(folder: string): Promise<readonly DevelopmentIssuer[]> {
  const path = stateFiles(folder).issuers;
  if (!existsSync(path))
    throw failure(path, 'no such file', '`mcpgw serve` makes the development issuers: start it first');
  const decoded = decodeShape(ISSUERS, parseJson(await readText(path, ISSUERS_BYTES_MAX)));
  if (!decoded.ok) throw failure(path, decoded.message, 'remove it and start `mcpgw serve` again');
  return decoded.value;
}

function keySet(key: PrivateKey): object {
  const { x } = createPublicKey(key.key).export({ format: 'jwk' });
  return { keys: [{ kty: 'OKP', crv: 'Ed25519', x, alg: 'EdDSA', use: 'sig', kid: key.publicKey.id }] };
}

export interface DevelopmentPerson {
  /** An address, or any id when the issuer has no email. */
  readonly who: string;
  readonly groups: readonly string[];
  /** The app the token is issued to, or null. */
  readonly client: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A token as the issuer would send it, signed with the key that `serve` made for it. Times in seconds. */
export async function signToken(
  folder: string,
  issuer: DevelopmentIssuer,
  person: DevelopmentPerson,
  nowSeconds: number,
  lifetimeSeconds: number,
): Promise<string> {
  const key = await keptKey(join(folder, `issuer-${issuer.name}.pem`));
  const claims: Record<string, unknown> = { [issuer.id]: person.who };
  if (issuer.email !== null) Object.assign(claims, { [issuer.email]: person.who, email_verified: true });
  if (issuer.groups !== null) claims[issuer.groups] = person.groups;
  if (person.client !== null) claims['azp'] = person.client;
  return new SignJWT({ ...claims, ...person.claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.publicKey.id })
    .setIssuer(issuer.url)
    .setAudience([...issuer.audience])
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + lifetimeSeconds)
    .sign(key.key);
}
