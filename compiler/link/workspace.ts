import type { Workspace } from '../../schemas/types/documents.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { Names } from './names.ts';

/** The one Workspace; null, with a diagnostic, when there is none or several. */
export function linkWorkspace(
  documents: readonly Document[],
  broken: ReadonlySet<string>,
  report: Report,
): Document<Workspace> | null {
  const found = documents.filter((document): document is Document<Workspace> => document.kind === 'Workspace');
  const [first, second] = found;
  if (first === undefined) {
    const [file] = documents;
    const isBroken = [...broken].some((name) => name.startsWith('Workspace/'));
    if (!isBroken && file !== undefined) {
      report({
        code: 'policy/no-workspace',
        message: 'no document of kind Workspace',
        span: { file: file.file, start: 0, end: 0 },
        help: 'every policy folder has exactly one Workspace; `mcpgw init` writes one',
      });
    }
    return null;
  }
  if (second !== undefined) {
    report({
      code: 'policy/two-workspaces',
      message: 'a policy folder has exactly one Workspace',
      span: second.span,
      help: 'remove one, or give them folders of their own',
      related: [{ message: 'the first one', span: first.span }],
    });
  }
  return first;
}

/** Compiling for an environment that the workspace does not have would drop every document that names one. */
export function checkEnvironment(workspace: Document<Workspace>, environment: string, report: Report): void {
  const known = workspace.value.environments;
  if (known.includes(environment)) return;
  report({
    code: 'link/unknown-environment',
    message: `the workspace has no environment \`${environment}\``,
    span: workspace.spanAt(['environments']),
    help: didYouMean(environment, known) ?? `it has ${known.join(', ')}`,
  });
}

/** Names of environments are references to the workspace's list. */
export function checkEnvironments(
  workspace: Document<Workspace>,
  restricted: readonly Document[],
  report: Report,
): void {
  const known = workspace.value.environments;
  for (const document of restricted) {
    document.value.environments?.forEach((environment, at) => {
      if (known.includes(environment)) return;
      const span = document.spanAt(['environments', at]);
      report({
        code: 'link/unknown-environment',
        message: `the workspace has no environment \`${environment}\``,
        span,
        ...adviseWord(environment, known, span, `it has ${known.join(', ')}`),
        related: [{ message: 'environments are listed here', span: workspace.spanAt(['environments']) }],
      });
    });
  }
}

/** Who answers for a server or a gateway is a Team; the role of everybody else exists. */
export function checkOwnersAndDefaults(workspace: Document<Workspace>, names: Names): void {
  for (const document of [...names.all('Server'), ...names.all('Gateway')]) {
    document.value.owners?.forEach((owner, at) => names.resolve('Team', owner, () => document.spanAt(['owners', at])));
  }
  const role = workspace.value.defaults?.role;
  if (role !== undefined && role !== BUILT_IN_ROLE)
    names.resolve('Role', role, () => workspace.spanAt(['defaults', 'role']));
}

/** Everybody's role unless the policy says otherwise; it has no capabilities. */
const BUILT_IN_ROLE = 'member';
