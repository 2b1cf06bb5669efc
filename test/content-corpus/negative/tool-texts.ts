import { fill, wrap, concat, type Labelled } from '../labelled.ts';
import { Random } from '../random.ts';
import { TECHNICAL } from './technical-makers.ts';
import { TOOL_TEMPLATES } from './tool-templates.ts';

/** Tool results without personal data or secrets, at least so many characters together; the same in every run. */
export function toolTexts(charactersMin: number, seed: number): readonly Labelled[] {
  const random = new Random(seed);
  const texts: Labelled[] = [];
  for (let characters = 0; characters < charactersMin;) {
    const { before, line, between, after, lines } = random.pick(TOOL_TEMPLATES);
    const filled = Array.from({ length: random.int(...lines) }, () => fill(line, TECHNICAL, random));
    const whole = wrap(before, concat(filled, between), after);
    characters += whole.text.length;
    texts.push(whole);
  }
  return texts;
}
