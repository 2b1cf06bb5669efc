/** Prints the figures of all recognizers as a table: `node test/content-corpus/run.ts`. */
import { figureRows } from './figures.ts';

const rows = figureRows().map((cells) => `| ${cells.join(' | ')} |`);
console.log(['| | labels | precision | recall |', '| --- | --- | --- | --- |', ...rows].join('\n'));
