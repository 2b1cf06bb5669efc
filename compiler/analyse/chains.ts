import type { Span } from '../diagnostics/diagnostic.ts';
import type { LinkedEntry } from '../link/model.ts';
import type { Analysed } from './analysed.ts';
import type { GrantReach } from './gateway-reach.ts';
import { subjectName, type Holder } from './holders.ts';
import { dataName } from './selected.ts';
import type { Reaching } from './violations.ts';
import { describeWitness, findWitness, type Witness } from './witness.ts';

/** How somebody reaches something, for a person to follow. */
export interface Chain {
  /** After the subject's name: "can call …" */
  readonly what: string;
  /** The grant, the entry of the Allowlist, the condition. */
  readonly related: readonly { readonly message: string; readonly span: Span }[];
}

/** The first tool that a call was found for stands for all. */
export function chainOf(analysed: Analysed, reaching: Reaching): Chain {
  const { gateway, holder, slots, data } = reaching;
  const where = `in gateway ${gateway.linked.document.name}`;
  const [witness, slot] = firstWitness(analysed, reaching);
  if (slot === undefined) {
    const [given] = data;
    const what = given?.what[0];
    if (given === undefined || what === undefined) return { what: `reaches something ${where}`, related: [] };
    return {
      what: `may be able to use ${dataName(what)} of ${given.entry.assignment} ${where} (not decided: only calls of tools are)`,
      related: placesOf(given.grant, given.entry, holder, dataName(what)),
    };
  }
  const others = slots.slots.length - 1;
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'tool' : 'tools'}`;
  const exposed = gateway.engine.slots[slot]?.exposed ?? '';
  const what =
    witness === null
      ? `may be able to call \`${exposed}\` ${where} (not decided: no call was found that is allowed)${more}`
      : `can call ${describeWitness(witness)} ${where}${more}`;
  const grant = holder.grants.find(({ possible }) => possible.has(slot));
  const entry = grant === undefined ? undefined : entryOf(analysed, reaching, grant, slot);
  if (grant === undefined || entry === undefined) return { what, related: [] };
  return { what, related: placesOf(grant, entry, holder, `\`${exposed}\``) };
}

/** A tool with a call that is allowed, or else the first tool. */
function firstWitness(
  analysed: Analysed,
  { gateway, holder, apps, slots }: Reaching,
): readonly [Witness | null, number | undefined] {
  const indices = slots.slots;
  for (const index of indices.slice(0, SLOTS_TRIED_MAX)) {
    const slot = gateway.engine.slots[index];
    const witness = slot === undefined ? null : findWitness(analysed, gateway, holder, apps, slot);
    if (witness !== null) return [witness, index];
  }
  return [null, indices[0]];
}

/** Tools of one violation for which a call is looked for. */
const SLOTS_TRIED_MAX = 4;

/** The entry of a grant that opens a slot. */
function entryOf(
  { entries, outcomes }: Analysed,
  { gateway: { engine } }: Reaching,
  grant: GrantReach,
  slot: number,
): LinkedEntry | undefined {
  const definition = engine.slots[slot]?.definition ?? -1;
  const part = grant.holding.parts.find(
    ({ slots, when }) => slots.includes(slot) && outcomes.ofEntry(when, engine, definition) !== 'never',
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
