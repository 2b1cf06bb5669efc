import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Never ends the answer. */
  readonly hang?: boolean;
}

/** An identity provider on loopback: whatever a test puts under a path is served, and every request is counted. */
export class IssuerServer {
  readonly answers = new Map<string, Answer>();
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<IssuerServer> {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      issuer.requests.push(path);
      const answer = issuer.answers.get(path);
      response.writeHead(answer === undefined ? 404 : (answer.status ?? 200), { ...answer?.headers });
      if (answer?.hang === true) response.write(answer.body);
      else response.end(answer?.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new IssuerServer(server);
    return issuer;
  }

  /** Serves metadata and keys, as an OpenID provider does. */
  publish(keys: readonly JWK[], metadata: Readonly<Record<string, unknown>> = {}): void {
    const document = { issuer: this.url, jwks_uri: `${this.url}/keys`, ...metadata };
    this.answers.set('/.well-known/openid-configuration', { body: JSON.stringify(document) });
    this.answers.set('/keys', { body: JSON.stringify({ keys }) });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export interface SigningKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** As an issuer publishes it. */
  readonly jwk: JWK;
}

export async function makeKey(alg: string, kid: string | null, more: Partial<JWK> = {}): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg, use: 'sig', ...(kid === null ? {} : { kid }), ...more };
  return { alg, privateKey, publicKey, jwk };
}
