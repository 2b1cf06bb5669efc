import type { Diagnostic, Fix, RelatedPlace, Replacement, SourceFile, Span } from './diagnostic.ts';
import { EXPLANATIONS } from './explanations/index.ts';
import { renderPage, renderPageMarkdown } from './render-page.ts';
import { positionAt } from './position.ts';
import { DIAGNOSTICS, type DiagnosticCode } from './registry.ts';

/** Every code is a rule, whether it occurs or not, so that a rule has the same index in every run. */
const CODES = Object.keys(DIAGNOSTICS).sort() as readonly DiagnosticCode[];

/**
 * SARIF 2.1.0, for code scanning. Paths are relative to the root of the repository, percent-encoded; columns count
 * Unicode code points. The same bytes for the same diagnostics.
 */
export function renderSarif(diagnostics: readonly Diagnostic[], version: string): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mcpgw', version, informationUri: 'https://mcpgw.dev', rules: CODES.map(ruleOf) } },
        columnKind: 'unicodeCodePoints',
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'the folder in which mcpgw was started' } } },
        results: diagnostics.map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(code: DiagnosticCode): object {
  const { severity, summary } = DIAGNOSTICS[code];
  return {
    id: code,
    shortDescription: { text: summary },
    fullDescription: { text: EXPLANATIONS[code].meaning },
    help: { text: renderPage(code), markdown: renderPageMarkdown(code) },
    defaultConfiguration: { level: severity },
    properties: { tags: [code.slice(0, code.indexOf('/'))] },
  };
}

function resultOf({ code, severity, message, span, help, related, fix }: Diagnostic): object {
  return {
    ruleId: code,
    ruleIndex: CODES.indexOf(code),
    level: severity,
    message: { text: help === null ? message : `${message}\nhelp: ${help}` },
    locations: [{ physicalLocation: placeOf(span) }],
    ...(related.length === 0 ? {} : { relatedLocations: related.map(relatedOf) }),
    ...(fix === null ? {} : { fixes: [fixOf(fix)] }),
  };
}

function relatedOf({ message, span }: RelatedPlace, at: number): object {
  return { id: at + 1, message: { text: message }, physicalLocation: placeOf(span) };
}

function fixOf({ title, edits }: Fix): object {
  const changes = [...Map.groupBy(edits, ({ span }) => span.file)];
  return {
    description: { text: title },
    artifactChanges: changes.map(([file, replacements]) => ({
      artifactLocation: artifactOf(file),
      replacements: replacements.map(replacementOf),
    })),
  };
}

function replacementOf({ span, insert }: Replacement): object {
  return { deletedRegion: regionOf(span), insertedContent: { text: insert } };
}

function placeOf(span: Span): object {
  return { artifactLocation: artifactOf(span.file), region: regionOf(span) };
}

function artifactOf({ path }: SourceFile): object {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? { uri: `file://${uri}` } : { uri, uriBaseId: '%SRCROOT%' };
}

function regionOf({ file, start, end }: Span): object {
  const [from, to] = [positionAt(file, start), positionAt(file, end)];
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}
