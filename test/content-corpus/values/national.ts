import { UPPER, type Random } from '../random.ts';
import { luhnDigit, verhoeffDigit, weighted } from './checks.ts';
import { grouped } from './numbers.ts';

/** What is off by default: by entity, a number of that sort as its holders write it. */
export const NATIONAL: Readonly<Record<string, (random: Random) => string>> = {
  US_NPI: (random) => {
    const body = `1${random.digits(8)}`;
    return body + luhnDigit(`80840${body}`);
  },
  US_MBI: (random) => {
    const [letters, both] = ['ACDEFGHJKMNPQRTUVWXY', 'ACDEFGHJKMNPQRTUVWXY0123456789'];
    const letter = (): string => random.text(1, letters);
    const any = (): string => random.text(1, both);
    const digit = (): string => random.digits(1);
    const parts = [
      random.number(1) + letter() + any() + digit(),
      letter() + any() + digit(),
      letter() + letter() + digit() + digit(),
    ];
    return parts.join(random.pick(['', '-']));
  },
  ABA_ROUTING: (random) => {
    const district = random.pick([random.int(1, 12), random.int(21, 32)]);
    const body = String(district).padStart(2, '0') + random.digits(6);
    return body + String((10 - (weighted(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10);
  },
  UK_NINO: (random) => {
    const first = random.text(1, 'ABCEGHJKLMNOPRSTWXYZ');
    const second = random.text(1, 'ABCEGHJKLMNPRSTWXYZ');
    const prefix = first + second;
    if (['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].includes(prefix)) return NATIONAL['UK_NINO']?.(random) ?? '';
    const digits = random.digits(6);
    const suffix = random.text(1, 'ABCD');
    return random.chance(0.5) ? prefix + digits + suffix : [prefix, ...(digits.match(/../g) ?? []), suffix].join(' ');
  },
  UK_POSTCODE: (random) =>
    `${random.pick(['SW1A', 'M1', 'EC2V', 'B33', 'CR2', 'DN55', 'W1A'])} ${random.digits(1)}${random.text(2, 'ABDEFGHJLNPQRSTUWXYZ')}`,
  CA_SIN: (random) => {
    const body = random.text(1, '1234567') + random.digits(7);
    return grouped(body + luhnDigit(body), [3, 3, 3], random.pick([' ', '-', '']));
  },
  AU_TFN: (random) => {
    const body = random.number(8);
    const rest = weighted(body, [1, 4, 3, 7, 5, 8, 6, 9]);
    const digit = Array.from('0123456789').find((last) => (rest + 10 * Number(last)) % 11 === 0);
    return digit === undefined
      ? (NATIONAL['AU_TFN']?.(random) ?? '')
      : grouped(body + digit, [3, 3, 3], random.pick([' ', '']));
  },
  AU_ABN: (random) => {
    const body = random.digits(9);
    for (let check = 10; check < 100; check++) {
      const whole = `${check}${body}`;
      const sum = weighted(whole, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10;
      if (sum % 89 === 0) return grouped(whole, [2, 3, 3, 3], random.pick([' ', '']));
    }
    return NATIONAL['AU_ABN']?.(random) ?? '';
  },
  AU_ACN: (random) => {
    const body = random.digits(8);
    const check = (10 - (weighted(body, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10;
    return grouped(body + String(check), [3, 3, 3], random.pick([' ', '']));
  },
  AU_MEDICARE: (random) => {
    const body = random.text(1, '23456') + random.digits(7);
    const whole = `${body}${weighted(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10}${random.text(1, '123456789')}`;
    return grouped(whole, [4, 5, 1], random.pick([' ', '']));
  },
  IN_PAN: (random) =>
    `${random.text(3, UPPER)}${random.text(1, 'PCHFATBLJG')}${random.text(1, UPPER)}${random.digits(4)}${random.text(1, UPPER)}`,
  IN_AADHAAR: (random) => {
    const body = random.text(1, '23456789') + random.digits(10);
    return grouped(body + verhoeffDigit(body), [4, 4, 4], random.pick([' ', ' ', '-', '']));
  },
  SG_NRIC: (random) => {
    const digits = random.digits(7);
    const first = random.pick(['S', 'T', 'F', 'G']);
    const sum = weighted(digits, [2, 7, 6, 5, 4, 3, 2]) + (first === 'T' || first === 'G' ? 4 : 0);
    return first + digits + (first === 'S' || first === 'T' ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK').charAt(sum % 11);
  },
  DE_TAX_ID: (random) => {
    // One digit stands twice and one not at all, as the rules for the first ten demand.
    const order = random.shuffled(Array.from('0123456789'));
    const ten = random.shuffled([...order.slice(0, 9), order[0] ?? '1']).join('');
    if (ten.startsWith('0')) return NATIONAL['DE_TAX_ID']?.(random) ?? '';
    let product = 10;
    for (const digit of ten) {
      const sum = (Number(digit) + product) % 10 || 10;
      product = (sum * 2) % 11;
    }
    const check = 11 - product;
    return grouped(ten + String(check === 10 ? 0 : check), [2, 3, 3, 3], random.pick([' ', '']));
  },
  ES_NIF: (random) => {
    const digits = random.digits(8);
    return digits + random.pick(['', '-']) + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23);
  },
  ES_NIE: (random) => {
    const first = random.pick(['X', 'Y', 'Z']);
    const digits = random.digits(7);
    return first + digits + 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(`${'XYZ'.indexOf(first)}${digits}`) % 23);
  },
  IT_FISCAL_CODE: (random) => {
    const consonants = (): string => random.text(3, 'BCDFGLMNPRSTVZ');
    const day = random.int(1, 31) + 40 * random.int(0, 1);
    const body = `${consonants()}${consonants()}${random.digits(2)}${random.text(1, 'ABCDEHLMPRST')}${String(day).padStart(2, '0')}${random.text(1, 'ABCDEFGHIL')}${random.digits(3)}`;
    const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    const valueOf = (character: string): number =>
      /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    const sum = Array.from(body).reduce(
      (total, character, at) => total + (at % 2 === 0 ? (odd[valueOf(character)] ?? 0) : valueOf(character)),
      0,
    );
    return body + String.fromCharCode(65 + (sum % 26));
  },
  PL_PESEL: (random) => {
    const body = `${random.digits(2)}${String(random.int(1, 12)).padStart(2, '0')}${String(random.int(1, 28)).padStart(2, '0')}${random.digits(4)}`;
    return body + String((10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
  },
  KR_RRN: (random) => {
    const body = `${random.digits(2)}${String(random.int(1, 12)).padStart(2, '0')}${String(random.int(1, 28)).padStart(2, '0')}${random.text(1, '1234')}${random.digits(5)}`;
    const check = (11 - (weighted(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
    return `${body.slice(0, 6)}-${body.slice(6)}${check}`;
  },
  SE_PERSONNUMMER: (random) => {
    const body = `${random.digits(2)}${String(random.int(1, 12)).padStart(2, '0')}${String(random.int(1, 28)).padStart(2, '0')}${random.digits(3)}`;
    const whole = body + luhnDigit(body);
    return `${random.pick(['', '19'])}${whole.slice(0, 6)}-${whole.slice(6)}`;
  },
  ZA_ID: (random) => {
    const body = `${random.digits(2)}${String(random.int(1, 12)).padStart(2, '0')}${String(random.int(1, 28)).padStart(2, '0')}${random.digits(4)}${random.pick(['0', '1'])}8`;
    return body + luhnDigit(body);
  },
  TH_TNIN: (random) => {
    const body = random.text(1, '12345678') + random.digits(11);
    const whole = body + String((11 - (weighted(body, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10);
    return grouped(whole, [1, 4, 5, 2, 1], random.pick(['-', '']));
  },
  TR_ID: (random) => {
    const nine = random.number(9);
    const digit = (at: number): number => Number(nine.charAt(at));
    const odd = digit(0) + digit(2) + digit(4) + digit(6) + digit(8);
    const even = digit(1) + digit(3) + digit(5) + digit(7);
    const tenth = (((odd * 7 - even) % 10) + 10) % 10;
    return `${nine}${tenth}${(odd + even + tenth) % 10}`;
  },
};
