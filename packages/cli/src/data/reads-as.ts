/**
 * The shape that samples of a file are to be taken as so that a model reads them, or undefined where they are
 * something else: lengths of 1 may be left out, and samples may lie flat.
 *
 * @param reads Of one sample, as the model says; null for a length that is open.
 */
export function readsAs(
  came: readonly number[],
  reads: readonly (number | null)[],
): readonly number[] | undefined {
  if (
    came.length === reads.length &&
    reads.every((length, axis) => length === null || length === came[axis])
  ) {
    return came;
  }
  if (!isClosed(reads) || sizeOf(came) !== sizeOf(reads)) return undefined;
  const isFlat = came.length === 1 || reads.length === 1;
  return isFlat || without1(came) === without1(reads) ? reads : undefined;
}

function isClosed(shape: readonly (number | null)[]): shape is readonly number[] {
  return shape.every((length) => length !== null);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function without1(shape: readonly number[]): string {
  return shape.filter((length) => length !== 1).join('x');
}
