/**
 * Turns offsets in code points (Unicode 16.0, 3.4), as Presidio counts, into UTF-16 units of the same text. Null for what is
 * no offset in it.
 */
export function unitsOfCodePoints(text: string): (offset: unknown) => number | null {
  const starts = hasPairs(text) ? startsOf(text) : null;
  const last = starts === null ? text.length : starts.length - 1;
  return (offset) => {
    if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0 || offset > last) return null;
    return starts === null ? offset : (starts[offset] ?? null);
  };
}

function hasPairs(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) return true;
  }
  return false;
}

/** Where each code point begins, and where the text ends. Half a pair is sent as one character, and counts as one. */
function startsOf(text: string): Uint32Array {
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const character of text) {
    starts[count] = unit;
    unit += character.length;
    count++;
  }
  starts[count] = unit;
  return starts.subarray(0, count + 1);
}
