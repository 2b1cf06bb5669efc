/** In tool names `*` is any run of characters (language.md, "Names"). */
export function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  const after = name.slice(first.length);
  // Every way to place the star, one after the other.
  for (let at = 0; at <= after.length; at++) if (fits(rest.join('*'), after.slice(at))) return true;
  return false;
}
