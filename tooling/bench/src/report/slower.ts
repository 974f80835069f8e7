/**
 * The sentence that says where we are the slower ones, or that we are nowhere.
 *
 * @param ratios The other's time over ours, of what has this name.
 */
export function whereSlower(
  other: string,
  ratios: readonly { readonly name: string; readonly ratio: number }[],
): string {
  const slower = ratios.filter(({ ratio }) => ratio < 1);
  if (slower.length === 0) return `**Slower than ${other}: nowhere in this table.**`;
  const places = slower.map(({ name, ratio }) => `${name} (${(1 / ratio).toFixed(2)} times its time)`);
  return `**Slower than ${other}: ${places.join('; ')}.**`;
}
