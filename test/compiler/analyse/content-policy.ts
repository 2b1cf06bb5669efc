import { analysisOf } from './analysed-policy.ts';
import { BASE } from './base-policy.ts';

/** A second server, gateway, team and robot beside those of the base. */
const MORE = `kind: Server
name: archive
url: https://archive.acme.dev/mcp
catalog: archive.lock.json
identities: { reader: none }
effects: { read: [get_ticket, list_tickets], write: [close_ticket] }
---
kind: Gateway
name: cellar
servers: { archive: { identity: reader } }
---
kind: Team
name: sales
members: { groups: [sales] }
---
kind: Robot
name: mover
owner: support
signIn: { issuer: ci, match: { sub: 'repo:acme/mover' } }
expires: 2027-03-31
---
kind: Client
name: shell
names: [sh]
selfReported: true
---
kind: Grant
name: movers
gateway: cellar
to: { teams: [sales], robots: [mover] }
allow: [archive/get_ticket]
`;
const LOCK = (BASE.get('tickets.lock.json') ?? '').replace('"server": "tickets"', '"server": "archive"');

/** A content rule as a test writes it. */
export interface Sketch {
  readonly detect: string;
  readonly action: string;
  /** Other fields, in lines. */
  readonly rest?: string;
  readonly examples?: string;
}

/** The text of a rule; without examples it finds a card. */
export function ruleText(name: string, { detect, action, rest = '', examples }: Sketch): string {
  const tried = examples ?? "  - { in: card 4111111111111111 }\n  - { unchanged: '-' }";
  return `kind: RedactionRule\nname: ${name}\ndetect: ${detect}\naction: ${action}\n${rest}\nexamples:\n${tried}\n`;
}

/** The base with more beside it, and these rules in the place of its own. */
export function policyWith(one: Sketch, other: Sketch | null): ReadonlyMap<string, string> {
  const rules = [ruleText('one', one), ...(other === null ? [] : [ruleText('other', other)])];
  return new Map([...BASE, ['more.yaml', MORE], ['archive.lock.json', LOCK], ['rule.yaml', rules.join('---\n')]]);
}

/** Looks for what the usual example has. */
export const CARD = "{ regex: ['\\d{16}'] }";

/** What is said of a code, in the order of the files. */
export function said(policy: ReadonlyMap<string, string>, code: string): readonly string[] {
  return analysisOf(policy, null)
    .filter((found) => found.code === code)
    .map(({ message, help }) => `${message}: ${help ?? ''}`);
}
