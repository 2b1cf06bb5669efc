import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/**
 * With which code a command ends that found these in a policy. Violated invariants alone are a gate that said no: the
 * policy is well-formed, and somebody decides whether it is what was meant.
 */
export function policyExit(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return EXIT.ok;
  return errors.every(({ code }) => code.startsWith('invariant/')) ? EXIT.gate : EXIT.compile;
}
