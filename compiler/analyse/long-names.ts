import { quote } from '../diagnostics/quote.ts';
import type { Problem, Report } from '../diagnostics/diagnostic.ts';
import type { Analysed, AnalysedGateway } from './analysed.ts';
import { GatewayAnswers, type GatewayState } from './gateway-answers.ts';

/** Some clients leave out tools whose name, with their own name for the server in front, is longer (protocol.md 1.3). */
const SHOWN_NAME_CHARACTERS_MAX = 60;

/** Exposed names that clients may drop (language.md, rule 3): the gateway's name stands for what a client calls it. */
export function findLongNames({ gateways }: Analysed, report: Report): void {
  for (const gateway of gateways) {
    const problem = answers.of(gateway, gateway.state, () => longNameIn(gateway));
    if (problem !== null) report(problem);
  }
}

const answers = new GatewayAnswers<GatewayState, Problem | null>();

function longNameIn({ linked: { document }, engine }: AnalysedGateway): Problem | null {
  const long = engine.slots.filter(
    ({ kind, exposed, pending }) =>
      kind === 'tool' && !pending && document.name.length + 1 + exposed.length > SHOWN_NAME_CHARACTERS_MAX,
  );
  const [first, ...others] = long;
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return {
    code: 'lint/long-name',
    message: `${quote(`${document.name}_${first.exposed}`)} is longer than ${SHOWN_NAME_CHARACTERS_MAX} characters${more}`,
    span: document.spanAt(['servers', first.assignment.name], 'key'),
    help: 'some clients leave such tools out: give the assignment a shorter `prefix`, or `rename` the tool',
  };
}
