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
  /** Revision of the protocol, as the requirements of the suite name it. */
  readonly revision: '2025-11-25' | '2026-07-28';
  /** Whether a failing scenario for servers counts; others run for information. */
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
      revision: '2025-11-25',
      isScored: () => true,
    };
  }
  const revision = name === 'legacy' ? '2025-11-25' : '2026-07-28';
  const scored = new Set(requirementsOf(revision).server);
  return {
    name,
    program: NEW,
    allServer: ['--requirements', revision],
    one: ['--spec-version', revision, '--force'],
    revision,
    isScored: (scenario) => scored.has(scenario),
  };
}

interface Requirements {
  readonly server: readonly string[];
  readonly client: readonly string[];
}

/** What the suite's own frozen list of a revision requires. */
export function requirementsOf(revision: string): Requirements {
  const path = fileURLToPath(import.meta.resolve(`@modelcontextprotocol/conformance/requirements/${revision}.yaml`));
  return parse(readFileSync(path, 'utf8')) as Requirements;
}
