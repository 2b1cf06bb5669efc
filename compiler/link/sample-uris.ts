import { UriIndex } from '../../dataplane/decide/uri-index.ts';
import { notNormal } from '../../dataplane/format/normal-uri.ts';
import type { LinkedMatch } from './model.ts';

/**
 * Resource URIs of a pattern that a match is about as well, where one of the two shows how such a URI may look: with its
 * runs left empty, or filled with one character. None proves nothing.
 *
 * @param isOpaque Of the server whose pattern it is.
 */
export function sampleUris(pattern: string, about: LinkedMatch['resources'], isOpaque: boolean): readonly string[] {
  if (about === 'none') return [];
  const given = new UriIndex([[pattern]], isOpaque);
  const wanted = about === 'any' ? given : new UriIndex([about], isOpaque);
  const texts = [pattern, ...(about === 'any' ? [] : about)].flatMap((text) => samplesOf(text, isOpaque));
  return [...new Set(texts)].filter(
    (uri) => given.matches(uri) && wanted.matches(uri) && (isOpaque || notNormal(uri) === null),
  );
}

function samplesOf(pattern: string, isOpaque: boolean): readonly string[] {
  if (isOpaque && pattern !== '**') return [pattern];
  // A pattern that begins with a run says nothing of the scheme.
  const scheme = pattern.startsWith('*') ? 'a:' : '';
  return ['a', ''].map((filling) => scheme + pattern.replaceAll(/\*+/g, filling));
}
