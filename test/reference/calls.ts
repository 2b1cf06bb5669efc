import fc from 'fast-check';
import type { Schema } from './arguments.ts';
import { DATES, GROUPS } from './organisation.ts';
import type { Connection } from './interpreter.ts';
import { APPS, ARGUMENT_NAMES, SENT, type ArgumentName } from './vocabulary.ts';

const claims = {
  email: fc.constantFrom(undefined, 'ana@acme.dev', 'ANA@Acme.dev', 'bo@acme.dev', 'root@acme.dev', 'ana@evil.dev'),
  groups: fc.oneof(
    { arbitrary: fc.subarray([...GROUPS], { minLength: 1 }), weight: 19 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  ),
  roles: fc.oneof(fc.subarray([...GROUPS]), fc.constant(undefined)),
  amr: fc.constantFrom(undefined, ['mfa'], ['pwd']),
  tier: fc.constantFrom(undefined, 'gold', 'tin', 7),
  lvl: fc.constantFrom(undefined, 1, 2, 2.5),
  ratio: fc.constantFrom(undefined, 0.5, 1),
  regions: fc.constantFrom(undefined, ['eu'], [], ['us', 'eu']),
  azp: fc.constantFrom(undefined, ...APPS),
};

/** People with tokens of either issuer, and robots. */
export const connections: fc.Arbitrary<Connection> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        issuer: fc.constantFrom('corp', 'corp', 'corp', 'corp', 'corp', 'partner'),
        id: fc.constantFrom('u1', 'u2', 'u3'),
        clientName: fc.constantFrom('', '', 'shady', 'code'),
        claims: fc.record(claims),
      })
      .map(({ issuer, id, clientName, claims: values }) => ({
        credential: { token: { issuer, [issuer === 'partner' ? 'oid' : 'sub']: id, ...present(values) } },
        clientName,
      })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      credential: fc.record({ robot: fc.constantFrom('bot-one', 'bot-two') }),
      clientName: fc.constantFrom('', 'shady'),
    }),
  },
);

function present(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The end of each date, UTC, to the millisecond, and a time of day. */
export const moments: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(
    Date.parse('2026-11-20T10:00:00Z'),
    Date.parse('2026-11-20T09:59:59.999Z'),
    Date.parse('2027-01-03T13:00:00Z'),
  ),
  fc
    .tuple(fc.constantFrom(...DATES), fc.constantFrom(-1, 0, 1))
    .map(([date, off]) => Date.parse(`${date}T00:00:00Z`) + 86_400_000 + off),
);

/** Arguments for any tool: a choice for each name that it may declare. */
export interface ArgumentsSketch {
  readonly choices: Readonly<Record<ArgumentName, number>>;
  readonly extra: 'none' | 'undeclared' | 'look-alike' | 'no-arguments';
}

const ABSENT = 20;
const choice = fc.oneof(
  { weight: 5, arbitrary: fc.nat(2) },
  { weight: 2, arbitrary: fc.nat(ABSENT - 1) },
  { weight: 1, arbitrary: fc.constant(ABSENT) },
);
export const argumentSketches: fc.Arbitrary<ArgumentsSketch> = fc.record({
  choices: fc.record(
    Object.fromEntries(ARGUMENT_NAMES.map((name) => [name, choice])) as Record<ArgumentName, typeof choice>,
  ),
  extra: fc.oneof(
    { weight: 8, arbitrary: fc.constant('none' as const) },
    { weight: 3, arbitrary: fc.constantFrom('undeclared' as const, 'look-alike' as const, 'no-arguments' as const) },
  ),
});

/** JSON text for a tool; empty: the call has no arguments. */
export function writeArguments({ choices, extra }: ArgumentsSketch, schema: Schema): string {
  if (extra === 'no-arguments') return '';
  const declared = ARGUMENT_NAMES.filter((name) => schema.properties?.[name] !== undefined);
  const members = declared.flatMap((name) => {
    const at = choices[name];
    return at === ABSENT ? [] : [`${JSON.stringify(name)}:${SENT[name][at % SENT[name].length]}`];
  });
  const [first] = declared;
  if (extra === 'undeclared') members.push('"unheard-of":1');
  if (extra === 'look-alike' && first !== undefined)
    members.push(`${JSON.stringify(`\u0001${first.toUpperCase()}`)}:1`);
  return `{${members.join()}}`;
}
