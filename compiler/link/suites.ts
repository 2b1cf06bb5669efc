import type { DefinitionKind } from '../../dataplane/format/definition-digest.ts';
import type { TestResource, TestSuite, Workspace } from '../../schemas/types/documents.ts';
import { adviseWord } from '../fix/replace-word.ts';
import type { Report, Span } from '../diagnostics/diagnostic.ts';
import type { Document } from '../source/document.ts';
import type { Table } from './lookups.ts';
import type { LinkedAssignment, LinkedGateway } from './model.ts';
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
    const check = (kind: DefinitionKind, key: readonly (string | number)[], text: string): void =>
      checkNamed(suite, kind, [...path, ...key], text, gateway, report);
    if ('call' in item) check('tool', ['call'], item.call);
    if ('prompt' in item) check('prompt', ['prompt'], item.prompt);
    if ('read' in item) checkRead(suite, [...path, 'read'], item.read, gateway, report);
    if ('result' in item) check('tool', ['result'], item.result);
    if ('sees' in item) item.sees.forEach((text, index) => check('tool', ['sees', index], text));
    if ('seesPrompts' in item) item.seesPrompts.forEach((text, index) => check('prompt', ['seesPrompts', index], text));
    if ('seesTemplates' in item) {
      item.seesTemplates.forEach((text, index) => check('template', ['seesTemplates', index], text));
    }
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

/** `assignment/tool`, exactly: a test names one. */
function checkNamed(
  suite: Document,
  kind: DefinitionKind,
  path: readonly (string | number)[],
  text: string,
  gateway: LinkedGateway,
  report: Report,
): void {
  const slash = text.indexOf('/');
  const assignment = assignmentNamed(text.slice(0, slash), gateway, () => suite.spanInside(path, 0, slash), report);
  if (assignment === null) return;
  const name = text.slice(slash + 1);
  // That something pending is denied is worth a test.
  const isKnown = assignment.server.definitions.some(
    ({ definition }) => definition.kind === kind && definition.name === name,
  );
  if (isKnown) return;
  const span = (): Span => suite.spanInside(path, slash + 1, text.length);
  selectByName(kind, [assignment.server], [{ text: name, span }], report);
}

/** Any URI may be tried: that one which is not in normal form is refused is worth a test. */
function checkRead(
  suite: Document,
  path: readonly (string | number)[],
  { server }: TestResource,
  gateway: LinkedGateway,
  report: Report,
): void {
  assignmentNamed(server, gateway, () => suite.spanAt([...path, 'server']), report);
}

/** Null, with a diagnostic unless there is one already, when the gateway has none of that name. */
function assignmentNamed(
  name: string,
  gateway: LinkedGateway,
  span: () => Span,
  report: Report,
): LinkedAssignment | null {
  const assignment = gateway.assignments.get(name);
  if (assignment !== undefined) return assignment;
  if (gateway.document.value.servers[name] !== undefined) return null;
  const message = `gateway ${gateway.document.name} has no assignment \`${name}\``;
  unknown(report, message, span(), name, [...gateway.assignments.keys()], 'link/unknown-assignment');
  return null;
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
