import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { notNormal, notNormalPattern } from '../../../dataplane/format/normal-uri.ts';
import { isNormal } from '../../reference/selectors.ts';

const NORMAL: readonly (readonly [name: string, uri: string])[] = [
  ['a path behind a host', 'repo://acme/web/readme'],
  ['a host alone', 'https://acme.dev'],
  ['a last segment that is empty', 'https://acme.dev/'],
  ['a last segment that is empty, farther down', 'repo://acme/web/'],
  ['no host', 'file:///etc/hosts'],
  ['a path without a root', 'urn:isbn:0451450523'],
  ['a path with a root and no host', 'repo:/acme/web'],
  ['nothing behind the scheme', 'repo:'],
  ['a scheme with other characters', 'git+ssh.v2-x://acme/web'],
  ['a port', 'http://127.0.0.1:8080/x'],
  ['an address of version 6', 'http://[::1]:8080/x'],
  ['a query', 'repo://acme/web?ref=main'],
  ['a query with slashes, colons and question marks', 'repo://acme/web?ref=a/b:c?d'],
  ['dots in a query', 'repo://acme/web?path=../x'],
  ['dots within a segment', 'repo://acme/..web/we..b/...'],
  ['capital letters in a path', 'repo://acme/README'],
  ['an encoding that is needed', 'repo://acme/%C3%A9%20%3C'],
  ['characters that separate nothing in a path', "repo://acme/a~b!c$d&e'f(g)h*i+j,k;l=m:n@o"],
  ['a percent-encoded bracket', 'repo://acme/%5Bx%5D'],
];

const NOT_NORMAL: readonly (readonly [name: string, uri: string])[] = [
  ['nothing', ''],
  ['no scheme', '/acme/web'],
  ['no scheme before a host', '//acme/web'],
  ['an empty scheme', '://acme/web'],
  ['a scheme in capitals', 'REPO://acme/web'],
  ['a capital in the scheme', 'rePo://acme/web'],
  ['a scheme that begins with a digit', '1repo://acme/web'],
  ['a host in capitals', 'repo://Acme/web'],
  ['a user name', 'repo://ana@acme/web'],
  ['a user name and a password', 'repo://ana:x@acme/web'],
  ['an empty user name', 'repo://@acme/web'],
  ['a fragment', 'repo://acme/web#top'],
  ['an empty fragment', 'repo://acme/web#'],
  ['a backslash', String.raw`repo://acme\web`],
  ['a line feed', 'repo://acme/web\n'],
  ['a NUL', 'repo://acme/\u0000'],
  ['a DEL', 'repo://acme/\u007f'],
  ['a space', 'repo://acme/a b'],
  ['a letter beyond ASCII', 'repo://acme/é'],
  ['a full-width solidus', 'repo://acme／web'],
  ['angle brackets', 'repo://acme/<x>'],
  ['a quotation mark', 'repo://acme/"x"'],
  ['a vertical bar', 'repo://acme/a|b'],
  ['braces', 'repo://acme/{name}'],
  ['brackets in a path', 'repo://acme/[x]'],
  ['brackets in a query', 'repo://acme/web?ids[]=1'],
  ['a bracket in a host', 'repo://ac[me/web'],
  ['an address that is not closed', 'http://[::1/x'],
  ['something behind an address', 'http://[::1]x/y'],
  ['a dot segment', 'repo://acme/./web'],
  ['two dots', 'repo://acme/../web'],
  ['dots at the end', 'repo://acme/web/..'],
  ['a dot at the end', 'repo://acme/web/.'],
  ['dots before a query', 'repo://acme/web/..?x'],
  ['dots without a host', 'repo:/acme/../web'],
  ['dots without a root', 'repo:../web'],
  ['a dot without a root', 'repo:.'],
  ['an empty segment', 'repo://acme//web'],
  ['an empty segment first', 'repo:////acme'],
  ['two empty segments at the end', 'repo://acme/web//'],
  ['an encoding in small letters', 'repo://acme/%c3%a9'],
  ['an encoding cut off', 'repo://acme/%C'],
  ['an encoding without digits', 'repo://acme/%'],
  ['an encoding of other letters', 'repo://acme/%GG'],
  ['an encoded letter', 'repo://acme/%61'],
  ['an encoded digit', 'repo://acme/%31'],
  ['an encoded hyphen', 'repo://acme/a%2Db'],
  ['encoded dots', 'repo://acme/%2E%2E/web'],
  ['an encoded tilde', 'repo://acme/%7Eana'],
  ['an encoded underscore', 'repo://acme/a%5Fb'],
  ['an encoded slash', 'repo://acme/a%2Fb'],
  ['an encoded backslash', 'repo://acme/a%5Cb'],
  ['an encoded NUL', 'repo://acme/a%00'],
  ['an encoded percent sign', 'repo://acme/%2561'],
  ['an encoded slash in a query', 'repo://acme/web?ref=a%2Fb'],
  ['an encoded letter in a query', 'repo://acme/web?ref=%61'],
  ['a colon without a port', 'http://acme.dev:/x'],
  ['a port that is no number', 'http://acme.dev:http/x'],
  ['a port with a leading zero', 'http://acme.dev:080/x'],
  ['two ports', 'http://acme.dev:80:80/x'],
];

describe('in normal form is', () => {
  test.each(NORMAL)('%s', (_name, uri) => {
    expect(notNormal(uri)).toBeNull();
  });
});

describe('not in normal form is', () => {
  test.each(NOT_NORMAL)('%s', (_name, uri) => {
    expect(notNormal(uri)).toMatch(/^(?:it|its|a|%)/);
  });
});

describe('a pattern', () => {
  const cases: readonly (readonly [name: string, pattern: string, isNormal: boolean])[] = [
    ['may have runs anywhere behind the scheme', 'repo://*.acme.dev:*/**/x*?ref=*', true],
    ['may begin with a run', '**/readme', true],
    ['may be nothing but a run', '**', true],
    ['has no runs within its scheme', 're*://acme', false],
    ['has no dot segments, as nothing has', '**/../readme', false],
    ['has no empty segments, as nothing has', 'repo://acme//*', false],
    ['is encoded as URIs are', 'repo://acme/%7E*', false],
    ['has no fragment', 'repo://acme/*#*', false],
  ];
  test.each(cases)('%s', (_name, pattern, expected) => {
    expect(notNormalPattern(pattern) === null).toBe(expected);
  });
});

test('what passes is what the regular expression of RFC 3986 takes apart into parts that cannot be written otherwise', () => {
  const parts = fc.constantFrom(
    'a',
    'B',
    '.',
    '..',
    '/',
    '//',
    ':',
    '?',
    '#',
    '@',
    '%61',
    '%C3',
    '%2F',
    '%2f',
    'é',
    '~',
  );
  const uris = fc
    .tuple(fc.constantFrom('repo:', 'repo://', 'repo:/', 'Repo:', ''), fc.array(parts, { maxLength: 8 }))
    .map(([scheme, rest]) => scheme + rest.join(''));
  fc.assert(
    fc.property(uris, (uri) => {
      const verdict = notNormal(uri);
      // Ports and hosts are read more strictly than the rule asks.
      if (verdict !== null && /^its (?:port|host is none)/.test(verdict)) return;
      expect(verdict === null).toBe(isNormal(uri));
    }),
    { numRuns: 5_000 },
  );
});
