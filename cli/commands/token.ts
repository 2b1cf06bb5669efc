import type { Arguments, Command } from '../command.ts';
import { readIssuers, signToken, type DevelopmentIssuer } from '../development/issuers.ts';
import { EXIT } from '../exit-code.ts';
import { failure } from '../failure.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';

const HOURS_MAX = 12;

export const token: Command = {
  name: 'token',
  summary: 'sign a development token for a person',
  description:
    'Signs with the key that `mcpgw serve` made on this machine in place of an issuer of people. No other proxy accepts ' +
    'such a token.',
  positionals: [{ name: 'PERSON', help: 'address of the person, e.g. ana@acme.dev', required: true }],
  options: {
    group: { value: 'GROUP', help: 'a group the issuer puts into the token', repeated: true },
    issuer: { value: 'NAME', help: "the issuer's short name, where the workspace has several for people" },
    client: { value: 'ID', help: 'verified id of the app (the claim azp)' },
    claim: { value: 'NAME=VALUE', help: 'another claim; the value is JSON, or else text', repeated: true },
    hours: { value: 'N', help: `how long it is good for, at most ${HOURS_MAX}`, default: '8' },
    state: { value: 'DIR', help: 'state folder of `mcpgw serve`', default: '.mcpgw' },
  },
  examples: [
    ['mcpgw token ana@acme.dev --group payments-eng', 'Ana, as the issuer would introduce her'],
    ['curl -H "Authorization: Bearer $(mcpgw token ana@acme.dev)" ...', 'the token is all there is on stdout'],
  ],
  async run({ args, terminal }) {
    const state = args.requiredText('state');
    const issuer = chosenIssuer(await readIssuers(state), args.text('issuer'), state);
    const person = {
      who: args.requiredPositional('PERSON'),
      groups: args.list('group'),
      client: args.text('client'),
      claims: Object.fromEntries(args.list('claim').map(readClaim)),
    };
    const nowSeconds = Math.floor(Date.now() / 1000);
    const text = await signToken(state, issuer, person, nowSeconds, hours(args) * 3600);
    terminal.result(`${text}\n`);
    terminal.comment(`good for ${hours(args)} hours, at this machine's \`mcpgw serve\` only`);
    return EXIT.ok;
  },
};

function chosenIssuer(issuers: readonly DevelopmentIssuer[], name: string | null, state: string): DevelopmentIssuer {
  const names = issuers.map((issuer) => issuer.name);
  const [first, second] = issuers;
  if (first === undefined) throw failure(state, 'the workspace has no issuer of people');
  if (name === null) {
    if (second === undefined) return first;
    throw failure('--issuer', 'is required: the workspace has several issuers of people', names.join(', '));
  }
  const chosen = issuers.find((issuer) => issuer.name === name);
  if (chosen !== undefined) return chosen;
  throw failure(
    '--issuer',
    `the workspace has no issuer \`${name}\` of people`,
    didYouMean(name, names) ?? names.join(', '),
  );
}

function readClaim(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw failure('--claim', `\`${text}\` is not NAME=VALUE`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

function hours(args: Arguments): number {
  const given = Number(args.requiredText('hours'));
  if (Number.isFinite(given) && given > 0 && given <= HOURS_MAX) return given;
  throw failure('--hours', `is not a number up to ${HOURS_MAX}`);
}
