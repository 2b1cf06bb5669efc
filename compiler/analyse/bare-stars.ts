import type { Problem, Report, Span } from '../diagnostics/diagnostic.ts';
import type { LinkedEntry, LinkedGrant } from '../link/model.ts';
import { Memo } from '../memo.ts';
import type { Analysed } from './analysed.ts';
import { listed } from './listed.ts';

const NAMES_SHOWN_MAX = 3;

/** A `*` that stands for all tools of a server, writing and destructive ones too: the next sync may bring more. */
export function findBareStars({ linked, gateways }: Analysed, report: Report): void {
  for (const { document, entries } of linked.allowlists) {
    document.value.allow.forEach((item, at) => {
      const star = item.tools?.indexOf('*') ?? -1;
      if (star === -1) return;
      const { start } = document.spanAt(['allow', at]);
      const own = entries.filter(({ span }) => span.start === start);
      reportStar(own, document.spanAt(['allow', at, 'tools', star]), report);
    });
  }
  for (const gateway of gateways) {
    for (const problem of starsBefore.of(gateway.granted, [], () => starsOf(gateway.granted))) report(problem);
  }
}

const starsBefore = new Memo<readonly LinkedGrant[], readonly Problem[]>();

function starsOf(grants: readonly LinkedGrant[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const { document, entries } of grants) {
    document.value.allow.forEach((item, at) => {
      if (!item.endsWith('/*')) return;
      const span = document.spanAt(['allow', at]);
      const own = entries.filter((entry) => entry.span.start === span.start);
      reportStar(own, span, (problem) => problems.push(problem));
    });
  }
  return problems;
}

function reportStar(entries: readonly LinkedEntry[], span: Span, report: Report): void {
  const tools = entries.flatMap((entry) => entry.tools).filter(({ definition }) => definition.effect !== 'read');
  if (tools.length === 0) return;
  const names = [...new Set(tools.map(({ definition }) => definition.name))];
  report({
    code: 'lint/bare-star',
    message: `\`*\` grants ${names.length === 1 ? 'a tool' : 'tools'} that ${names.length === 1 ? 'does' : 'do'} more than read: ${listed(names, NAMES_SHOWN_MAX)}`,
    span,
    help: 'write `effects: [read]` in an Allowlist, or name the tools',
  });
}
