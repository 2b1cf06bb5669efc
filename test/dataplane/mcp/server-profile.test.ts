import { describe, expect, test } from 'vitest';
import { chooseGateway } from '../../../dataplane/mcp/gateway-choice.ts';
import { mergeCapabilities, renderInstructions, seenBy, serverInfoOf } from '../../../dataplane/mcp/server-profile.ts';
import { caller, engine, listing, type Names } from './listed-gateways.ts';

describe('who answers', () => {
  const infoOf = (names: Names, gateway: string): string =>
    serverInfoOf(chooseGateway(engine, caller(names), gateway, 1_000), engine.catalog).name;

  test('is the server where one is exposed under its own names', () => {
    expect(infoOf(['desk'], 'picky')).toBe('docs');
  });

  test('is the gateway where there are several, and to those who may not use it', () => {
    expect(infoOf(['staff'], 'two')).toBe('mcpgw');
    expect(infoOf(['staff'], 'picky')).toBe('mcpgw');
  });
});

const CAPABILITIES: readonly [name: string, names: Names, gateway: string, nowMs: number, capabilities: object][] = [
  ['of tools alone are those of tools', ['staff'], 'one', 1_000, { tools: { listChanged: true } }],
  [
    'of prompts can be completed where their server completes',
    ['bot'],
    'one',
    1_000,
    { completions: {}, prompts: { listChanged: true }, tools: { listChanged: true } },
  ],
  [
    'are merged of all servers of which something is seen',
    ['staff'],
    'two',
    1_000,
    { completions: {}, logging: {}, prompts: { listChanged: true }, tools: { listChanged: true } },
  ],
  [
    'of resources are announced one by one where their server does',
    ['desk'],
    'data',
    499,
    { completions: {}, resources: { listChanged: true, subscribe: true }, tools: { listChanged: true } },
  ],
  ['of what expired are those of tools, which may come', ['desk'], 'data', 500, { tools: { listChanged: true } }],
  ['of a gateway that is not open are those too', ['staff'], 'picky', 1_000, { tools: { listChanged: true } }],
];

test.each(CAPABILITIES)('capabilities %s', (_name, names, gateway, nowMs, capabilities) => {
  const choice = chooseGateway(engine, caller(names), gateway, nowMs);
  expect(mergeCapabilities(seenBy(choice, listing(names, nowMs)), engine.catalog)).toEqual(capabilities);
});

describe('instructions', () => {
  const render = (names: Names, gateway: string, nowMs = 1_000): string | null => {
    const choice = chooseGateway(engine, caller(names), gateway, nowMs);
    return renderInstructions(choice, seenBy(choice, listing(names, nowMs)), engine.catalog);
  };

  test('are those of the servers whose tools are seen', () => {
    expect(render(['staff'], 'two')).toBe('# docs\n\nRead first.\n\n# pay\n\nNever twice.');
    expect(render(['staff'], 'one')).toBe('Read first.');
  });

  test('say why there is nothing', () => {
    expect(render(['frozen'], 'two')).toBe(
      'No tools are available here: team frozen is disabled: frozen during the audit.',
    );
    expect(render(['bot'], 'late')).toBe('No tools are available here: nothing is granted to you in gateway late.');
  });
});
