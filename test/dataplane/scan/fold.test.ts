import { expect, test } from 'vitest';
import { foldKey } from '../../../dataplane/json/fold.ts';

/** Unicode's simple case folding, as the flags `iu` of RegExp have it. */
function equalUnderCaseFolding(a: string, b: string): boolean {
  return new RegExp(`^\\u{${a.codePointAt(0)?.toString(16)}}$`, 'iu').test(b);
}

test('letters that any reader could fold together fold together', () => {
  const missed: string[] = [];
  for (let code = 0x41; code <= 0x1ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const letter = String.fromCodePoint(code);
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      if (other === letter || Array.from(other).length !== 1) continue;
      if (equalUnderCaseFolding(letter, other) && foldKey(letter) !== foldKey(other)) missed.push(letter);
    }
  }
  expect(missed).toEqual([]);
});

test('control, format and default ignorable characters do not count', () => {
  const unseen = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;
  const missed: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    if (unseen.test(character) && foldKey(`na${character}me`) !== 'NAME') missed.push(code.toString(16));
  }
  expect(missed).toEqual([]);
});

test('letters that are seen and differ stay apart', () => {
  expect(foldKey('name')).not.toBe(foldKey('nаme'));
  expect(foldKey('naive')).not.toBe(foldKey('naïve'));
});
