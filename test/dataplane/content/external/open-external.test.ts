import { strict as assert } from 'node:assert';
import { onTestFinished, expect, test } from 'vitest';
import type { ExternalDetector } from '../../../../dataplane/content/external/detector.ts';
import { openExternal } from '../../../../dataplane/content/external/open-external.ts';
import { parseHostPatterns } from '../../../../dataplane/identity/egress.ts';
import type { PresidioDetector } from '../../../../schemas/types/policy.ts';
import { RawUpstream } from '../../../fixtures/upstreams/raw-upstream.ts';
import { analyzer, NEVER } from './stage.ts';

const PRESIDIO: PresidioDetector = {
  kind: 'presidio',
  url: 'https://presidio.acme.dev',
  entities: [],
  threshold: 40,
  language: 'en',
  allow: [],
  timeoutMs: 5_000,
  onFailure: 'block',
};

/** What asking comes to where every name is said to be at this machine. */
async function open(hosts: readonly string[]): Promise<{
  readonly server: RawUpstream;
  readonly found: (detector: Partial<PresidioDetector>) => ExternalDetector;
  readonly ask: (detector: Partial<PresidioDetector>) => Promise<string>;
  /** What the status says of it. */
  readonly failure: () => string | null | undefined;
}> {
  const server = await RawUpstream.open(analyzer(/Ada/g));
  const egress = parseHostPatterns(hosts);
  assert(egress.ok, 'they are hosts');
  const external = openExternal({
    egress: egress.patterns,
    secrets: { valueFor: () => ({ ok: false, reason: 'unknown-secret' }) },
    clock: () => 0,
    wallClock: () => 0,
    log: () => undefined,
    resolve: (_hostname, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  onTestFinished(async () => {
    await external.close();
    await server.close();
  });
  const found = (detector: Partial<PresidioDetector>): ExternalDetector =>
    external.open('names', { ...PRESIDIO, ...detector });
  const ask = async (detector: Partial<PresidioDetector>): Promise<string> => {
    const opened = found(detector);
    if (opened.kind !== 'analyzer') return opened.kind;
    const answer = await opened.analyze(['Ada'], NEVER);
    return answer.ok ? 'answered' : answer.failure;
  };
  const failure = (): string | null | undefined => external.health.status(['names'])[0]?.failure;
  return { server, found, ask, failure };
}

test('a name is asked at no address that egress does not mean, whatever the answer to a look-up', async () => {
  const { server, ask } = await open(['localhost', 'presidio.acme.dev', '*.acme.dev']);
  const { port } = new URL(server.url);
  expect(await ask({ url: `http://localhost:${port}` })).toBe('answered');
  expect(await ask({ url: `https://presidio.acme.dev:${port}` })).toBe('unreachable');
  expect(await ask({ url: `https://other.acme.dev:${port}` })).toBe('unreachable');
  expect(server.requests).toHaveLength(1);
});

const refused: [name: string, url: string][] = [
  ['is not in egress', 'https://elsewhere.dev'],
  ['is on another machine, without encryption', 'http://presidio.acme.dev'],
  ['has a credential of its own', 'https://user:password@presidio.acme.dev'],
  ['is no URL of the web', 'file:///etc/passwd'],
  ['is none', 'presidio'],
];

test.each(refused)('nobody may ask an analyzer that %s', async (_name, url) => {
  const { ask } = await open(['presidio.acme.dev']);
  expect(await ask({ url })).toBe('unavailable');
});

test('a rule that says of its detector what it said before has the same one, and another rule has its own', async () => {
  const { found } = await open(['presidio.acme.dev']);
  const one = found({});
  expect(found({})).toBe(one);
  expect(found({ threshold: 41 })).not.toBe(one);
});

test('the status is about the detector that a rule has now, and not about one that it had before', async () => {
  const { server, found, ask, failure } = await open(['127.0.0.1']);
  const here = { url: new URL(server.url).origin };
  const held = [found({}), found(here)];
  expect(failure()).toBeUndefined();
  expect(await ask(here)).toBe('answered');
  expect(failure()).toBeNull();
  held.push(found({}));
  expect(failure()).toBe('host-not-allowed');
  held.push(found(here));
  expect(failure()).toBeUndefined();
  expect(held.map(({ kind }) => kind)).toEqual(['unavailable', 'analyzer', 'unavailable', 'analyzer']);
});
