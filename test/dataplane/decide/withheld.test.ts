import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildEngine,
  decide,
  decidePrompt,
  decideResource,
  readable,
  resourceVisible,
  viewOf,
  visible,
  type Caller,
  type Engine,
  type Reason,
} from '../../../dataplane/decide/index.ts';
import type { Drifted } from '../../../dataplane/decide/withheld.ts';
import type { Catalog, Definition } from '../../../schemas/types/catalog.ts';
import type { Gateway, Policy } from '../../../schemas/types/policy.ts';
import { callOf, catalog as plain, NOBODY, policy, who } from './organisation.ts';

const START = 1_000;
const END = 2_000;

type Kind = Definition['kind'];
type Effect = Definition['effect'];

/** What everybody here is granted: a tool of each sort, a prompt, a template, and every page. */
const SORTS: readonly (readonly [name: string, kind: Kind, effect: Effect, tags: readonly string[]])[] = [
  ['ask', 'prompt', 'read', []],
  ['docs://{page}', 'template', 'read', []],
  ['close', 'tool', 'destructive', []],
  ['look', 'tool', 'read', []],
  ['open', 'tool', 'write', []],
  ['post', 'tool', 'read', ['egress']],
];
const PAGE = 'docs://page';
const definitions = SORTS.map(([name, kind, effect, tags]): Definition => {
  const json = kind === 'template' ? JSON.stringify({ name, uriTemplate: name }) : '{"inputSchema":{"type":"object"}}';
  return { server: 0, kind, name, effect, tags, pending: false, digest: '0'.repeat(64), json, keys: null, headers: [] };
});
const [server] = plain.servers;
const catalog: Catalog = { format: 1, servers: server === undefined ? [] : [server], definitions };
const at = (kind: Kind): number[] =>
  definitions.flatMap((definition, index) => (definition.kind === kind ? [index] : []));
const caller: Caller = { ...NOBODY, subjects: [who.platform] };

function policyOf(staleMode: Gateway['staleMode'], identities = 1): Policy {
  const whole = policy([]);
  const [docs] = whole.servers;
  const [gateway] = whole.gateways;
  const [assignment] = gateway?.assignments ?? [];
  if (docs === undefined || gateway === undefined || assignment === undefined) throw new Error('no server');
  const all = { prefix: '', uris: 0 };
  const entry = { assignment: 'docs', server: 0, tools: 0, prompts: 1, templates: 2, resources: 0, when: -1, rule: 5 };
  return {
    ...whole,
    servers: [
      {
        ...docs,
        identities: Array.from({ length: identities }, (_item, index) => ({
          name: `as-${index}`,
          auth: { kind: 'none' as const },
        })),
      },
    ],
    sets: [at('tool'), at('prompt'), at('template')],
    uriPatterns: [['docs://*']],
    allowlists: [],
    gateways: Array.from({ length: identities }, (_item, index) => ({
      ...gateway,
      name: index === 0 ? 'desk' : `desk-${index}`,
      staleMode,
      assignments: [{ ...assignment, ...all, identity: index }],
    })),
    grants: Array.from({ length: identities }, (_item, index) => ({
      rule: 10,
      gateway: index,
      to: [who.platform],
      allowlists: [],
      entries: [entry],
      expires: 0,
    })),
  };
}

function build(staleMode: Gateway['staleMode'], identities = 1): Engine {
  const built = buildEngine(policyOf(staleMode, identities), catalog);
  if (!built.ok) throw new Error(built.message);
  return built.engine;
}

interface Open {
  /** What may be used; the page stands for resources. */
  readonly allowed: readonly string[];
  /** What the lists show. */
  readonly listed: readonly string[];
  readonly reasons: ReadonlySet<Reason>;
}

function look(engine: Engine, nowMs: number, name = 'desk'): Open {
  const gateway = engine.gateway(name);
  if (gateway === null) throw new Error('no gateway');
  const view = viewOf(gateway, caller);
  const call = callOf(caller, nowMs);
  const decisions = SORTS.flatMap(([name, kind]) => {
    if (kind === 'template') return [];
    return [[name, kind === 'tool' ? decide(view, name, call) : decidePrompt(view, name, call)] as const];
  });
  const page = decideResource(view, PAGE, call).decision;
  const all = [...decisions, [PAGE, page] as const];
  for (const [, { allow, hidden }] of all) expect(hidden).toBe(!allow);
  const slots = (['tool', 'prompt', 'template'] as const).flatMap((kind) => visible(view, call, kind).slots);
  const [assignment] = gateway.gateway.assignments;
  if (assignment === undefined) throw new Error('no assignment');
  expect(readable(view, call).length === 1).toBe(resourceVisible(view, assignment, PAGE, call));
  return {
    allowed: all
      .filter(([, { allow }]) => allow)
      .map(([name]) => name)
      .sort(),
    listed: [...slots.map(({ exposed }) => exposed), ...(readable(view, call).length > 0 ? [PAGE] : [])].sort(),
    reasons: new Set(all.filter(([, { allow }]) => !allow).map(([, { reason }]) => reason)),
  };
}

const EVERYTHING = ['ask', 'close', 'docs://page', 'docs://{page}', 'look', 'open', 'post'];
const READING = ['ask', 'docs://page', 'docs://{page}', 'look'];
const usable = (names: readonly string[]): readonly string[] => names.filter((name) => name !== 'docs://{page}');

describe('once the pointer has expired', () => {
  const MODES: readonly (readonly [mode: Gateway['staleMode'], left: readonly string[]])[] = [
    ['serve', EVERYTHING],
    ['read-only', READING],
    ['closed', []],
  ];
  test.each(MODES)('`%s` leaves this', (mode, left) => {
    const engine = build(mode);
    engine.withheld.believe({ fromMs: START, untilMs: END });
    const absences = new Set(left === EVERYTHING ? [] : ['stale']);
    for (const [nowMs, names, reasons] of [
      [START - 1, left, absences],
      [START, EVERYTHING, new Set()],
      [END - 1, EVERYTHING, new Set()],
      [END, left, absences],
      // The other way round, since lists are kept.
      [START, EVERYTHING, new Set()],
    ] as const) {
      expect(look(engine, nowMs)).toEqual({ allowed: usable(names), listed: names, reasons });
    }
  });

  test.each(MODES)(
    '`%s` is left as soon as a newer pointer is believed, and entered when its time is up',
    (mode, left) => {
      const engine = build(mode);
      engine.withheld.believe({ fromMs: START, untilMs: END });
      expect(look(engine, END).listed).toEqual(left);
      engine.withheld.believe({ fromMs: START, untilMs: END + 1 });
      expect(look(engine, END).listed).toEqual(EVERYTHING);
      engine.withheld.believe({ fromMs: START, untilMs: END - 1 });
      expect(look(engine, END - 1).listed).toEqual(left);
    },
  );

  test('a closed gateway is none of those to choose from', () => {
    const engine = build('closed');
    engine.withheld.believe({ fromMs: START, untilMs: END });
    expect(engine.reachable(caller, START)).toEqual(['desk']);
    expect(engine.reachable(caller, END)).toEqual([]);
    const reading = build('read-only');
    reading.withheld.believe({ fromMs: START, untilMs: END });
    expect(reading.reachable(caller, END)).toEqual(['desk']);
  });

  test('what nobody was granted is no more than that', () => {
    const engine = build('closed');
    engine.withheld.believe({ fromMs: START, untilMs: END });
    const gateway = engine.gateway('desk');
    if (gateway === null) throw new Error('no gateway');
    const stranger = { ...NOBODY, subjects: [who.payments] };
    const call = callOf(stranger, END);
    const view = viewOf(gateway, stranger);
    expect(decide(view, 'look', call).reason).toBe('no-grant');
    expect(decide(view, 'nothing', call).reason).toBe('unknown');
    expect(decideResource(view, PAGE, call).decision.reason).toBe('no-grant');
  });
});

describe('what has drifted', () => {
  const indexOf = (name: string): number => definitions.findIndex((definition) => definition.name === name);
  const without = (...names: readonly string[]): readonly string[] =>
    EVERYTHING.filter((name) => !names.includes(name));

  test('is withheld until it is given back', () => {
    const engine = build('serve');
    expect(look(engine, START).listed).toEqual(EVERYTHING);
    engine.withheld.drift(0, 0, new Set([indexOf('look'), indexOf('ask'), indexOf('docs://{page}')]));
    const left = without('look', 'ask', 'docs://{page}');
    expect(look(engine, START)).toEqual({ allowed: left, listed: left, reasons: new Set(['drift']) });
    engine.withheld.drift(0, 0, new Set([indexOf('open')]));
    expect(look(engine, START).listed).toEqual(without('open'));
    engine.withheld.drift(0, 0, new Set());
    expect(look(engine, START).listed).toEqual(EVERYTHING);
  });

  test('is everything of a server whose lists must be seen first, resources as well', () => {
    const engine = build('serve');
    engine.withheld.drift(0, 0, 'everything');
    expect(look(engine, START)).toEqual({ allowed: [], listed: [], reasons: new Set(['drift']) });
  });

  test('is withheld from that identity alone', () => {
    const engine = build('serve', 2);
    engine.withheld.drift(0, 1, 'everything');
    expect(look(engine, START, 'desk').listed).toEqual(EVERYTHING);
    expect(look(engine, START, 'desk-1').listed).toEqual([]);
    engine.withheld.drift(0, 0, new Set([indexOf('look')]));
    engine.withheld.drift(0, 1, new Set());
    expect(look(engine, START, 'desk').listed).toEqual(without('look'));
    expect(look(engine, START, 'desk-1').listed).toEqual(EVERYTHING);
  });
});

test('whatever expires and drifts, in whatever order, nothing is ever added, and calls and lists agree', () => {
  const spans = fc.record({ fromMs: fc.integer({ min: 0, max: 9 }), untilMs: fc.integer({ min: 0, max: 9 }) });
  const drifts = fc.oneof(
    fc.constant<Drifted>('everything'),
    fc.subarray([...definitions.keys()]).map((list): Drifted => new Set(list)),
  );
  const steps = fc.array(
    fc.oneof(
      fc.record({ span: spans }),
      fc.record({ identity: fc.constantFrom(0, 1), drifted: drifts }),
      fc.record({ nowMs: fc.integer({ min: 0, max: 9 }) }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(fc.constantFrom('serve' as const, 'read-only' as const, 'closed' as const), steps, (mode, list) => {
      const engine = build(mode, 2);
      let span = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
      const drifted = new Map<number, Drifted>();
      let nowMs = 0;
      for (const step of list) {
        if ('span' in step) engine.withheld.believe((span = step.span));
        else if ('nowMs' in step) nowMs = step.nowMs;
        else {
          engine.withheld.drift(0, step.identity, step.drifted);
          drifted.set(step.identity, step.drifted);
        }
        for (const identity of [0, 1]) {
          const isStale = nowMs < span.fromMs || nowMs >= span.untilMs;
          const gone = drifted.get(identity) ?? new Set<number>();
          const expected = SORTS.filter(([, , effect, tags], index) => {
            if (gone === 'everything' || gone.has(index)) return false;
            return !isStale || mode === 'serve' || (mode === 'read-only' && effect === 'read' && tags.length === 0);
          }).map(([name]) => name);
          if (gone !== 'everything' && !(isStale && mode === 'closed')) expected.push(PAGE);
          const found = look(engine, nowMs, identity === 0 ? 'desk' : 'desk-1');
          expect(found.listed).toEqual(expected.sort());
          expect(found.allowed).toEqual(usable(expected));
        }
      }
    }),
    { numRuns: 300 },
  );
});
