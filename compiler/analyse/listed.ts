/** `a, b and 3 more`. */
export function listed(names: readonly string[], namesMax: number): string {
  const rest = names.length - namesMax;
  const shown = rest > 0 ? [...names.slice(0, namesMax), `${rest} more`] : names;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}
