/** By code points of the path, as Python sorts, or with numbers in it by their value: 2.png before 10.png. */
export type ImageOrder = 'path' | 'numeric';

export const imageOrders: readonly ImageOrder[] = ['path', 'numeric'];

/** Compares by code points, as Python does; JavaScript's own order is by UTF-16 units. */
export function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** Compares runs of digits by their value and what stands between them by code points. */
function byNumber(one: string, other: string): number {
  const [ours, theirs] = [partsOf(one), partsOf(other)];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index++) {
    const [our, their] = [ours[index]!, theirs[index]!];
    // Every second part is a run of digits.
    const difference = index % 2 === 1 ? Number(BigInt(our) - BigInt(their)) : byCodePoint(our, their);
    if (difference !== 0) return difference;
  }
  return ours.length - theirs.length || byCodePoint(one, other);
}

function partsOf(path: string): string[] {
  return path.split(/(\d+)/);
}

export function sortImages(paths: readonly string[], order: ImageOrder): string[] {
  return [...paths].sort(order === 'numeric' ? byNumber : byCodePoint);
}
