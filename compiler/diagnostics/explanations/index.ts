import type { DiagnosticCode } from '../registry.ts';
import { DEAD_EXPLANATIONS, INVARIANT_EXPLANATIONS, LINT_EXPLANATIONS } from './analysis.ts';
import { CATALOG_EXPLANATIONS } from './catalog.ts';
import { CEL_EXPLANATIONS } from './cel.ts';
import { CONTENT_EXPLANATIONS, IDENTITY_EXPLANATIONS, URI_EXPLANATIONS } from './content.ts';
import type { Explanation } from './explanation.ts';
import { LINK_EXPLANATIONS } from './link.ts';
import { POLICY_EXPLANATIONS } from './policy.ts';
import { YAML_EXPLANATIONS } from './yaml.ts';

/** What `mcpgw explain` says about each code. A code that has none does not compile. */
export const EXPLANATIONS: Readonly<Record<DiagnosticCode, Explanation>> = {
  ...YAML_EXPLANATIONS,
  ...POLICY_EXPLANATIONS,
  ...CATALOG_EXPLANATIONS,
  ...LINK_EXPLANATIONS,
  ...IDENTITY_EXPLANATIONS,
  ...URI_EXPLANATIONS,
  ...CONTENT_EXPLANATIONS,
  ...CEL_EXPLANATIONS,
  ...INVARIANT_EXPLANATIONS,
  ...DEAD_EXPLANATIONS,
  ...LINT_EXPLANATIONS,
};
