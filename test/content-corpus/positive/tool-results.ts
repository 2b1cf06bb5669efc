import type { Labelled, Label, MakeValue } from '../labelled.ts';
import { fill } from '../labelled.ts';
import { Random } from '../random.ts';
import { PERSONAL } from './personal-makers.ts';
import { SENTENCES } from './sentence-templates.ts';

/** A member of an object: the names that systems give it, and what it holds. */
type Field = readonly [names: readonly string[], slot: string];

const FIELDS: readonly Field[] = [
  [['email', 'emailAddress', 'contact_email', 'mail', 'login', 'Email', 'user'], 'email'],
  [['ssn', 'SSN', 'social_security_number', 'socialSecurity', 'taxSsn'], 'ssn'],
  [['ssn', 'applicant_ssn', 'ssnPlain', 'socialSecurityNumber'], 'bareSsn'],
  [['card', 'cardNumber', 'pan', 'credit_card', 'payment_method', 'number'], 'card'],
  [['iban', 'IBAN', 'account', 'payee', 'creditorAccount'], 'iban'],
  [['ip', 'client_ip', 'remoteAddr', 'host', 'ipAddress', 'peer', 'src'], 'ip'],
  [['url', 'html_url', 'link', 'website', 'avatar', 'href', 'homepage'], 'url'],
  [['phone', 'phoneNumber', 'mobile', 'tel', 'contact', 'fax', 'work_phone'], 'phone'],
  [['phone', 'phone_number', 'cell', 'mobileNumber', 'telephone'], 'barePhone'],
  [['mac', 'macAddress', 'hwaddr', 'device'], 'mac'],
  [['wallet', 'btc_address', 'address', 'payTo'], 'crypto'],
  [['created_at', 'birthday', 'date', 'updatedAt', 'ts', 'due'], 'date'],
  [['nhs', 'nhsNumber', 'patient_nhs'], 'nhs'],
  [['itin', 'taxpayerItin'], 'itin'],
  [['passport', 'passportNumber'], 'passport'],
  [['bank_account', 'accountNumber'], 'bank'],
  [['driver_license', 'licenseNumber'], 'license'],
  [['dea', 'deaNumber'], 'dea'],
];
const FILLERS: readonly Field[] = [
  [['id', 'uuid', 'guid', 'request_id'], 'uuid'],
  [['id', 'order_id', 'orderNumber', 'ref'], 'order'],
  [['sha', 'commit', 'etag', 'checksum'], 'sha'],
  [['version', 'tag', 'build'], 'version'],
  [['version', 'agentVersion'], 'fourPartVersion'],
  [['tracking', 'trackingNumber'], 'tracking'],
  [['name', 'fullName', 'owner'], 'name'],
  [['amount', 'total', 'price'], 'amount'],
  [['file', 'path', 'filename'], 'file'],
  [['timestamp', 'epoch', 'since'], 'epoch'],
  [['sku', 'part'], 'sku'],
  [['isbn'], 'isbn'],
  [['invoice', 'caseNumber', 'accountId', 'external_id'], 'nineDigits'],
  [['sequence', 'cursor', 'parentId'], 'tenDigits'],
  [['size', 'dimensions'], 'dimensions'],
  [['location', 'latLng'], 'coordinates'],
  [['branch', 'ref'], 'branch'],
  [['rejected_card', 'declined'], 'wrongCard'],
];
const WRAPPERS = ['data', 'items', 'results', 'customer', 'payload', 'node', 'records'];

interface Leaf {
  readonly keys: readonly string[];
  readonly value: Labelled;
}

/** A tool's result as its string leaves with the keys that lead to them, or as the JSON text that most tools answer with. */
export function toolResults(count: number, seed: number): readonly (readonly Labelled[])[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const leaves = makeLeaves(random);
    return random.chance(0.5)
      ? leaves.map(({ keys, value }) => ({ ...value, keys }))
      : [renderText(leaves, random.pick([0, 2]))];
  });
}

function makeLeaves(random: Random): readonly Leaf[] {
  const root = random.chance(0.7) ? [random.pick(WRAPPERS)] : [];
  const leaves: Leaf[] = [];
  const used = new Set<string>();
  const add = ([names, slot]: Field): void => {
    const name = random.pick(names);
    if (used.has(name)) return;
    used.add(name);
    const deeper = random.chance(0.15) ? [...root, random.pick(['profile', 'meta', 'billing'])] : root;
    leaves.push({ keys: [...deeper, name], value: single(slot, random) });
  };
  for (let left = random.int(0, 3); left > 0; left--) add(random.pick(FIELDS));
  for (let left = random.int(1, 5); left > 0; left--) add(random.pick(FILLERS));
  if (random.chance(0.4)) {
    const text = fill(random.pick(random.pick(SENTENCES)), PERSONAL, random);
    leaves.push({ keys: [...root, random.pick(['description', 'body', 'comment', 'message', 'text'])], value: text });
  }
  return random.shuffled(leaves);
}

function single(slot: string, random: Random): Labelled {
  const make: MakeValue | undefined = PERSONAL[slot];
  if (make === undefined) throw new Error(`no maker is called ${slot}`);
  return fill(`{${slot}}`, PERSONAL, random);
}

/** The leaves as an object of JSON text, with the labels where its escapes have put them. */
function renderText(leaves: readonly Leaf[], indent: number): Labelled {
  const [open, between, close] = indent === 0 ? ['{', ',', '}'] : ['{\n  ', ',\n  ', '\n}'];
  let text = open;
  const labels: Label[] = [];
  for (const [index, { keys, value }] of leaves.entries()) {
    if (index > 0) text += between;
    text += `${JSON.stringify(keys.at(-1))}:${indent === 0 ? '' : ' '}"`;
    for (const label of value.labels) {
      const start = text.length + escaped(value.text.slice(0, label.start)).length;
      const found = escaped(value.text.slice(label.start, label.end));
      labels.push({ start, end: start + found.length, entity: label.entity });
    }
    text += `${escaped(value.text)}"`;
  }
  return { text: text + close, keys: ['content', 'text'], labels };
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
