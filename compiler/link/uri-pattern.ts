import { notNormal } from '../../dataplane/format/normal-uri.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Written } from './selectors.ts';

/** A pattern that no URI in normal form can match would grant nothing and look as if it did. */
export function checkUriPattern(pattern: Written, report: Report): void {
  const problem = notNormal(pattern.text);
  if (problem === null) return;
  report({
    code: 'uri/not-normal',
    message: `\`${pattern.text}\` is not a resource URI in normal form: ${problem}`,
    span: pattern.span(),
    help: 'write it as the server does, with `*` for a run without `/ ? #` and `**` for one without `? #`',
  });
}
