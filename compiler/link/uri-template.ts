import { TEMPLATE_ALTERNATIVES_MAX } from '../limits.ts';
import { shapeOfPattern, shapeOfText, type UriShape } from './uri-overlap.ts';

/**
 * Patterns that together match every URI in normal form that a URI template (RFC 6570) expands to, and perhaps more. Of a
 * server with opaque URIs, the text of a template without expressions, else any.
 */
export function templatePatterns(template: string, isOpaque: boolean): readonly string[] {
  if (isOpaque) return template.includes('{') ? ['**'] : [template];
  return alternativesOf(template).map((parts) =>
    parts.map((part) => ('text' in part ? part.text : RUNS[part.run])).join(''),
  );
}

/** The shapes of what a template expands to. */
export function templateShapes(template: string, isOpaque: boolean): readonly UriShape[] {
  if (!isOpaque) return templatePatterns(template, false).map((pattern) => shapeOfPattern(pattern, false));
  const shape = partsOf(template).flatMap((part): UriShape =>
    'text' in part ? shapeOfText(part.text) : [{ run: 'any' }],
  );
  return [shape];
}

type Part = { readonly text: string } | { readonly operator: string };
type Alternative = readonly ({ readonly text: string } | { readonly run: keyof typeof RUNS })[];

const RUNS = { segment: '*', path: '**' } as const;
const NOTHING: Alternative = [];

/** What an expression may become, by its operator (RFC 6570, section 3.2): absent variables leave nothing. */
const EXPANSIONS: ReadonlyMap<string, readonly Alternative[]> = new Map<string, readonly Alternative[]>([
  ['', [[{ run: 'segment' }]]],
  ['.', [[{ run: 'segment' }]]],
  [';', [[{ run: 'segment' }]]],
  ['&', [[{ run: 'segment' }]]],
  ['/', [[{ run: 'path' }]]],
  ['+', [[{ run: 'path' }], [{ run: 'path' }, { text: '?' }, { run: 'path' }]]],
  ['?', [NOTHING, [{ text: '?' }, { run: 'segment' }]]],
  // What has a fragment is not in normal form.
  ['#', [NOTHING]],
]);

function alternativesOf(template: string): readonly Alternative[] {
  let found: readonly Alternative[] = [NOTHING];
  for (const part of partsOf(template)) {
    const next = 'text' in part ? [[part]] : (EXPANSIONS.get(part.operator) ?? []);
    found = found.flatMap((before) => next.map((after) => [...before, ...after]));
    if (found.length > TEMPLATE_ALTERNATIVES_MAX) return wide(template);
  }
  return found;
}

/** Whatever begins as the template does. */
function wide(template: string): readonly Alternative[] {
  const text = template.slice(0, template.indexOf('{'));
  return [
    [{ text }, { run: 'path' }],
    [{ text }, { run: 'path' }, { text: '?' }, { run: 'path' }],
  ];
}

/** Texts and expressions in turn. What is no expression of RFC 6570 may become anything that `{+x}` may. */
function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open === -1) break;
    if (open > at) parts.push({ text: template.slice(at, open) });
    const close = template.indexOf('}', open);
    const operator = template.charAt(open + 1);
    const isName = /[A-Za-z0-9_%]/.test(operator);
    parts.push({ operator: close === -1 ? '+' : isName ? '' : EXPANSIONS.has(operator) ? operator : '+' });
    at = close === -1 ? template.length : close + 1;
  }
  if (at < template.length) parts.push({ text: template.slice(at) });
  return parts;
}
