import { buildContext, type Context } from '../context.ts';
import type { PiiEntity } from './entities.ts';

/** What says that a number counts things or names them, and reaches nobody. */
const IDENTIFIERS =
  'order, tracking, invoice, ticket, reference, ref, id, uuid, guid, isbn, ean, gtin, upc, sku, serial, version, build, commit, ' +
  'hash, epoch, timestamp, ts, cursor, page, parcel, sequence, seq, case, row, line, port, pid, part, revision, release, ' +
  'location, coordinates, offset, size, amount, total, price, count, time, duration, ms';
const VERSIONS = 'version, v, ver, release, agent, firmware, build, section, chapter, revision';

/** Words that make a candidate more likely (engines.md has most of them), and words that rule it out. */
export const PII_CONTEXTS: Readonly<Record<PiiEntity, Context>> = {
  CREDIT_CARD: buildContext(
    'credit, card, visa, mastercard, cc, amex, discover, jcb, diner, maestro, debit, pan, unionpay',
  ),
  IBAN_CODE: buildContext('iban, bank, transaction, account'),
  CRYPTO: buildContext('wallet, btc, bitcoin, crypto'),
  US_SSN: buildContext('social, security, ssn, ss', `${IDENTIFIERS}, insurance`, 0.5),
  US_ITIN: buildContext('individual, taxpayer, itin, tax', IDENTIFIERS, 0.5),
  EMAIL_ADDRESS: buildContext('email, mail, e mail'),
  URL: buildContext('url, website, link, site, homepage, web, domain, href, blog'),
  IP_ADDRESS: buildContext('ip, ipv4, ipv6, host, server, client, peer, addr', VERSIONS),
  MAC_ADDRESS: buildContext('mac, hardware address, ethernet, ether, lladdr, hwaddr'),
  MEDICAL_LICENSE: buildContext('medical, certificate, dea'),
  UK_NHS: buildContext('national health service, nhs', IDENTIFIERS),
  IN_AADHAAR: buildContext('aadhaar, aadhar, uidai', IDENTIFIERS),
  AU_ABN: buildContext('abn, australian business', IDENTIFIERS),
  AU_MEDICARE: buildContext('medicare', IDENTIFIERS),
  AU_TFN: buildContext('tfn, tax file', IDENTIFIERS),
  AU_ACN: buildContext('acn, australian company, company', IDENTIFIERS),
  CA_SIN: buildContext('sin, social insurance', IDENTIFIERS),
  US_NPI: buildContext('npi, national provider, provider', IDENTIFIERS),
  ABA_ROUTING: buildContext('aba, routing, rtn', IDENTIFIERS),
  DE_TAX_ID: buildContext(
    'steuer, steuerid, steuer id, tax, tax id, idnr, steueridentifikationsnummer, identifikationsnummer',
    IDENTIFIERS,
  ),
  PL_PESEL: buildContext('pesel', IDENTIFIERS),
  KR_RRN: buildContext('rrn, resident registration', IDENTIFIERS),
  SE_PERSONNUMMER: buildContext('personnummer, personnr, pers', IDENTIFIERS),
  ZA_ID: buildContext('identity, id, id number, south african', IDENTIFIERS),
  TH_TNIN: buildContext('thai, thai id, tnin, national id', IDENTIFIERS),
  TR_ID: buildContext('kimlik, tckn, tc', IDENTIFIERS),
  SG_NRIC: buildContext('nric, fin'),
  ES_NIF: buildContext('nif, dni'),
  ES_NIE: buildContext('nie, extranjero'),
  IT_FISCAL_CODE: buildContext('codice fiscale, fiscale, fiscal, cf'),
  US_MBI: buildContext('mbi, medicare, beneficiary'),
  UK_NINO: buildContext('nino, national insurance, ni, insurance'),
  IN_PAN: buildContext('pan, permanent account'),
  UK_POSTCODE: buildContext('postcode, post code, address, zip, postal'),
  DATE_TIME: buildContext('date, birthday, born, birth, dob, due'),
  US_DRIVER_LICENSE: buildContext('driver, license, permit, lic, dl, licence', IDENTIFIERS),
  US_PASSPORT: buildContext('passport, travel', IDENTIFIERS),
  US_BANK_NUMBER: buildContext('account, bank, check, checking, saving, debit', IDENTIFIERS),
  PHONE_NUMBER: buildContext(
    'phone, telephone, tel, cell, cellphone, mobile, fax, call, sms, whatsapp, msisdn, landline, my number, his number, ' +
      'her number, your number, our number, their number, contact number, contact, ring, dial, reach',
    `${IDENTIFIERS}, card, account, pan, ssn, itin, nhs, passport, npi, iban`,
    0.7,
  ),
};
