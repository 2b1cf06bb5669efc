import fc from 'fast-check';
import { expect, test } from 'vitest';
import { argumentSketches, connections, moments, writeArguments, type ArgumentsSketch } from '../reference/calls.ts';
import type { Doc } from '../reference/documents.ts';
import { ship, type Shipped } from '../reference/engine.ts';
import { Interpreter, type Connection } from '../reference/interpreter.ts';
import { organisations, type Organisation } from '../reference/organisation.ts';
import { writeFiles, writeLocks } from '../reference/write.ts';

const environments = fc.constantFrom('production', 'production', 'staging');

/** Null, with the reason on the console of the test, when an organisation does not compile. */
function shipped(documents: readonly Doc[], organisation: Organisation, environment: string, perFile = 4): Shipped {
  const files = writeFiles(documents, perFile);
  const result = ship({ files, locks: writeLocks(organisation.locks), environment });
  if (result.shipped !== null) return result.shipped;
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  throw new Error(
    errors
      .map(({ code, message, span }) => `${code}: ${message}\n${span.file.text.slice(span.start - 80, span.end + 80)}`)
      .join('\n'),
  );
}

/** What a person needs to see of an organisation that shows a mistake. */
function readable({ documents, locks }: Organisation): string {
  const tools = [...locks].map(
    ([path, lock]) => `# ${path}\n${lock.tools.map((tool) => `#   ${JSON.stringify(tool)}`).join('\n')}`,
  );
  return [...writeFiles(documents, documents.length).map(({ text }) => text), ...tools].join('\n');
}

const readableOrganisations = organisations.map((organisation) => ({
  ...organisation,
  [fc.toStringMethod]: () => readable(organisation),
}));

test('the engine decides and lists as a slow reading of the documents does', () => {
  fc.assert(
    fc.property(
      readableOrganisations,
      environments,
      fc.array(connections, { minLength: 1, maxLength: 4 }),
      fc.array(argumentSketches, { minLength: 1, maxLength: 3 }),
      moments,
      (organisation, environment, callers, sketches, now) => {
        const engine = shipped(organisation.documents, organisation, environment);
        const interpreter = new Interpreter({ ...organisation, environment });
        for (const connection of callers)
          expect(differences(engine, interpreter, connection, sketches, now)).toEqual([]);
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 1500) },
  );
});

function differences(
  engine: Shipped,
  interpreter: Interpreter,
  connection: Connection,
  sketches: readonly ArgumentsSketch[],
  now: number,
): readonly string[] {
  const caller = engine.caller(connection);
  const reference = interpreter.caller(connection);
  if (caller === null || reference === null)
    return caller === reference ? [] : [`the token is ${caller === null ? '' : 'not '}refused`];
  const found: string[] = [];
  for (const gateway of interpreter.gateways()) {
    const listed = engine.sees(caller, gateway.name, now);
    const expected = interpreter.sees(reference, gateway, now);
    if (listed.join() !== expected.join()) found.push(`${gateway.name} lists ${listed.join()}, not ${expected.join()}`);
    for (const { name, tool } of [...interpreter.exposed(gateway), null].map(
      (each) => each ?? { name: 'nothing', tool: null },
    )) {
      for (const sketch of tool === null ? sketches.slice(0, 1) : sketches) {
        const args = writeArguments(sketch, tool?.schema ?? { type: 'object' });
        const decision = engine.decide(caller, gateway.name, name, args, now);
        const answer = interpreter.decide(reference, gateway, name, args, now);
        const rule = engine.nameOf(decision.rule);
        const alerts = decision.alerts.map((alert) => engine.nameOf(alert)).sort();
        const said = `${gateway.name}/${name} ${args}: ${decision.reason} ${rule} ${decision.message}`;
        if (decision.allow !== (answer.reason === 'granted') || decision.reason !== answer.reason) {
          found.push(`${said}, not ${answer.reason}`);
        } else if (answer.rules.length > 0 && !answer.rules.includes(rule ?? '')) {
          found.push(`${said}, not ${answer.rules.join()}`);
        } else if (answer.reason === 'granted' && alerts.join() !== [...answer.alerts].sort().join()) {
          found.push(`${said}, alerts ${alerts.join()}, not ${answer.alerts.join()}`);
        }
        if (decision.allow && !listed.includes(name)) found.push(`${said}, and it is not listed`);
        if (!decision.hidden && !listed.includes(name)) found.push(`${said}, not hidden, and it is not listed`);
      }
    }
  }
  return found;
}
