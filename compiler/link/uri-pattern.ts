import { notNormalPattern } from '../../dataplane/format/normal-uri.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { LinkedServer } from './model.ts';
import type { Written } from './selectors.ts';

/**
 * A pattern that no URI can match would grant nothing, or guard nothing, and look as if it did.
 *
 * @param servers Those whose resources it is about. URIs of an opaque one have no parts that a `*` could stand for.
 */
export function checkUriPattern(pattern: Written, servers: readonly LinkedServer[], report: Report): void {
  const opaque = servers.filter(({ document }) => document.value.uris === 'opaque');
  const { text } = pattern;
  const [first] = opaque;
  if (first !== undefined && text.includes('*') && text !== '**') {
    report({
      code: 'uri/opaque',
      message: `\`${text}\` cannot be about resources of ${first.document.name}, whose URIs are opaque`,
      span: pattern.span(),
      help:
        opaque.length === servers.length
          ? 'write whole URIs, or `**` for all of them'
          : 'write whole URIs or `**`, or say under `servers` which other ones are meant',
      related: [{ message: 'declared here', span: first.document.spanAt(['uris']) }],
    });
    return;
  }
  if (first !== undefined && opaque.length === servers.length) return;
  const problem = notNormalPattern(text);
  if (problem === null) return;
  report({
    code: 'uri/not-normal',
    message: `\`${text}\` is not a resource URI in normal form: ${problem}`,
    span: pattern.span(),
    help: 'write it as the server does, with `*` for a run without `/ ? #` and `**` for one without `? #`',
  });
}
