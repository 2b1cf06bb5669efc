import { entity, fill, type Labelled } from '../labelled.ts';
import { Random } from '../random.ts';
import { NATIONAL } from '../values/national.ts';
import { LOOKALIKES } from '../values/lookalikes.ts';

/** What people call these numbers, in what they write about them. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  US_NPI: ['NPI', 'National Provider Identifier', 'provider npi'],
  US_MBI: ['MBI', 'Medicare number', 'medicare beneficiary id'],
  ABA_ROUTING: ['routing number', 'ABA', 'aba routing'],
  UK_NINO: ['NI number', 'National Insurance no', 'nino'],
  UK_POSTCODE: ['postcode', 'address in London', 'post code'],
  CA_SIN: ['SIN', 'social insurance number', 'sin'],
  AU_TFN: ['TFN', 'tax file number', 'tfn'],
  AU_ABN: ['ABN', 'Australian business number', 'abn'],
  AU_ACN: ['ACN', 'company number (acn)', 'acn'],
  AU_MEDICARE: ['Medicare card', 'medicare', 'Medicare no'],
  IN_PAN: ['PAN', 'permanent account number', 'pan card'],
  IN_AADHAAR: ['Aadhaar', 'aadhar number', 'UIDAI no'],
  SG_NRIC: ['NRIC', 'FIN', 'nric no'],
  DE_TAX_ID: ['Steuer-ID', 'tax id', 'Steueridentifikationsnummer'],
  ES_NIF: ['NIF', 'DNI', 'dni del cliente'],
  ES_NIE: ['NIE', 'nie', 'extranjero NIE'],
  IT_FISCAL_CODE: ['codice fiscale', 'fiscal code', 'CF'],
  PL_PESEL: ['PESEL', 'pesel', 'nr PESEL'],
  KR_RRN: ['RRN', 'resident registration number', 'rrn'],
  SE_PERSONNUMMER: ['personnummer', 'Personnr', 'pers.nr'],
  ZA_ID: ['ID number', 'South African id', 'identity number'],
  TH_TNIN: ['Thai id', 'national id', 'TNIN'],
  TR_ID: ['TC kimlik no', 'TCKN', 'kimlik'],
};
const TEMPLATES = [
  '{called}: {number}',
  'The {called} is {number}.',
  '{name} ({called} {number})',
  '"{called}": "{number}", "order": "{order}"',
];

/** Numbers that are looked for only where a rule asks for them, each with what tells it and beside others. */
export function nationalTexts(perEntity: number, seed: number): readonly Labelled[] {
  const random = new Random(seed);
  return Object.entries(NATIONAL).flatMap(([name, make]) =>
    Array.from({ length: perEntity }, () => {
      const called = random.pick(CALLED[name] ?? []);
      const template = random.pick(TEMPLATES).replace('{called}', called);
      return fill(template, { ...LOOKALIKES, number: entity(name, make) }, random);
    }),
  );
}
