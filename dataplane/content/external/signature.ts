import { createHmac } from 'node:crypto';

const DOMAIN = 'mcpgw webhook v1';

/**
 * The fields that show a webhook who asks, when, and that nothing was changed on the way: HMAC-SHA-256 (RFC 2104) under the
 * shared secret, over the domain, a NUL, the time in Unix seconds as decimal digits, a NUL, and the body.
 */
export function signQuestion(secret: string, unixSeconds: number, body: Buffer): Readonly<Record<string, string>> {
  const time = String(unixSeconds);
  const mac = createHmac('sha256', Buffer.from(secret, 'utf8')).update(`${DOMAIN}\0${time}\0`, 'utf8').update(body);
  return { 'mcpgw-timestamp': time, 'mcpgw-signature': `v1=${mac.digest('hex')}` };
}
