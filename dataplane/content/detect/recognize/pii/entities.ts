/**
 * The sorts of personal data that can be asked for, those of Presidio under Presidio's names. `usual`: found by a check
 * digit, a register, or a form of its own; the others are short numbers that a rule should name when it wants them. The
 * order decides between two that take the same place.
 */
export const PII_ENTITIES = {
  CREDIT_CARD: { usual: true },
  IBAN_CODE: { usual: true },
  CRYPTO: { usual: true },
  US_SSN: { usual: true },
  US_ITIN: { usual: true },
  EMAIL_ADDRESS: { usual: true },
  URL: { usual: true },
  IP_ADDRESS: { usual: true },
  MAC_ADDRESS: { usual: true },
  MEDICAL_LICENSE: { usual: true },
  UK_NHS: { usual: true },
  IN_AADHAAR: { usual: false },
  AU_ABN: { usual: false },
  AU_MEDICARE: { usual: false },
  AU_TFN: { usual: false },
  AU_ACN: { usual: false },
  CA_SIN: { usual: false },
  US_NPI: { usual: false },
  ABA_ROUTING: { usual: false },
  DE_TAX_ID: { usual: false },
  PL_PESEL: { usual: false },
  KR_RRN: { usual: false },
  SE_PERSONNUMMER: { usual: false },
  ZA_ID: { usual: false },
  TH_TNIN: { usual: false },
  TR_ID: { usual: false },
  SG_NRIC: { usual: false },
  ES_NIF: { usual: false },
  ES_NIE: { usual: false },
  IT_FISCAL_CODE: { usual: false },
  US_MBI: { usual: false },
  UK_NINO: { usual: false },
  IN_PAN: { usual: false },
  UK_POSTCODE: { usual: false },
  DATE_TIME: { usual: false },
  US_DRIVER_LICENSE: { usual: false },
  US_PASSPORT: { usual: false },
  US_BANK_NUMBER: { usual: false },
  PHONE_NUMBER: { usual: true },
} as const satisfies Record<string, { readonly usual: boolean }>;

export type PiiEntity = keyof typeof PII_ENTITIES;
