import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NAME, REDACTED } from '../fixtures/detectors.ts';
import { Stage } from '../hostile/stage.ts';
import { SITES } from './content-external/sites.ts';

let stage: Stage;
/** Records so far. */
let written = 0;

beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(async () => {
  stage.behave();
  stage.modern.requests.length = 0;
  stage.legacy.requests.length = 0;
  stage.detectors.asked.length = 0;
  written = (await stage.rig.records()).length;
});
afterAll(() => stage.close());

/** What servers were sent, headers and all. */
const sentUp = (): string =>
  [...stage.modern.requests, ...stage.legacy.requests]
    .map(({ headers, body }) => `${JSON.stringify([...headers])} ${body.toString()}`)
    .join('\n');
const countOf = (text: string, part: string): number => text.split(part).length - 1;

describe('what only an analyzer finds goes nowhere', () => {
  test.each(SITES.map((site) => [site.name, site] as const))('%s', async (name, site) => {
    // What was asked once is known for a while: each place has a text of its own.
    const sentDown = await site.run(stage, JSON.stringify(`${name}: 😀 ${NAME}`));
    const records = (await stage.rig.records()).slice(written);
    const [up, down] = [sentUp(), sentDown];
    expect([countOf(up, REDACTED), countOf(down, REDACTED)]).toEqual([site.toServers, site.toClients]);
    expect([up, down, JSON.stringify(records), stage.rig.logs.join('\n')].join('\n')).not.toContain(NAME);
    const found = records.flatMap(({ content }) => content.map(({ rule, entities }) => [rule, entities]));
    expect(new Set(found.flat().filter((part) => typeof part === 'string'))).toEqual(
      new Set(['RedactionRule/checked-names']),
    );
    const total = records.flatMap(({ content }) => content).reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(site.toServers + site.toClients);
    expect(stage.underWay).toBe(0);
  });
});
