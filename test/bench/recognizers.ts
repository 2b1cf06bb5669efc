/** What the recognizers of personal data, secrets and steering texts find, as a table for README.md: `node test/bench/recognizers.ts`. */
import { figureRows } from '../content-corpus/figures.ts';

const rows = figureRows().map((cells) => `| ${cells.join(' | ')} |`);
console.log(['| | labels | precision | recall |', '| --- | --- | --- | --- |', ...rows].join('\n'));
