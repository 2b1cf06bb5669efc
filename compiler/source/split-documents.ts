/** The text of one YAML document: offsets into the file. */
export interface DocumentText {
  readonly start: number;
  readonly end: number;
  /** Of the `---` that begins it; null for a first document without one. */
  readonly marker: { readonly start: number; readonly end: number } | null;
}

/**
 * Cuts a file at its document markers. `---` and `...` at the beginning of a line are markers wherever they stand, even
 * within an unfinished quote or bracket (YAML 1.2.2, 9.1.2), so a mistake in one document cannot reach the next.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const found: DocumentText[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let marker: DocumentText['marker'] = null;
  for (let line = start; line < text.length; line = nextLine(text, line)) {
    const sign = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/.exec(text.slice(line, line + 4))?.[0];
    if (sign === undefined) continue;
    found.push({ start, end: line, marker });
    start = sign === '---' ? line : nextLine(text, line);
    marker = sign === '---' ? { start: line, end: line + 3 } : null;
  }
  found.push({ start, end: text.length, marker });
  return found.filter((part) => part.marker !== null || !isBlank(text.slice(part.start, part.end)));
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

/** Nothing but spaces and comments. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^[ \t\r]*(?:#.*)?$/.test(line));
}
