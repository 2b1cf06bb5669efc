import { entity, type Makers } from '../labelled.ts';
import * as documents from '../values/documents.ts';
import { LOOKALIKES } from '../values/lookalikes.ts';
import * as network from '../values/network.ts';
import * as numbers from '../values/numbers.ts';
import { email } from '../values/people.ts';
import { barePhone, phone } from '../values/phones.ts';

/** Slots of the templates: personal data of every sort, and what only looks like it. */
export const PERSONAL: Makers = {
  ...LOOKALIKES,
  email: entity('EMAIL_ADDRESS', email),
  ssn: entity('US_SSN', numbers.ssn),
  bareSsn: entity('US_SSN', numbers.ssnDigits),
  card: entity('CREDIT_CARD', numbers.card),
  iban: entity('IBAN_CODE', numbers.iban),
  ip: entity('IP_ADDRESS', network.ip),
  ipv4: entity('IP_ADDRESS', network.ipv4),
  ipv6: entity('IP_ADDRESS', network.ipv6),
  url: entity('URL', network.url),
  site: entity('URL', network.site),
  phone: entity('PHONE_NUMBER', phone),
  barePhone: entity('PHONE_NUMBER', barePhone),
  mac: entity('MAC_ADDRESS', network.mac),
  crypto: entity('CRYPTO', documents.crypto),
  date: entity('DATE_TIME', documents.date),
  nhs: entity('UK_NHS', documents.nhs),
  itin: entity('US_ITIN', numbers.itin),
  passport: entity('US_PASSPORT', documents.passport),
  bank: entity('US_BANK_NUMBER', documents.bankNumber),
  license: entity('US_DRIVER_LICENSE', documents.driverLicense),
  dea: entity('MEDICAL_LICENSE', documents.dea),
};
