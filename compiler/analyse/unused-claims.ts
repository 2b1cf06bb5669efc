import type { Report } from '../diagnostics/diagnostic.ts';
import type { Analysed } from './analysed.ts';
import { readingsOf } from './expression-reads.ts';

/** Claims that the Workspace declares for conditions, and no condition reads. */
export function findUnusedClaims({ linked, policy }: Analysed, report: Report): void {
  const read = new Set<string | undefined>();
  for (const { reads, expression } of policy.conditions) {
    if (!reads.includes('claims')) continue;
    // A condition that takes the whole record may read any of it.
    for (const { path } of readingsOf(expression)) if (path[0] === 'claims') read.add(path[1]);
  }
  if (read.has(undefined)) return;
  const { workspace } = linked;
  for (const name of Object.keys(workspace.value.claims ?? {})) {
    if (read.has(name)) continue;
    report({
      code: 'lint/unused-claim',
      message: `no condition reads the claim \`${name}\``,
      span: workspace.spanAt(['claims', name], 'key'),
      help: 'remove it here and where issuers map it, or read it in a condition',
    });
  }
}
