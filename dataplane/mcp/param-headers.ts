import type { ParamHeader } from '../../schemas/types/catalog.ts';
import type { Header } from '../http/exchange.ts';
import type { RequestHeaders } from '../http/request-headers.ts';
import { parseJsonTree, memberOf, type JsonTree } from '../format/json-tree.ts';
import type { Check } from './era.ts';
import { decodeHeaderValue, encodeHeaderValue } from './header-values.ts';
import type { Span } from './scan-level.ts';

/**
 * Holds `Mcp-Param-*` against the arguments (2026-07-28 streamable-http, Server Behavior for Custom Headers): one for
 * each annotated value that is there, none for one that is not, numbers compared as numbers.
 */
export function checkParams(
  declared: readonly ParamHeader[],
  body: Buffer,
  args: Span | null,
  headers: RequestHeaders,
): Check {
  if (declared.length === 0) return null;
  const tree = readArguments(body, args);
  for (const { path, header } of declared) {
    const value = valueAt(tree, path);
    const sent = headers.get(`mcp-param-${header.toLowerCase()}`);
    if (agrees(value, sent)) continue;
    return { reason: 'header-mismatch', detail: `Mcp-Param-${header} does not match the body`, data: null };
  }
  return null;
}

/** The headers of the arguments that go upstream, made anew since content rules may have changed them. */
export function paramHeaders(declared: readonly ParamHeader[], body: Buffer, args: Span | null): readonly Header[] {
  if (declared.length === 0) return [];
  const tree = readArguments(body, args);
  const headers: Header[] = [];
  for (const { path, header } of declared) {
    const value = valueAt(tree, path);
    if (value !== null) headers.push([`mcp-param-${header.toLowerCase()}`, encodeHeaderValue(value.text)]);
  }
  return headers;
}

interface ParamValue {
  /** As the header carries it. */
  readonly text: string;
  readonly isNumber: boolean;
}

function readArguments(body: Buffer, args: Span | null): JsonTree | null {
  if (args === null) return null;
  const parsed = parseJsonTree(body.toString('utf8', args.start, args.end));
  return parsed.ok ? parsed.tree : null;
}

/** The value as text; null where there is none, and where no client could send it as a header. */
function valueAt(tree: JsonTree | null, path: readonly string[]): ParamValue | null {
  let node = tree;
  for (const key of path) node = node === null ? null : memberOf(node, key);
  if (node === null) return null;
  switch (node.kind) {
    case 'string':
      return { text: node.value, isNumber: false };
    case 'number': {
      const number = Number(node.token);
      const exact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
      return exact ? { text: String(number), isNumber: true } : null;
    }
    case 'literal':
      return node.value === null ? null : { text: String(node.value), isNumber: false };
    case 'object':
    case 'array':
      return null;
  }
}

function agrees(value: ParamValue | null, sent: string | null): boolean {
  if (value === null || sent === null) return value === null && sent === null;
  const text = decodeHeaderValue(sent);
  if (text === null) return false;
  if (!value.isNumber) return text === value.text;
  return /^-?[0-9]+(?:\.[0-9]+)?$/.test(text) && Number(text) === Number(value.text);
}
