import type { PolicyDocument } from '../../schemas/types/documents.ts';
import type { Problem, Report, Span } from '../diagnostics/diagnostic.ts';
import { quote, quoteList } from '../diagnostics/quote.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { fixOf } from '../fix/repair.ts';
import { adviseWord } from '../fix/replace-word.ts';
import { describeType, fieldOf, keysOf, typeOf } from './describe.ts';
import type { Path } from './document.ts';
import { explainSchemaErrors } from './explain-schema-errors.ts';
import { findInexact } from './inexact-numbers.ts';
import { findNotYet, notYetKind, NOT_YET_KINDS } from './not-yet.ts';
import type { ParsedDocument } from './parse-documents.ts';
import { PathSet } from './path-set.ts';
import { POLICY_SCHEMAS } from './policy-schemas.ts';
import { spanAt } from './source-tree.ts';
import { validate } from './validate.ts';

const KINDS: readonly string[] = [...POLICY_SCHEMAS.keys()];

/** A document's value, checked by its kind; null when it has any mistake, each of which is reported once. */
export function checkDocument(parsed: ParsedDocument, report: Report): PolicyDocument | null {
  if (parsed.unknown.covers([])) return null;
  if (typeOf(parsed.value) !== 'object') {
    report({
      code: 'policy/wrong-type',
      message: `a document must be a mapping, not ${describeType(typeOf(parsed.value))}`,
      span: parsed.node.value,
      help: 'begin it with `kind:`',
    });
    return null;
  }
  const kind = fieldOf(parsed.value, 'kind');
  if (typeof kind === 'string' && POLICY_SCHEMAS.has(kind)) return checkKind(parsed, kind, report);
  if (!parsed.unknown.covers(['kind'])) report(wrongKind(parsed, kind));
  return null;
}

function wrongKind(parsed: ParsedDocument, kind: unknown): Problem {
  const span = spanAt(parsed.node, ['kind'], 'value', headOf(parsed));
  if (kind === undefined) {
    const similar = keysOf(parsed.value).find((key) => suggest(key, ['kind']) !== null);
    return {
      code: 'policy/missing-kind',
      message: 'the document does not say its `kind`',
      span: similar === undefined ? span : spanAt(parsed.node, [similar], 'key', span),
      help: similar === undefined ? `add \`kind:\` with ${quoteList(KINDS)}` : 'did you mean `kind`?',
    };
  }
  if (typeof kind !== 'string') {
    const message = `\`kind\` must be a text, not ${describeType(typeOf(kind))}`;
    return { code: 'policy/wrong-type', message, span, help: `write ${quoteList(KINDS)}` };
  }
  const notYet = notYetKind(kind);
  if (notYet !== null) return { code: 'policy/not-yet', span, ...notYet };
  return {
    code: 'policy/unknown-kind',
    message: `${quote(kind)} is not a kind`,
    span,
    ...adviseWord(kind, [...KINDS, ...NOT_YET_KINDS], span, `kinds are ${quoteList(KINDS, 'and')}`),
  };
}

function checkKind(parsed: ParsedDocument, kind: string, report: Report): PolicyDocument | null {
  const { node: root, unknown } = parsed;
  const place = (path: Path, part: 'key' | 'value'): Span => spanAt(root, path, part, headOf(parsed));
  const notYet = findNotYet(kind, parsed.value);
  const refused = new PathSet();
  for (const { path, message, help } of notYet) {
    refused.add(path);
    if (unknown.covers(path)) continue;
    report({ code: 'policy/not-yet', message, span: place(path, 'key'), help });
  }
  const validation = validate(kind, parsed.value);
  const findings = validation.ok
    ? []
    : explainSchemaErrors(validation.errors, { kind, value: parsed.value, root }).filter(
        ({ path }) => !unknown.covers(path) && !refused.covers(path) && !isAround(path, notYet),
      );
  for (const { code, message, help, path, part, repair } of findings) {
    const span = place(path, part);
    report({ code, message, help, span, fix: repair === undefined ? null : fixOf(repair, root, path, span) });
  }
  const inexact = findInexact(root).filter(
    (path) => !unknown.covers(path) && !findings.some((finding) => isPrefix(finding.path, path)),
  );
  for (const path of inexact) {
    report({
      code: 'yaml/inexact-number',
      message: 'the number would not keep its value',
      span: place(path, 'value'),
      help: 'write one that a double can hold exactly, or quote it if it is a text',
    });
  }
  return validation.ok && parsed.isSound && unknown.isEmpty && inexact.length === 0 ? validation.value : null;
}

/** An unsupported field may be what a required one is missing for: `detect: { pii: … }` has no `regex`. */
function isAround(path: Path, notYet: readonly { readonly path: Path }[]): boolean {
  return notYet.some((field) => field.path.length === path.length + 1 && isPrefix(path, field.path) && path.length > 0);
}

function isPrefix(start: Path, path: Path): boolean {
  return start.every((step, at) => path[at] === step);
}

/** Where to point when nothing closer is written: the name, else the kind, else the first key. */
function headOf({ node }: ParsedDocument): Span {
  const head = node.children.get('name') ?? node.children.get('kind');
  if (head !== undefined) return head.value;
  return [...node.children.values()][0]?.key ?? node.value;
}
