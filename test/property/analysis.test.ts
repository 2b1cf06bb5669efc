import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepare, type Analysed, type AnalysedGateway } from '../../compiler/analyse/analysed.ts';
import { analyse, type AnalyseInput } from '../../compiler/analyse/index.ts';
import { appsOf, reachOf } from '../../compiler/analyse/standing-guards.ts';
import { reachingOf } from '../../compiler/analyse/violations.ts';
import { findWitness } from '../../compiler/analyse/witness.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { LinkedMatch } from '../../compiler/link/model.ts';
import { collectDiagnostics } from '../../compiler/diagnostics/collect.ts';
import {
  argumentsReader,
  Call,
  decide,
  decidePrompt,
  decideResource,
  viewOf,
  type Caller,
  type GatewayEngine,
  type Slot,
  type View,
} from '../../dataplane/decide/index.ts';
import type { BuiltCondition } from '../../dataplane/decide/conditions.ts';
import { analyseInput } from '../compiler/analyse/analysed-policy.ts';
import { fitsUri } from '../reference/selectors.ts';
import { filesOf, RESOURCES, smallPolicies, type SmallPolicy } from './small-policies.ts';

const RUNS = { numRuns: 100 };
const NOW_MS = Date.UTC(2026, 10, 20);

/** Every call that the conditions of small policies tell apart. */
function callsOf(engine: GatewayEngine, slot: Slot, subject: number): readonly Call[] {
  const kind = engine.policy.subjects[subject]?.kind === 'robot' ? 'robot' : 'person';
  const isPerson = kind === 'person';
  const apps = isPerson
    ? [
        ['', ''],
        ['https://acme.dev/editor', ''],
        ['', 'terminal'],
      ]
    : [['', '']];
  const claims = isPerson ? [new Map(), new Map([['mfa', true]]), new Map([['mfa', false]])] : [new Map()];
  const args =
    slot.kind === 'prompt'
      ? ['{}']
      : slot.exposed.endsWith('list_tickets')
        ? ['{}', '{"state":"open"}', '{"state":"closed"}']
        : ['{"id":7}', '{"id":1}'];
  return apps.flatMap(([clientId = '', clientName = '']) =>
    claims.flatMap((values) =>
      (isPerson ? ['', 'a@acme.dev'] : ['']).flatMap((email) =>
        args.map((text) => {
          const caller: Caller = { kind, subjects: [subject], clientId, clientName, id: 'x', email, claims: values };
          const bytes = Buffer.from(text);
          return new Call(caller, NOW_MS, argumentsReader(bytes, { start: 0, end: bytes.length }));
        }),
      ),
    ),
  );
}

function isAllowed(engine: GatewayEngine, slot: Slot, call: Call): boolean {
  return (slot.kind === 'prompt' ? decidePrompt : decide)(viewOf(engine, call.caller), slot.exposed, call).allow;
}

function mayCall(engine: GatewayEngine, slot: Slot, subject: number): boolean {
  return callsOf(engine, slot, subject).some((call) => isAllowed(engine, slot, call));
}

/** Tools and prompts: templates are listed, and not called. */
const called = ({ slots }: GatewayEngine): readonly Slot[] => slots.filter(({ kind }) => kind !== 'template');

/** Whatever a call of a resource is made of stands in its URI: any slot gives the calls. */
function mayRead(engine: GatewayEngine, uri: string, call: Call): boolean {
  const { decision, target } = decideResource(viewOf(engine, call.caller), uri, call);
  return decision.allow && target?.uri === uri;
}

/** Everything that anybody may do, a line for each. */
function access({ policy, engine }: AnalyseInput): readonly string[] {
  return policy.gateways.flatMap(({ name }) => {
    const gateway = engine.gateway(name);
    if (gateway === null) return [];
    return policy.subjects.flatMap((subject, at) =>
      called(gateway).flatMap((slot) =>
        callsOf(gateway, slot, at).flatMap((call, number) => [
          ...(isAllowed(gateway, slot, call) ? [`${name} ${slot.exposed} ${subject.name} ${number}`] : []),
          ...RESOURCES.filter((uri) => mayRead(gateway, uri, call)).map(
            (uri) => `${name} ${uri} ${subject.name} ${number}`,
          ),
        ]),
      ),
    );
  });
}

test('what somebody may do in a small world, the bitsets say is within reach', () => {
  fc.assert(
    fc.property(smallPolicies, (policy) => {
      const analysed = prepare(analyseInput(filesOf(policy), null));
      for (const gateway of analysed.gateways) {
        for (const slot of called(gateway.engine)) {
          analysed.policy.subjects.forEach((_subject, at) => {
            if (mayCall(gateway.engine, slot, at)) expect(possibleFor(gateway, at, slot)).toBe(true);
          });
        }
      }
    }),
    RUNS,
  );
});

test('whoever violates an invariant in a small world is reported, with a call that decide() allows', () => {
  fc.assert(
    fc.property(smallPolicies, (policy) => {
      const analysed = prepare(analyseInput(filesOf(policy), null));
      const [invariant] = analysed.linked.invariants;
      const match = analysed.linked.invariants[0]?.match;
      const reaching = invariant === undefined ? [] : reachingOf(analysed, invariant);
      for (const gateway of analysed.gateways) {
        if (match?.gateways?.includes(gateway.linked) === false) continue;
        for (const slot of called(gateway.engine)) {
          if (!isNamed(analysed, slot)) continue;
          analysed.policy.subjects.forEach((subject, at) => {
            const isExempt = invariant?.except.has(`${subject.kind}/${subject.name}`) ?? false;
            const kind = subject.kind === 'robot' ? 'robot' : 'person';
            if (isExempt || match?.kinds?.includes(kind) === false) return;
            const calls = callsOf(gateway.engine, slot, at).filter(({ caller }) => isAsked(analysed, caller));
            const can = calls.some((call) => isAllowed(gateway.engine, slot, call));
            const found = reaching.find((item) => item.gateway === gateway && item.holder.index === at);
            if (!can) return;
            expect(found?.slots.has(slot.index)).toBe(true);
            if (found === undefined) return;
            const witness = findWitness(analysed, found, slot);
            expect(witness, 'a call is found where there is one').not.toBeNull();
            if (witness === null) return;
            const bytes = Buffer.from(witness.args ?? '');
            const { caller, nowMs } = witness.call;
            const again = new Call(caller, nowMs, argumentsReader(bytes, { start: 0, end: bytes.length }));
            expect(isAllowed(gateway.engine, slot, again)).toBe(true);
          });
        }
        const [any] = called(gateway.engine);
        const wanted = RESOURCES.filter((uri) => match !== undefined && isAbout(match.resources, uri));
        analysed.policy.subjects.forEach((subject, at) => {
          if (any === undefined || invariant?.except.has(`${subject.kind}/${subject.name}`) === true) return;
          if (match?.kinds?.includes(subject.kind === 'robot' ? 'robot' : 'person') === false) return;
          const calls = callsOf(gateway.engine, any, at).filter(({ caller }) => isAsked(analysed, caller));
          if (!calls.some((call) => wanted.some((uri) => mayRead(gateway.engine, uri, call)))) return;
          const found = reaching.find((item) => item.gateway === gateway && item.holder.index === at);
          expect(found?.resources.length ?? 0, 'whoever reads a resource that it is about').toBeGreaterThan(0);
        });
      }
    }),
    RUNS,
  );
});

test('the bitsets are what the views of the engine say, asked tool by tool', () => {
  fc.assert(
    fc.property(smallPolicies, (policy) => {
      const analysed = prepare(analyseInput(filesOf(policy), null));
      for (const gateway of analysed.gateways) {
        for (const holder of gateway.holders) {
          for (const app of holder.kind === 'robot' ? appsOf(holder, gateway.apps) : gateway.apps) {
            const { clientId, clientName } = app;
            const who = { kind: holder.kind, subjects: [holder.index], clientId, clientName };
            const view = viewOf(gateway.engine, { ...who, id: '', email: '', claims: new Map() });
            const reach = reachOf(holder, app, gateway.standing);
            for (const slot of called(gateway.engine)) {
              expect(reach.has(slot.index)).toBe(isOpen(analysed, gateway.engine, slot, view));
            }
          }
        }
      }
    }),
    RUNS,
  );
});

/** Whether a grant's condition can hold and every guard can be passed, each by some call of anybody. */
function isOpen({ policy }: Analysed, engine: GatewayEngine, slot: Slot, view: View): boolean {
  const access = view.accesses[slot.index];
  if (access === null || access === undefined) return false;
  const anybody = [0, policy.subjects.findIndex(({ kind }) => kind === 'team')];
  const calls = anybody.flatMap((subject) => callsOf(engine, slot, subject));
  const canBe = (condition: BuiltCondition, value: boolean): boolean =>
    calls.some((call) => {
      if (access.projection !== null && call.readArguments(policy, access.projection) !== null) return false;
      return condition.evaluate(call.frame(policy)) === value;
    });
  return (
    access.candidates.some(({ when }) => when === null || canBe(when, true)) &&
    access.guards.every(
      ({ condition, denyIf, isAlert }) => isAlert || (condition !== null && canBe(condition, !denyIf)),
    )
  );
}

test('removing a grant, or a guard, that is reported as dead changes nothing that anybody may do', () => {
  fc.assert(
    fc.property(smallPolicies, (policy) => {
      const input = analyseInput(filesOf(policy), NOW_MS);
      const before = access(input);
      for (const { code, span } of diagnosticsOf(input)) {
        if (code !== 'dead/grant' && code !== 'dead/guard') continue;
        const kind = code === 'dead/grant' ? 'Grant' : 'Guard';
        const key = nameAround(policy, kind, span);
        if (key === null) continue;
        const without = new Map([...policy].filter(([name]) => name !== key));
        expect(access(analyseInput(filesOf(without), NOW_MS)), `${key} is ${code}`).toEqual(before);
      }
    }),
    RUNS,
  );
});

function possibleFor(gateway: AnalysedGateway, subject: number, slot: Slot): boolean {
  return gateway.holders.find(({ index }) => index === subject)?.possible.has(slot.index) ?? false;
}

function isAbout(resources: LinkedMatch['resources'], uri: string): boolean {
  if (typeof resources === 'string') return resources === 'any';
  return resources.some((pattern) => fitsUri(pattern, uri, false));
}

function isNamed({ linked, catalog }: Analysed, slot: Slot): boolean {
  const name = catalog.definitions[slot.definition]?.name;
  return linked.invariants.some(({ match }) => match.definitions?.some((item) => item.definition.name === name));
}

/** Whether an invariant that names apps is about this one. */
function isAsked({ linked }: Analysed, { kind, clientId, clientName }: Caller): boolean {
  const clients = linked.invariants[0]?.match.clients;
  if (clients === null || clients === undefined) return true;
  if (kind === 'robot') return false;
  return clients.some(({ value }) => value.ids?.includes(clientId) ?? value.names?.includes(clientName) ?? false);
}

function diagnosticsOf(input: AnalyseInput): readonly Diagnostic[] {
  const collector = collectDiagnostics();
  analyse(input, collector.report);
  return collector.diagnostics();
}

/** The document of a kind that a place of `policy.yaml` is in. */
function nameAround(policy: SmallPolicy, kind: string, { start }: Diagnostic['span']): string | null {
  let at = 0;
  for (const [key, text] of policy) {
    if (key.startsWith(`${kind}/`) && at <= start && start < at + text.length) return key;
    at += text.length + '---\n'.length;
  }
  return null;
}
