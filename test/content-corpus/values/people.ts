import { LOWER, type Random } from '../random.ts';

const FIRST = [
  'Ana', 'James', 'María', 'Wei', 'Oluwaseun', 'Priya', 'Jean-Luc', 'Siobhán', 'Bjørn', 'Fatima', 'Dmitri', 'Yuki',
  'Chloe', 'Mohammed', 'Zoë', 'Liam', 'Noor', 'Kwame', 'Ingrid', 'Tomás', 'Aisha', 'Pavel', 'Grace', 'Hiro',
]; // prettier-ignore
const LAST = [
  'Smith', "O'Brien", 'García', 'Nguyen', 'van der Berg', 'Okafor', 'Müller', 'Patel', 'Kowalski', 'Rossi', 'Tanaka',
  'Johansson', 'Dubois', 'Silva', 'Kim', 'Haddad', 'MacLeod', 'Ivanov', 'Cohen', 'Fernández', 'Wright', 'Schmidt',
]; // prettier-ignore

const firstName = (random: Random): string => random.pick(FIRST);
export const lastName = (random: Random): string => random.pick(LAST);
export const fullName = (random: Random): string => `${firstName(random)} ${lastName(random)}`;

/** A name as addresses have it: without accents and spaces. */
function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ø/g, 'o')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
}

const SUFFIXES = [
  'com', 'com', 'com', 'org', 'net', 'io', 'dev', 'co.uk', 'de', 'fr', 'co.jp', 'com.au', 'edu', 'gov', 'tech', 'museum',
  'ac.uk', 'co.in', 'com.br', 'ca', 'eu', 'health', 'info', 'biz', 'us', 'se', 'nl', 'ch', 'travel', 'com.sg',
]; // prettier-ignore
const COMPANIES = [
  'acme', 'globex', 'initech', 'umbrella-labs', 'northwind', 'contoso', 'hooli', 'stark-industries', 'wayne', 'piedpiper',
  'blue-harbor', 'quantumleap', 'greenfield', 'zephyr7', 'x2y', 'fabrikam', 'tailspin', 'mail', 'gmail', 'outlook',
]; // prettier-ignore

/** A registrable domain, sometimes with a host in front. */
export function domain(random: Random): string {
  const own = `${random.pick(COMPANIES)}${random.chance(0.2) ? random.int(1, 99) : ''}.${random.pick(SUFFIXES)}`;
  return random.chance(0.25) ? `${random.pick(['mail', 'corp', 'eu-west-1', 'api', 'dev', 'hr', 'www2'])}.${own}` : own;
}

/** Domains that are registered, and that simple patterns miss. */
const UNUSUAL = [
  'bücher.de',
  'xn--bcher-kva.de',
  'studio.photography',
  'a.bc.def.co.nz',
  'почта.рф',
  '3m.com',
  'x.company',
];

export function email(random: Random): string {
  const first = plainName(firstName(random));
  const last = plainName(lastName(random));
  const local = random.pick([
    () => `${first}.${last}`,
    () => `${first.charAt(0)}${last}`,
    () => `${first}_${last}${random.int(1, 99)}`,
    () => `${first}+${random.pick(['billing', 'news', 'gh', 'spam1'])}`,
    () => `${last}-${first}`,
    () => first,
    () => `${first}${random.int(1950, 2010)}`,
    () => random.pick(['info', 'support', 'no-reply', 'billing', 'hr', 'sales.emea']),
    () => `${first}.${last.charAt(0)}.${random.text(4, LOWER)}`,
    () => `${first}%${last}`,
    () => `${first}'${last}`,
    () => `_${first}_`,
    () => `${random.int(1, 9)}${last}!${random.int(1, 9)}`,
  ])();
  const address = `${local}@${random.chance(0.02) ? random.pick(UNUSUAL) : domain(random)}`;
  if (random.chance(0.08)) return address.toUpperCase();
  return random.chance(0.05) ? `${first.charAt(0).toUpperCase()}${address.slice(1)}` : address;
}
