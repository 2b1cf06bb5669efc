import type { TestSuite, Workspace } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { Table } from './lookups.ts';
import type { LinkedGateway } from './model.ts';
import type { Names } from './names.ts';
import { selectByName } from './selectors.ts';

/** A test that names what does not exist would pass for the wrong reason. */
export function checkSuite(
  suite: Document<TestSuite>,
  gateways: Table<LinkedGateway>,
  workspace: Document<Workspace>,
  names: Names,
  report: Report,
): void {
  const { principals, tests } = suite.value;
  for (const name of Object.keys(principals)) checkPrincipal(suite, name, workspace, names, report);
  tests.forEach((item, at) => {
    const path = ['tests', at];
    if (!Object.hasOwn(principals, item.as)) {
      const known = Object.keys(principals);
      unknown(report, `the suite has no principal \`${item.as}\``, suite.spanAt([...path, 'as']), item.as, known);
    }
    if (item.client !== undefined) names.resolve('Client', item.client, () => suite.spanAt([...path, 'client']));
    const reference = names.resolve('Gateway', item.gateway, () => suite.spanAt([...path, 'gateway']));
    const gateway = gateways.get(item.gateway);
    if (reference === null || gateway === undefined) return;
    if ('call' in item) checkTool(suite, [...path, 'call'], item.call, gateway, report);
    if ('result' in item) checkTool(suite, [...path, 'result'], item.result, gateway, report);
    if ('sees' in item)
      item.sees.forEach((tool, index) => checkTool(suite, [...path, 'sees', index], tool, gateway, report));
  });
}

function checkPrincipal(
  suite: Document<TestSuite>,
  name: string,
  workspace: Document<Workspace>,
  names: Names,
  report: Report,
): void {
  const path = ['principals', name];
  const principal = suite.value.principals[name];
  if (principal === undefined) return;
  if ('robot' in principal) names.resolve('Robot', principal.robot, () => suite.spanAt([...path, 'robot']));
  else if ('token' in principal) {
    const known = Object.keys(workspace.value.issuers);
    if (known.includes(principal.token.issuer)) return;
    const span = suite.spanAt([...path, 'token', 'issuer']);
    unknown(report, `the workspace has no issuer \`${principal.token.issuer}\``, span, principal.token.issuer, known);
  } else {
    principal.teams?.forEach((team, at) => names.resolve('Team', team, () => suite.spanAt([...path, 'teams', at])));
    const { role } = principal;
    if (role !== undefined && role !== 'member') names.resolve('Role', role, () => suite.spanAt([...path, 'role']));
  }
}

/** `assignment/tool`, exactly: a test names one tool. */
function checkTool(
  suite: Document,
  path: readonly (string | number)[],
  text: string,
  gateway: LinkedGateway,
  report: Report,
): void {
  const slash = text.indexOf('/');
  const name = text.slice(0, slash);
  const assignment = gateway.assignments.get(name);
  if (assignment === undefined) {
    if (gateway.document.value.servers[name] !== undefined) return;
    const span = suite.spanInside(path, 0, slash);
    unknown(
      report,
      `gateway ${gateway.document.name} has no assignment \`${name}\``,
      span,
      name,
      [...gateway.assignments.keys()],
      'link/unknown-assignment',
    );
    return;
  }
  const tool = text.slice(slash + 1);
  // That a pending tool is denied is worth a test.
  if (assignment.server.definitions.some(({ definition }) => definition.kind === 'tool' && definition.name === tool))
    return;
  selectByName(
    'tool',
    [assignment.server],
    [{ text: tool, span: () => suite.spanInside(path, slash + 1, text.length) }],
    report,
  );
}

function unknown(
  report: Report,
  message: string,
  span: Span,
  name: string,
  known: readonly string[],
  code: 'link/unknown-reference' | 'link/unknown-assignment' = 'link/unknown-reference',
): void {
  report({
    code,
    message,
    span,
    ...adviseWord(name, known, span, `it has ${known.join(', ') || 'none'}`),
  });
}
