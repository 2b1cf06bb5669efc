import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The official runs: the old suite whole, and the new one as each revision of the protocol requires it. */
export type SuiteName = '0.1.16' | 'legacy' | 'modern';
export const SUITE_NAMES: readonly SuiteName[] = ['0.1.16', 'legacy', 'modern'];

export interface Suite {
  readonly name: SuiteName;
  /** The program of the suite. */
  readonly program: string;
  /** What chooses all scenarios for servers. */
  readonly allServer: readonly string[];
  /** What chooses one scenario, apart from its name. */
  readonly one: readonly string[];
  /** Scenarios for clients, apart from those about authorization: the proxy is no OAuth client of theirs. */
  readonly client: readonly string[];
  /** Whether a failing scenario counts; others run for information. */
  isScored(scenario: string): boolean;
}

const OLD = fileURLToPath(import.meta.resolve('conformance-legacy/dist/index.js'));
const NEW = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

export function suiteNamed(name: SuiteName): Suite {
  if (name === '0.1.16') {
    return {
      name,
      program: OLD,
      allServer: ['--suite', 'all'],
      one: [],
      client: ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry'],
      isScored: () => true,
    };
  }
  const revision = name === 'legacy' ? '2025-11-25' : '2026-07-28';
  const requirements = requirementsOf(revision);
  const scored = new Set([...requirements.server, ...requirements.client]);
  const unscored = requirements.not_scored.filter(({ leg }) => leg === 'client').map(({ scenario }) => scenario);
  return {
    name,
    program: NEW,
    allServer: ['--requirements', revision],
    one: ['--spec-version', revision, '--force'],
    client: [...requirements.client, ...unscored].filter((scenario) => !scenario.startsWith('auth/')),
    isScored: (scenario) => scored.has(scenario),
  };
}

interface Requirements {
  readonly server: readonly string[];
  readonly client: readonly string[];
  readonly not_scored: readonly { readonly scenario: string; readonly leg: 'server' | 'client' }[];
}

/** What the suite's own frozen list of a revision requires. */
function requirementsOf(revision: string): Requirements {
  const path = fileURLToPath(import.meta.resolve(`@modelcontextprotocol/conformance/requirements/${revision}.yaml`));
  return parse(readFileSync(path, 'utf8')) as Requirements;
}
