import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourceFile } from '../../compiler/diagnostics/diagnostic.ts';
import { argumentSketches, connections, moments, writeArguments, type ArgumentsSketch } from '../reference/calls.ts';
import type { Doc, GrantDoc, TeamDoc } from '../reference/documents.ts';
import { ship, type Shipped } from '../reference/engine.ts';
import type { Decision } from '../../dataplane/decide/index.ts';
import {
  Interpreter,
  type Answer,
  type Asked,
  type Caller,
  type Connection,
  type Kind,
} from '../reference/interpreter.ts';
import { organisations, type Organisation } from '../reference/organisation.ts';
import { ODD_URIS, URIS } from '../reference/vocabulary.ts';
import { writeFiles, writeLocks } from '../reference/write.ts';

/** Organisations that are tried; more for a long run by hand. */
const RUNS = Number(process.env['MCPGW_PROPERTY_RUNS'] ?? 1_000);
const TIMEOUT_MS = 600_000;

const environments = fc.constantFrom('production', 'production', 'staging');
const scenes = fc.record({
  organisation: organisations.map((of) => ({ ...of, [fc.toStringMethod]: () => readable(of) })),
  environment: environments,
  callers: fc.array(connections, { minLength: 1, maxLength: 4 }),
  sketches: fc.array(argumentSketches, { minLength: 1, maxLength: 3 }),
  now: moments,
});
type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never;

/** What a person needs to see of an organisation that shows a mistake. */
function readable({ documents, locks }: Organisation): string {
  const tools = [...locks].map(
    ([path, lock]) => `# ${path}\n${lock.tools.map((tool) => `#   ${JSON.stringify(tool)}`).join('\n')}`,
  );
  return ['', ...writeFiles(documents, documents.length).map(({ text }) => text), ...tools, ''].join('\n');
}

function shippedFrom(files: readonly SourceFile[], locks: readonly SourceFile[], environment: string): Shipped {
  const result = ship({ files, locks, environment });
  if (result.shipped !== null) return result.shipped;
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  const shown = errors.map(({ code, message, span }) => {
    const around = span.file.text.slice(Math.max(0, span.start - 80), span.end + 80);
    return `${code}: ${message}\n${around}`;
  });
  throw new Error(`the organisation does not compile\n${shown.join('\n')}`);
}

const shippedOf = ({ organisation, environment }: Scene, documents: readonly Doc[] = organisation.documents): Shipped =>
  shippedFrom(writeFiles(documents, 4), writeLocks(organisation.locks), environment);

function interpreterOf({ organisation, environment }: Scene, documents = organisation.documents): Interpreter {
  return new Interpreter({ ...organisation, documents, environment });
}

test(
  'the engine decides and lists as a slow reading of the documents does, and lists whatever it allows',
  () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const engine = shippedOf(scene);
        const interpreter = interpreterOf(scene);
        expect(scene.callers.flatMap((caller) => differences(engine, interpreter, caller, scene))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

function differences(
  engine: Shipped,
  interpreter: Interpreter,
  connection: Connection,
  { sketches, now }: Scene,
): readonly string[] {
  const caller = engine.caller(connection);
  const reference = interpreter.caller(connection);
  if (caller === null || reference === null) {
    return caller === reference ? [] : [`the token is ${caller === null ? '' : 'not '}refused`];
  }
  const found: string[] = [];
  for (const gateway of interpreter.gateways()) {
    for (const kind of KINDS) {
      const listed = engine.sees(caller, gateway.name, now, kind);
      const expected = interpreter.sees(reference, gateway, now, kind);
      if (listed.join() !== expected.join())
        found.push(`${gateway.name} lists ${kind}s ${listed.join()}, not ${expected.join()}`);
    }
    for (const asked of questions(interpreter, gateway.name, sketches)) {
      const decision = engine.decide(caller, gateway.name, asked, now);
      const answer = interpreter.decide(reference, gateway, asked, now);
      const said = `${gateway.name}/${asked.name} ${asked.args}`;
      const isListed = engine.sees(caller, gateway.name, now, asked.kind).includes(asked.name);
      found.push(...disagreements(engine, said, decision, answer, isListed));
    }
    for (const uri of readings(engine, gateway.name, interpreter)) {
      const { decision, target } = engine.read(caller, gateway.name, uri, now);
      const expected = interpreter.read(reference, gateway, uri, now);
      const where = target === null ? null : `${target.assignment.name} ${target.uri}`;
      const said = `${gateway.name} ${uri} at ${where}`;
      if (where !== (expected.assignment === null ? null : `${expected.assignment} ${expected.uri}`))
        found.push(`${said}, not ${expected.assignment} ${expected.uri}`);
      const isListed =
        target !== null && engine.seesResource(caller, gateway.name, target.assignment.name, target.uri, now);
      found.push(...disagreements(engine, said, decision, expected.answer, isListed));
    }
    for (const assignment of Object.keys(gateway.servers)) {
      for (const uri of ALL_URIS) {
        const shown = engine.nameOfResource(gateway.name, assignment, uri);
        const named = interpreter.nameOf(gateway, assignment, uri);
        if (shown !== named) found.push(`${gateway.name} shows ${uri} of ${assignment} as ${shown}, not ${named}`);
        const isListed = engine.seesResource(caller, gateway.name, assignment, uri, now);
        const isExpected = interpreter.seesResource(reference, gateway, assignment, uri, now);
        if (isListed !== isExpected)
          found.push(`${gateway.name} ${isListed ? 'lists' : 'does not list'} ${uri} of ${assignment}`);
      }
    }
  }
  return found;
}

const KINDS: readonly Kind[] = ['tool', 'prompt', 'template'];
const ALL_URIS: readonly string[] = [...URIS, ...ODD_URIS];

function disagreements(
  engine: Shipped,
  what: string,
  decision: Decision,
  answer: Answer,
  isListed: boolean,
): readonly string[] {
  const found: string[] = [];
  const rule = engine.nameOf(decision.rule);
  const alerts = decision.alerts.map((alert) => engine.nameOf(alert) ?? '').sort();
  const said = `${what}: ${decision.reason} by ${rule}`;
  if (decision.allow !== (answer.reason === 'granted') || decision.reason !== answer.reason) {
    found.push(`${said}, not ${answer.reason}`);
  } else if (answer.rules.length > 0 && !answer.rules.includes(rule ?? '')) {
    found.push(`${said}, not ${answer.rules.join()}`);
  } else if (answer.reason === 'granted' && alerts.join() !== [...answer.alerts].sort().join()) {
    found.push(`${said}, alerts ${alerts.join()}, not ${answer.alerts.join()}`);
  }
  if (decision.allow && !isListed) found.push(`${said}, and it is not listed`);
  if (!decision.hidden && !isListed) found.push(`${said}, which tells that it exists, and it is not listed`);
  return found;
}

/** Calls worth trying in a gateway: each tool and prompt with each set of arguments, and one that is not there. */
function questions(interpreter: Interpreter, gateway: string, sketches: readonly ArgumentsSketch[]): readonly Asked[] {
  const of = interpreter.gateways().find(({ name }) => name === gateway);
  return (['tool', 'prompt'] as const).flatMap((kind): readonly Asked[] => [
    { kind, name: 'nothing', args: '{}' },
    ...(of === undefined ? [] : interpreter.exposed(of, kind)).flatMap(({ name, item }) =>
      sketches.map((sketch) => ({ kind, name, args: writeArguments(sketch, item.schema) })),
    ),
  ]);
}

/** URIs worth reading in a gateway: as servers have them, as the gateway shows them, and with every prefix. */
function readings(engine: Shipped, gateway: string, interpreter: Interpreter): readonly string[] {
  const of = interpreter.gateways().find(({ name }) => name === gateway);
  const assignments = Object.keys(of?.servers ?? {});
  const shown = assignments.flatMap((name) => ALL_URIS.map((uri) => engine.nameOfResource(gateway, name, uri)));
  const prefixed = assignments.map((name) => `${of?.servers[name]?.prefix ?? name}+${URIS[0]}`);
  return [...new Set([...ALL_URIS, ...shown, ...prefixed, ''])];
}

test(
  'neither the order of files nor that of documents in them changes the policy',
  () => {
    fc.assert(
      fc.property(scenes, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 9 }), (scene, keys, perFile) => {
        const { organisation, environment } = scene;
        const shuffled = organisation.documents
          .map((document) => ({ document, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ document }) => document);
        const files = writeFiles(shuffled, perFile).toReversed();
        const again = shippedFrom(files, writeLocks(organisation.locks).toReversed(), environment);
        expect(again.policyDigest).toBe(shippedOf(scene).policyDigest);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  },
  TIMEOUT_MS,
);

test(
  'compiled twice, the bundles are equal to the byte',
  () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const copy = (files: readonly SourceFile[]): readonly SourceFile[] => files.map((file) => ({ ...file }));
        const files = writeFiles(scene.organisation.documents, 4);
        const locks = writeLocks(scene.organisation.locks);
        const again = shippedFrom(copy(files), copy(locks), scene.environment);
        expect(again.tar.equals(shippedFrom(files, locks, scene.environment).tar)).toBe(true);
      }),
      { numRuns: Math.ceil(RUNS / 8) },
    );
  },
  TIMEOUT_MS,
);

/** A change to an organisation: the documents without and with it. Null: there is nothing to change. */
type Change = (
  scene: Scene,
  pick: number,
) => { readonly without: readonly Doc[]; readonly with: readonly Doc[] } | null;

function removing(kind: Doc['kind']): Change {
  return ({ organisation: { documents } }, pick) => {
    const found = documents.filter((document) => document.kind === kind);
    const added = found[pick % Math.max(1, found.length)];
    return added === undefined
      ? null
      : { without: documents.filter((document) => document !== added), with: documents };
  };
}

function changing<K extends 'Grant' | 'Team'>(
  kind: K,
  change: (document: Extract<Doc, { kind: K }>) => Extract<Doc, { kind: K }>,
): Change {
  return ({ organisation: { documents } }, pick) => {
    const found = documents.filter((document) => document.kind === kind);
    const name = found[pick % Math.max(1, found.length)]?.name;
    const changed = documents.map((document) =>
      document.kind === kind && document.name === name ? change(document as Extract<Doc, { kind: K }>) : document,
    );
    return found.length === 0 ? null : { without: documents, with: changed };
  };
}

const subtractions: readonly (readonly [name: string, change: Change])[] = [
  ['a guard', removing('Guard')],
  ['disabling a team', changing('Team', (team): TeamDoc => ({ ...team, disabled: true }))],
  ['an expiry', changing('Grant', (grant): GrantDoc => ({ ...grant, expires: grant.expires ?? '2026-11-20' }))],
];

test.each(subtractions)(
  '%s never adds access, nor shows anything',
  (_name, change) => {
    fc.assert(
      fc.property(scenes, fc.nat(20), (scene, pick) => {
        const changed = change(scene, pick);
        if (changed === null) return;
        expect(gained(scene, changed.without, changed.with, () => true)).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  },
  TIMEOUT_MS,
);

test(
  'one more grant never takes access away, nor hides anything',
  () => {
    fc.assert(
      fc.property(scenes, fc.nat(20), (scene, pick) => {
        const changed = removing('Grant')(scene, pick);
        if (changed === null) return;
        const fewer = interpreterOf(scene, changed.without);
        const more = interpreterOf(scene);
        // By `use-all-gateways` a first grant to a team makes its holders members of that team, and so subject to guards that name it.
        const isSame = (caller: Caller): boolean =>
          more
            .gateways()
            .every((gateway) => fewer.teamsOf(caller, gateway).length === more.teamsOf(caller, gateway).length);
        expect(gained(scene, changed.with, changed.without, isSame)).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  },
  TIMEOUT_MS,
);

/** What callers may do or see after a change of documents and not before it. */
function gained(
  scene: Scene,
  before: readonly Doc[],
  after: readonly Doc[],
  counts: (caller: Caller) => boolean,
): readonly string[] {
  const [one, other] = [shippedOf(scene, before), shippedOf(scene, after)];
  const interpreter = interpreterOf(scene);
  const found: string[] = [];
  for (const connection of scene.callers) {
    const reference = interpreter.caller(connection);
    const [was, is] = [one.caller(connection), other.caller(connection)];
    if (reference === null || was === null || is === null || !counts(reference)) continue;
    for (const gateway of one.gateways()) {
      const seen = listed(one, was, gateway, scene.now);
      found.push(...listed(other, is, gateway, scene.now).filter((name) => !seen.includes(name)));
      for (const asked of questions(interpreter, gateway, scene.sketches)) {
        const { allow } = other.decide(is, gateway, asked, scene.now);
        if (allow && !one.decide(was, gateway, asked, scene.now).allow)
          found.push(`${gateway}/${asked.name} ${asked.args}`);
      }
      found.push(...gainedReadings(scene, gateway, [one, was], [other, is]));
    }
  }
  return found;
}

function listed(engine: Shipped, caller: As[1], gateway: string, now: number): readonly string[] {
  return [
    ...(['tool', 'prompt'] as const).flatMap((kind) =>
      engine.sees(caller, gateway, now, kind).map((name) => `${gateway} shows the ${kind} ${name}`),
    ),
    ...engine.seesTemplates(caller, gateway, now).map((name) => `${gateway} shows the template ${name}`),
  ];
}

type As = readonly [engine: Shipped, caller: NonNullable<ReturnType<Shipped['caller']>>];

/**
 * By the servers' own URIs: what clients call a resource may change with any grant in the gateway, as one more assignment
 * may be able to serve it.
 */
function gainedReadings({ now }: Scene, gateway: string, before: As, after: As): readonly string[] {
  const assignments = before[0].assignments(gateway);
  const reads = ([engine, caller]: As, assignment: string, uri: string): boolean => {
    const { decision, target } = engine.read(caller, gateway, engine.nameOfResource(gateway, assignment, uri), now);
    return decision.allow && target?.assignment.name === assignment && target.uri === uri;
  };
  const sees = ([engine, caller]: As, assignment: string, uri: string): boolean =>
    engine.seesResource(caller, gateway, assignment, uri, now);
  return assignments.flatMap((assignment) =>
    ALL_URIS.flatMap((uri) => [
      ...(reads(after, assignment, uri) && !reads(before, assignment, uri) ? [`${gateway} reads ${uri}`] : []),
      ...(sees(after, assignment, uri) && !sees(before, assignment, uri) ? [`${gateway} shows ${uri}`] : []),
    ]),
  );
}
