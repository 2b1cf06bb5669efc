/** Whether the line above the one of an offset is empty. */
export function isBelowEmptyLine(text: string, offset: number): boolean {
  const line = text.lastIndexOf('\n', offset - 1);
  if (line === -1) return false;
  return text.slice(text.lastIndexOf('\n', line - 1) + 1, line).trim() === '';
}
