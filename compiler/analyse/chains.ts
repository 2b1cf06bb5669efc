import type { Span } from '../diagnostics/diagnostic.ts';
import type { LinkedEntry } from '../link/model.ts';
import type { Analysed } from './analysed.ts';
import type { GrantReach } from './gateway-reach.ts';
import { readingsOf } from './expression-reads.ts';
import { subjectName, type Holder } from './holders.ts';
import { sampleUris } from '../link/sample-uris.ts';
import type { Reaching } from './violations.ts';
import { describeWitness, findReading, findWitness, type Witness } from './witness.ts';

/** How somebody reaches something, for a person to follow. */
export interface Chain {
  /** After the subject's name: "can call …" */
  readonly what: string;
  /** The grant, the entry of the Allowlist, the condition. */
  readonly related: readonly { readonly message: string; readonly span: Span }[];
}

/** The first tool, prompt or resource that a call was found for stands for all. */
export function chainOf(analysed: Analysed, reaching: Reaching): Chain {
  const where = `in gateway ${reaching.gateway.linked.document.name}`;
  const { slots } = reaching.slots;
  return slots.length === 0
    ? chainOfResources(analysed, reaching, where)
    : chainOfSlots(analysed, reaching, slots, where);
}

function chainOfSlots(analysed: Analysed, reaching: Reaching, slots: readonly number[], where: string): Chain {
  const { gateway, holder } = reaching;
  const [witness, slot = -1] = firstWitness(analysed, reaching, slots);
  const found = gateway.engine.slots[slot];
  const exposed = found?.exposed ?? '';
  const verb = found?.kind === 'prompt' ? 'get' : 'call';
  const others = slots.filter((at) => at !== slot).map((at) => gateway.engine.slots[at]?.kind);
  const more = others.length === 0 ? '' : `, and ${others.length} more ${nounFor(others)}`;
  const what =
    witness === null
      ? `may be able to ${verb} \`${exposed}\` ${where} (not decided: no call was found that is allowed)${more}`
      : `can ${verb} ${describeWitness(witness)} ${where}${more}`;
  const grant = holder.grants.find(({ possible }) => possible.has(slot));
  const entry = grant === undefined ? undefined : entryOf(analysed, reaching, grant, slot);
  if (grant === undefined || entry === undefined) return { what, related: [] };
  return { what, related: placesOf(grant, entry, holder, `\`${exposed}\``) };
}

function nounFor(kinds: readonly (string | undefined)[]): string {
  const plural = kinds.length === 1 ? '' : 's';
  if (kinds.every((kind) => kind === 'prompt')) return `prompt${plural}`;
  return kinds.includes('prompt') ? 'tools and prompts' : `tool${plural}`;
}

/** A tool or prompt with a call that is allowed, or else the first one. */
function firstWitness(
  analysed: Analysed,
  reaching: Reaching,
  slots: readonly number[],
): readonly [Witness | null, number | undefined] {
  for (const index of slots.slice(0, SLOTS_TRIED_MAX)) {
    const slot = reaching.gateway.engine.slots[index];
    const witness = slot === undefined ? null : findWitness(analysed, reaching, slot);
    if (witness !== null) return [witness, index];
  }
  return [null, slots[0]];
}

/** Tools, prompts or patterns of one violation for which a call is looked for. */
const SLOTS_TRIED_MAX = 4;

function chainOfResources(analysed: Analysed, reaching: Reaching, where: string): Chain {
  const { holder, resources } = reaching;
  const given = resources.flatMap(({ grant, entry, about }) =>
    about.map(({ given: pattern, wanted }) => ({ grant, entry, pattern, wanted })),
  );
  const constants = uriConstants(analysed);
  for (const { grant, entry, pattern, wanted } of given.slice(0, SLOTS_TRIED_MAX)) {
    const isOpaque = entry.server.document.value.uris === 'opaque';
    for (const uri of sampleUris([pattern, wanted], constants, isOpaque)) {
      const witness = findReading(analysed, reaching, entry.assignment, uri);
      if (witness === null) continue;
      const what = `can read ${describeWitness(witness)} ${where}`;
      return { what, related: placesOf(grant, entry, holder, `resource ${pattern}`) };
    }
  }
  const [first] = given;
  if (first === undefined) return { what: `reaches something ${where}`, related: [] };
  const { grant, entry, pattern } = first;
  return {
    what: `may be able to read resource ${pattern} of ${entry.assignment} ${where} (not decided: no call was found that is allowed)`,
    related: placesOf(grant, entry, holder, `resource ${pattern}`),
  };
}

/** Texts that conditions compare URIs with: URIs, or how they begin. */
function uriConstants({ policy }: Analysed): readonly string[] {
  const readings = policy.conditions.flatMap(({ reads, expression }) =>
    reads.includes('args') ? readingsOf(expression) : [],
  );
  const ofUris = readings.filter(({ path: [root, name] }) => root === 'args' && (name === 'uri' || name === undefined));
  const texts = ofUris.flatMap(({ constants }) => constants.flatMap(({ t, v }) => (t === 'string' ? [String(v)] : [])));
  return [...new Set(texts)];
}

/** The entry of a grant that opens a slot. */
function entryOf(
  { outcomes }: Analysed,
  { gateway: { engine, entries } }: Reaching,
  grant: GrantReach,
  slot: number,
): LinkedEntry | undefined {
  const to = engine.slots[slot];
  const part = grant.holding.parts.find(
    ({ slots, when }) => to !== undefined && slots.includes(slot) && outcomes.ofEntry(when, engine, to) !== 'never',
  );
  return part === undefined ? undefined : entries.get(part.rule);
}

function placesOf(grant: GrantReach, entry: LinkedEntry, { subject }: Holder, what: string): Chain['related'] {
  const { document, allowlists } = grant.linked;
  const allowlist = allowlists.find(({ entries }) => entries.includes(entry));
  const conditional = entry.when === null ? '' : ', when its condition holds';
  return [
    {
      message:
        subject.kind === 'role'
          ? `Grant/${document.name} is for a team, and so for ${subjectName(subject)}`
          : `Grant/${document.name} is for ${subjectName(subject)}`,
      span: document.span,
    },
    {
      message: `${allowlist === undefined ? 'this' : `Allowlist/${allowlist.document.name}`} allows ${what}${conditional}`,
      span: entry.span,
    },
  ];
}
