import { unfit } from './data-errors.js';
import type { SampleSource } from './sample-source.js';

/**
 * Returns the requested shape if samples have as many numbers.
 *
 * @throws ARGUMENT_INVALID when they don't, or it isn't a shape.
 */
export function sampleShapeFor(
  { name, sampleShape }: SampleSource,
  wanted: readonly number[] | undefined,
): readonly number[] {
  if (wanted === undefined) return sampleShape;
  if (!wanted.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw unfit(`sampleShape is [${wanted.join(', ')}]: whole numbers of at least 1 were expected.`);
  }
  const [came, expected] = [sizeOf(sampleShape), sizeOf(wanted)];
  if (came === expected) return [...wanted];
  throw unfit(
    `sampleShape is [${wanted.join(', ')}], of ${expected} numbers: a sample of ${name} is [${sampleShape.join(', ')}], of ${came}.`,
  );
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
