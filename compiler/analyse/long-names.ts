import { quote } from '../diagnostics/quote.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import type { Analysed } from './analysed.ts';

/** Some clients leave out tools whose name, with their own name for the server in front, is longer (protocol.md 1.3). */
const SHOWN_NAME_CHARACTERS_MAX = 60;

/** Exposed names that clients may drop (language.md, rule 3): the gateway's name stands for what a client calls it. */
export function findLongNames({ gateways }: Analysed, report: Report): void {
  for (const { linked, engine } of gateways) {
    const { document } = linked;
    const long = engine.slots.filter(
      ({ kind, exposed, pending }) =>
        kind === 'tool' && !pending && document.name.length + 1 + exposed.length > SHOWN_NAME_CHARACTERS_MAX,
    );
    const [first, ...others] = long;
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    report({
      code: 'lint/long-name',
      message: `${quote(`${document.name}_${first.exposed}`)} is longer than ${SHOWN_NAME_CHARACTERS_MAX} characters${more}`,
      span: document.spanAt(['servers', first.assignment.name], 'key'),
      help: 'some clients leave such tools out: give the assignment a shorter `prefix`, or `rename` the tool',
    });
  }
}
