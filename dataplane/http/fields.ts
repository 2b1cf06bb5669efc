const SPACE = 0x20;
const TAB = 0x09;
const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;

const UPPER_CASE = 2;

/** Bytes of a field name, `tchar` of RFC 9110 section 5.6.2: 0 is none, `UPPER_CASE` a letter that has a lower case. */
const TOKEN = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= SPACE || byte >= 0x7f || '"(),/:;<=>?@[\\]{}'.includes(String.fromCharCode(byte))) return 0;
  return byte >= 0x41 && byte <= 0x5a ? UPPER_CASE : 1;
});

/** Bytes of a field value (RFC 9110 section 5.5): no control but the tab. */
const VALUE = Uint8Array.from({ length: 256 }, (_, byte) => (byte === TAB || (byte >= SPACE && byte !== 0x7f) ? 1 : 0));

/**
 * HOT PATH. Reads field lines (RFC 9112 section 5) from `from` to `end`, which is after a CRLF. `text`: the same bytes as
 * Latin-1. Puts names in lower case and values without surrounding white space into `into`, in turn. False where any line is
 * not exactly as the RFC has it: folded, with a space before its colon, with a bare CR or LF, with a control character; or
 * where there are more than `linesMax`. Two readers could take such lines for different things.
 */
export function readFields(
  bytes: Buffer,
  text: string,
  from: number,
  end: number,
  linesMax: number,
  into: string[],
): boolean {
  let at = from;
  for (let lines = 0; at < end; lines++) {
    if (lines === linesMax) return false;
    const name = at;
    let kinds = 0;
    for (let kind = TOKEN[bytes[at] ?? 0] ?? 0; kind !== 0; kind = TOKEN[bytes[at] ?? 0] ?? 0) {
      kinds |= kind;
      at++;
    }
    if (at === name || bytes[at] !== COLON) return false;
    const nameEnd = at++;
    while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    const value = at;
    while (VALUE[bytes[at] ?? 0] === 1) at++;
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return false;
    let valueEnd = at;
    while (valueEnd > value && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB)) valueEnd--;
    at += 2;
    const written = text.slice(name, nameEnd);
    into.push((kinds & UPPER_CASE) === 0 ? written : written.toLowerCase(), text.slice(value, valueEnd));
  }
  return at === end;
}

/**
 * Whether the beginning of a head, from `from` on, can still become one: lines end in CRLF and hold no control characters.
 * What cannot is refused at once, rather than when its time is up.
 */
export function canBecomeHead(bytes: Buffer, from: number): boolean {
  // What follows a CR is known only now.
  for (let at = Math.max(0, from - 1); at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (VALUE[byte] === 1) continue;
    if (byte === CR && (at + 1 === bytes.length || bytes[at + 1] === LF)) continue;
    if (byte === LF && at > 0 && bytes[at - 1] === CR) continue;
    return false;
  }
  return true;
}

/** A number of bytes as `Content-Length` has it (RFC 9110 section 8.6): digits alone, few enough to count exactly; else -1. */
export function parseLength(text: string): number {
  if (text.length === 0 || text.length > 15) return -1;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}

/** Whether a list of tokens, such as `Connection`, has one; `token` in lower case. */
export function hasToken(list: string, token: string): boolean {
  return (
    list === token ||
    list
      .toLowerCase()
      .split(',')
      .some((entry) => entry.trim() === token)
  );
}

/** Field lines to send; null where a name or value could break out of its line. */
export function renderFields(fields: readonly (readonly [name: string, value: string])[]): string | null {
  let lines = '';
  for (const [name, value] of fields) {
    if (name === '' || !consistsOf(TOKEN, name) || !consistsOf(VALUE, value)) return null;
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

function consistsOf(table: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    // What is no Latin-1 is not in the table.
    if ((table[text.charCodeAt(at)] ?? 0) === 0) return false;
  }
  return true;
}
