import type { Random } from '../random.ts';

const AREAS = ['212', '415', '202', '312', '617', '713', '206', '303', '404', '512', '646', '805'];
/** 555-01xx is for fiction and no number of anybody's; these are shaped like real ones. */
const exchange = (random: Random): string => `${random.int(2, 9)}${random.int(2, 9)}${random.int(0, 9)}`;

function american(random: Random): string {
  const [area, middle, last] = [random.pick(AREAS), exchange(random), random.digits(4)];
  return random.pick([
    `(${area}) ${middle}-${last}`,
    `${area}-${middle}-${last}`,
    `${area}.${middle}.${last}`,
    `${area} ${middle} ${last}`,
    `+1 ${area} ${middle} ${last}`,
    `+1-${area}-${middle}-${last}`,
    `+1 (${area}) ${middle}-${last}`,
    `+1${area}${middle}${last}`,
    `1-${area}-${middle}-${last}`,
    `(${area})${middle}-${last}`,
    `${area}/${middle}-${last}`,
  ]);
}

function british(random: Random): string {
  return random.pick([
    `020 7${random.digits(3)} ${random.digits(4)}`,
    `+44 20 7${random.digits(3)} ${random.digits(4)}`,
    `07${random.pick(['400', '711', '911', '850'])} ${random.digits(6)}`,
    `+44 7${random.pick(['400', '711', '911', '850'])} ${random.digits(6)}`,
    `0161 ${random.pick(['496', '234', '839'])} ${random.digits(4)}`,
    `+44 (0)161 ${random.pick(['496', '234', '839'])} ${random.digits(4)}`,
  ]);
}

function german(random: Random): string {
  return random.pick([
    `030 ${random.number(6)}${random.digits(2)}`,
    `+49 30 ${random.number(8)}`,
    `0171 ${random.number(7)}`,
    `+49 171 ${random.number(7)}`,
    `089/${random.number(7)}`,
    `+49-89-${random.number(7)}`,
  ]);
}

function french(random: Random): string {
  const pairs = (separator: string): string => Array.from({ length: 3 }, () => random.digits(2)).join(separator);
  return random.pick([
    `01 4${random.int(0, 9)} ${pairs(' ')}`,
    `06 12 ${pairs(' ')}`,
    `+33 6 12 ${pairs(' ')}`,
    `01.42.${pairs('.')}`,
    `+33142${random.digits(6)}`,
  ]);
}

function elsewhere(random: Random): string {
  return random.pick([
    `+91 98${random.digits(3)} ${random.digits(5)}`,
    `+81 3-${random.pick(['3', '5', '6'])}${random.digits(3)}-${random.digits(4)}`,
    `+61 2 9${random.digits(3)} ${random.digits(4)}`,
    `+55 11 9${random.pick(['6', '7', '8'])}${random.digits(3)}-${random.digits(4)}`,
    `+34 91 ${random.pick(['4', '5'])}${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
    `+39 06 ${random.number(8)}`,
    `+46 8 ${random.pick(['5', '6'])}${random.digits(2)} ${random.digits(3)} ${random.digits(2)}`,
    `+41 44 ${random.pick(['2', '3', '4'])}${random.digits(2)} ${random.digits(2)} ${random.digits(2)}`,
    `+353 1 ${random.pick(['6', '8'])}${random.digits(2)} ${random.digits(4)}`,
    `+65 6${random.pick(['2', '5', '7'])}${random.digits(2)} ${random.digits(4)}`,
    `0044 20 7${random.digits(3)} ${random.digits(4)}`,
  ]);
}

/** American numbers with the separators that come to mind, dashes of word processors, and spaces that do not break. */
function unusual(random: Random): string {
  const [area, middle, last] = [random.pick(AREAS), exchange(random), random.digits(4)];
  return random.pick([
    `${area}\u2013${middle}\u2013${last}`,
    `(${area})-${middle}-${last}`,
    `${area} ${middle}${last}`,
    `${area}-${middle}${last}`,
    `+1.${area}.${middle}.${last}`,
    `+1 (${area})${middle}${last}`,
    `001 ${area} ${middle} ${last}`,
    `+1\u00a0${area}\u00a0${middle}\u00a0${last}`,
    `${area} - ${middle} - ${last}`,
    `+1/${area}/${middle}${last}`,
    `(${area}) ${middle} ${last}`,
    `1 (${area}) ${middle}-${last}`,
  ]);
}

/** Told by its form, whatever stands before it: of the regions US, GB, DE and FR, or with a country code. */
export function phone(random: Random): string {
  if (random.chance(0.12)) return unusual(random);
  const form = random.int(1, 20);
  if (form <= 8) return american(random);
  if (form <= 11) return british(random);
  if (form <= 13) return german(random);
  return form <= 15 ? french(random) : elsewhere(random);
}

/** Ten digits and nothing else: a number only where something says so. */
export const barePhone = (random: Random): string => `${random.pick(AREAS)}${exchange(random)}${random.digits(4)}`;
