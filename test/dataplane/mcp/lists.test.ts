import { describe, expect, test } from 'vitest';
import type { ListedKind } from '../../../dataplane/decide/index.ts';
import { chooseGateway, visibleTo } from '../../../dataplane/mcp/gateway-choice.ts';
import { listFromBundle } from '../../../dataplane/mcp/lists/bundle-list.ts';
import { serverInfoOf } from '../../../dataplane/mcp/server-profile.ts';
import type { Era } from '../../../dataplane/mcp/versions.ts';
import { caller, engine, listing, PAGES, REST, type Names } from './listed-gateways.ts';

function bytesOf(names: Names, asked: string | null, era: Era, nowMs = 1_000, kind: ListedKind = 'tool'): Buffer {
  const choice = chooseGateway(engine, caller(names), asked, nowMs);
  const visible = visibleTo(choice, listing(names, nowMs), kind);
  const gateway = choice.view?.gateway ?? null;
  return listFromBundle(engine, { kind, gateway, visible, era, serverInfo: serverInfoOf(choice, engine.catalog) });
}

const listOf = (...args: Parameters<typeof bytesOf>): string => bytesOf(...args).toString();

describe('a list of tools', () => {
  test('has the reviewed bytes under exposed names, sorted', () => {
    expect(listOf(['staff'], 'one', 'legacy')).toBe(
      `{"tools":[{"name":"d_a",${REST.slice(1).trimStart()},{"name":"d_b","inputSchema":{"type":"object"}}]}`,
    );
  });

  test('says in the modern era how long it is good, and for whom', () => {
    expect(JSON.parse(listOf(['bot'], 'one', 'modern'))).toEqual({
      tools: [{ name: 'd_bare' }],
      resultType: 'complete',
      ttlMs: 5_000,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'mcpgw', version: '0.1.0' } },
    });
  });

  test('is assembled once for all who see the same', () => {
    expect(bytesOf(['staff'], 'two', 'legacy')).toBe(bytesOf(['staff', 'desk'], 'two', 'legacy'));
  });

  test('loses what expired', () => {
    expect(listOf(['bot'], 'late', 'legacy', 499)).toContain('"a"');
    expect(listOf(['bot'], 'late', 'legacy', 500)).toBe('{"tools":[]}');
  });
});

describe('a list of prompts', () => {
  test('has the reviewed bytes under exposed names, sorted', () => {
    expect(listOf(['staff'], 'two', 'legacy', 1_000, 'prompt')).toBe(
      '{"prompts":[{"name":"ask"},{"name":"sum","description":"Sums up."}]}',
    );
  });

  test('has only what was granted, and is empty where nothing was', () => {
    expect(listOf(['bot'], 'one', 'legacy', 1_000, 'prompt')).toBe(
      '{"prompts":[{"name":"d_sum","description":"Sums up."}]}',
    );
    expect(listOf(['staff'], 'one', 'legacy', 1_000, 'prompt')).toBe('{"prompts":[]}');
  });

  test('says in the modern era how long it is good, and for whom', () => {
    expect(JSON.parse(listOf([], 'one', 'modern', 1_000, 'prompt'))).toMatchObject({
      prompts: [],
      resultType: 'complete',
      ttlMs: 5_000,
      cacheScope: 'private',
    });
  });
});

describe('a list of resource templates', () => {
  test('has the reviewed bytes where resources keep their URIs', () => {
    expect(listOf(['desk'], 'data', 'legacy', 499, 'template')).toBe(
      '{"resourceTemplates":[{"uriTemplate":"doc://{page}","name":"Page","title":"A page"}]}',
    );
  });

  test('has their prefixes where they do not; pages of apps keep their scheme', () => {
    const { resourceTemplates } = JSON.parse(listOf(['desk'], 'shared', 'legacy', 1_000, 'template')) as {
      resourceTemplates: { uriTemplate: string; name: string }[];
    };
    expect(resourceTemplates.map(({ uriTemplate, name }) => `${uriTemplate} ${name}`)).toEqual([
      'd+doc://{page} Page',
      'ui://x+{page} Page',
    ]);
  });

  test('is empty for those who may read nothing', () => {
    expect(listOf(['desk'], 'data', 'legacy', 500, 'template')).toBe('{"resourceTemplates":[]}');
    expect(listOf(['staff'], 'shared', 'legacy', 1_000, 'template')).toBe('{"resourceTemplates":[]}');
  });
});

test('a tool names the page of its results as resources are named in its gateway', () => {
  const { tools } = JSON.parse(listOf(['desk'], 'shared', 'legacy')) as { tools: unknown[] };
  expect(tools).toEqual([{ name: 'x_chart', ...PAGES, _meta: { ui: { resourceUri: 'ui://x+chart/page' } } }]);
});

test('a list says who answers: the server where one is exposed under its own names', () => {
  expect(JSON.parse(listOf(['desk'], 'picky', 'modern'))).toMatchObject({
    _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'docs', version: '1.0.0' } },
  });
  expect(listOf(['staff'], 'picky', 'modern')).toContain('"mcpgw"');
});
