import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AuditRecord } from '../../schemas/types/audit.ts';
import type { PresidioDetector } from '../../schemas/types/policy.ts';
import { modernCall, post } from '../fixtures/mcp-http.ts';
import { Rig } from '../fixtures/rig.ts';
import type { RigGateway, RigRule } from '../fixtures/rig-policy.ts';
import { RawUpstream, whole } from '../fixtures/upstreams/raw-upstream.ts';
import { below, pick, randomFrom } from '../property/json-text.ts';
import { LIES, LyingAnalyzer } from './presidio/lying-analyzer.ts';
import { openAnalyzer, type RunningAnalyzer } from './presidio/open-analyzer.ts';

/** A Python that has Presidio. */
const python = process.env['MCPGW_PRESIDIO'];
if (python === undefined) {
  console.warn(
    'a real Presidio analyzer is left out of the tests: MCPGW_PRESIDIO=$(.ci/install-presidio) has it in them',
  );
}

const TIMEOUT_MS = 500;
const SEED = Number(process.env['MCPGW_SEED'] ?? 20_261_120);

const rig = new Rig();
let analyzer: RunningAnalyzer;
let lying: LyingAnalyzer;
let upstream: RawUpstream;
/** The result that the upstream gives, as JSON text. */
let result = '';

/** Ways to fail that are not lies. */
const FAILING = ['slow', 'down', 'broken'];
const GATEWAYS: RigGateway[] = [];
const RULES: RigRule[] = [];

/** A gateway of its own for a detector: rests of one that failed are nothing to the others. */
function behind(name: string, url: string, changes: Partial<PresidioDetector> = {}): void {
  const detect: PresidioDetector = {
    kind: 'presidio',
    url,
    entities: [],
    threshold: 50,
    language: 'en',
    allow: [],
    timeoutMs: 20_000,
    onFailure: 'block',
    ...changes,
  };
  GATEWAYS.push({ name, servers: { up: '' }, grants: [{ to: ['bot'], server: 'up' }] });
  RULES.push({
    name,
    pattern: '',
    gateway: name,
    detect,
    action: { kind: 'replace', with: null },
    directions: ['to-server', 'to-client'],
  });
}

const gatewayOf = (way: string, onFailure: string): string =>
  `${way.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${onFailure}`;

beforeAll(async () => {
  if (python === undefined) return;
  analyzer = await openAnalyzer(python);
  lying = await LyingAnalyzer.open(analyzer.url);
  upstream = await RawUpstream.open(() => whole(`{"jsonrpc":"2.0","id":1,"result":${result}}`));
  behind('honest', lying.url('honest'));
  behind('people', lying.url('honest'), { entities: ['PERSON'] });
  behind('sure', lying.url('honest'), { threshold: 90 });
  behind('allowing', lying.url('honest'), { allow: ['Grace Hopper'] });
  for (const onFailure of ['block', 'pass'] as const) {
    for (const way of [...Object.keys(LIES), ...FAILING, 'honest']) {
      const url = way === 'down' ? 'http://127.0.0.1:9' : lying.url(way);
      const timeoutMs = way === 'slow' ? TIMEOUT_MS : 20_000;
      behind(gatewayOf(way, onFailure), url, { onFailure, timeoutMs });
    }
  }
  rig.offer({
    servers: [{ name: 'up', url: upstream.url, era: 'modern', tools: [{ name: 'echo' }] }],
    gateways: GATEWAYS,
    content: RULES,
  });
  await rig.start();
});
beforeEach(() => {
  if (python === undefined) return;
  lying.questions.length = 0;
  upstream.requests.length = 0;
});
afterAll(async () => {
  await rig.stop();
  if (python === undefined) return;
  await upstream.close();
  await lying.close();
  await analyzer.stop();
});

interface Called {
  readonly texts: readonly string[];
  readonly body: string;
  readonly record: AuditRecord | undefined;
}

/** Calls a tool that gives these texts. */
async function call(gateway: string, texts: readonly string[], args = '{}'): Promise<Called> {
  result = JSON.stringify({ resultType: 'complete', content: texts.map((text) => ({ type: 'text', text })) });
  const before = (await rig.records()).length;
  const { body } = await post({ url: `${rig.origin}/mcp/${gateway}`, key: rig.keys.bot, ...modernCall('echo', args) });
  const answer = JSON.parse(body) as { readonly result?: { readonly content: readonly { readonly text: string }[] } };
  const records = await rig.records(before + 1);
  return { texts: (answer.result?.content ?? []).map(({ text }) => text), body, record: records.at(-1) };
}

describe.skipIf(python === undefined)('a real Presidio analyzer (left out without MCPGW_PRESIDIO)', () => {
  const found: readonly (readonly [name: string, text: string, expected: string])[] = [
    ['names and numbers', 'Ana Lovelace paid with 4111 1111 1111 1111.', '<PERSON> paid with <CREDIT_CARD>.'],
    ['what is behind an emoji', '😀😀 Ana Lovelace, ana@acme.dev 😀', '😀😀 <PERSON>, <EMAIL_ADDRESS> 😀'],
    ['what is behind Chinese characters', '漢字 李小龍 漢字', '漢字 <PERSON> 漢字'],
    ['what is behind characters outside of the first plane', '𠮷𠮷 𠮷 José Núñez 𠮷', '𠮷𠮷 𠮷 <PERSON> 𠮷'],
    ['what is behind an emoji of several', '👩‍👩‍👧 🇩🇪 e\u0301 Grace Hopper', '👩‍👩‍👧 🇩🇪 e\u0301 <PERSON>'],
    ['what is in JSON within a text', '{"who" : "😀 Ana Lovelace\\n"}', '{"who" : "😀 <PERSON>\\n"}'],
    ['nothing in a text that has nothing', 'the quick brown fox 😀', 'the quick brown fox 😀'],
  ];

  test.each(found)('finds %s', async (_name, text, expected) => {
    expect((await call('honest', [text])).texts).toEqual([expected]);
  });

  test('what it finds is counted in the audit record by entity, and no value is in it', async () => {
    const { record } = await call('honest', ['😀 Ana Lovelace and Grace Hopper', '4111 1111 1111 1111']);
    expect(record?.content).toMatchObject([
      { direction: 'to-client', action: 'replace', count: 3, entities: { PERSON: 2, CREDIT_CARD: 1 }, failed: 0 },
    ]);
    expect(JSON.stringify(record)).not.toMatch(/Lovelace|4111/);
  });

  test('arguments are looked through before they are sent on', async () => {
    await call('honest', [], '{"note":"\\ud83d\\ude00 \\u0041na Lovelace","n":[1.0,"李小龍 "]}');
    expect(upstream.requests[0]?.body.toString()).toContain('{"note":"\\ud83d\\ude00 <PERSON>","n":[1.0,"<PERSON> "]}');
  });

  test('texts of a message are asked about together, each once; what was answered before is not asked again', async () => {
    const texts = Array.from({ length: 300 }, (_, at) => `😀 ${at % 100} Grace Hopper`);
    const { texts: first } = await call('honest', texts);
    expect(lying.questions.map((question) => question.length)).toEqual([100]);
    expect(first).toEqual(texts.map((text) => text.replace('Grace Hopper', '<PERSON>')));
    await call('honest', texts.slice(0, 10));
    expect(lying.questions).toHaveLength(1);
  });

  test('only entities that the rule names count', async () => {
    expect((await call('people', ['Ana Lovelace 4111 1111 1111 1111'])).texts).toEqual([
      '<PERSON> 4111 1111 1111 1111',
    ]);
  });

  test('only what is as sure as the rule wants counts', async () => {
    expect((await call('sure', ['Ana Lovelace 4111 1111 1111 1111'])).texts).toEqual(['Ana Lovelace <CREDIT_CARD>']);
  });

  test('what the rule allows stays', async () => {
    expect((await call('allowing', ['Grace Hopper, Ana Lovelace'])).texts).toEqual(['Grace Hopper, <PERSON>']);
  });

  test('in 2 000 texts of letters of every width, a redaction is where the name was', async () => {
    const random = randomFrom(SEED);
    const letters = ['😀', '漢', '𠮷', 'é', 'e\u0301', 'a', '\u2028', '🇩🇪', ' ', '"', '\\', '\n', 'ß', '👩‍👩‍👧'];
    const around = (): string => Array.from({ length: below(random, 8) }, () => pick(random, letters)).join('');
    const names = ['Ana Lovelace', '李小龍', 'José Núñez'];
    const sketches = Array.from({ length: 2_000 }, () => [`${around()} `, pick(random, names), ` ${around()}`]);
    const { texts } = await call(
      'honest',
      sketches.map((sketch) => sketch.join('')),
    );
    expect(texts).toEqual(sketches.map(([before, , after]) => `${before}<PERSON>${after}`));
  });
});

describe.skipIf(python === undefined)('an analyzer that fails (left out without MCPGW_PRESIDIO)', () => {
  const ways = [...Object.keys(LIES).map((way) => [`lies: ${way}`, way]), ...FAILING.map((way) => [`is ${way}`, way])];

  test.each(ways)('that %s blocks where the rule says block', async (_name, way = '') => {
    const { body, record } = await call(gatewayOf(way, 'block'), ['😀 nothing here', `${way} 😀 Ana Lovelace`]);
    expect(body).not.toContain('Lovelace');
    expect(record).toMatchObject({ outcome: 'refused', content: [{ failed: 1 }] });
  });

  test.each(ways)('that %s passes where the rule says pass, and is recorded', async (_name, way = '') => {
    const texts = ['😀 nothing here', `${way} 😀 Ana Lovelace`];
    const { texts: passed, record } = await call(gatewayOf(way, 'pass'), texts);
    expect(passed).toEqual(texts);
    expect(record).toMatchObject({ outcome: 'ok', content: [{ count: 0, failed: 1 }] });
  });

  test('is one that cannot be asked about so much text', async () => {
    const texts = Array.from({ length: 5 }, (_, at) => `Ana Lovelace ${at} `.padEnd(1_000_000, 'x'));
    const blocked = await call('honest-block', texts);
    expect(blocked.body).not.toContain('Lovelace');
    const passed = await call('honest-pass', texts);
    expect(passed.texts).toEqual(texts);
    expect([blocked, passed].map(({ record }) => record?.content.map(({ failed }) => failed))).toEqual([[1], [1]]);
    expect(lying.questions).toEqual([]);
  });

  test('is told of in the log by the name of its rule, without a text', () => {
    expect(rig.logs.filter((line) => line.includes('slow-block'))).not.toEqual([]);
    expect(rig.logs.join('\n')).not.toMatch(/Lovelace|4111/);
  });
});
