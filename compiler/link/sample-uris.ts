import { UriIndex } from '../../dataplane/decide/uri-index.ts';
import { notNormal } from '../../dataplane/format/normal-uri.ts';

/**
 * Resource URIs that fit all of some patterns, where one of them shows how such a URI may look: with its runs left empty, or
 * filled with one character, or with what stands behind one of the beginnings. None proves nothing.
 *
 * @param beginnings Texts that URIs in question are, or begin with.
 * @param isOpaque Of the server whose patterns they are.
 */
export function sampleUris(
  patterns: readonly string[],
  beginnings: readonly string[],
  isOpaque: boolean,
): readonly string[] {
  const indices = patterns.map((pattern) => new UriIndex([[pattern]], isOpaque));
  const samples = [
    ...patterns.flatMap((pattern) => samplesOf(pattern, isOpaque)),
    ...beginnings.flatMap((text) => [text, `${text}a`]),
  ];
  return [...new Set(samples)].filter(
    (uri) => indices.every((index) => index.matches(uri)) && (isOpaque || notNormal(uri) === null),
  );
}

function samplesOf(pattern: string, isOpaque: boolean): readonly string[] {
  if (isOpaque && pattern !== '**') return [pattern];
  // A pattern that begins with a run says nothing of the scheme.
  const scheme = pattern.startsWith('*') ? 'a:' : '';
  return ['a', ''].map((filling) => scheme + pattern.replaceAll(/\*+/g, filling));
}
