import { parseJsonTree } from '../../../../format/json-tree.ts';

/** JSON Web Signatures in compact form (RFC 7515): header and claims are objects, so both begin with `{"` in base 64. */
export const JWT_PATTERN = '\\beyJ[0-9A-Za-z_-]{8,}\\.eyJ[0-9A-Za-z_-]{8,}\\.[0-9A-Za-z_-]*';

const HEADER_UNITS_MAX = 8_192;

/** Whether the header can be read and names an algorithm. */
export function isJwt(token: string): boolean {
  const header = token.slice(0, token.indexOf('.'));
  if (header.length > HEADER_UNITS_MAX) return false;
  const parsed = parseJsonTree(Buffer.from(header, 'base64url').toString('utf8'));
  return parsed.ok && parsed.tree.kind === 'object' && parsed.tree.members.some(({ key }) => key === 'alg');
}
