import { sizeOf } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import { type PatchGeometry, positionCount } from '../geometry/patch-geometry.js';

/** The sizes of one batch of patches and targets. */
export interface PatchLayout {
  readonly batch: number;
  /** Of one position; of a whole sample where there is no geometry. */
  readonly channels: number;
  /** Numbers in a patch: kernel positions times channels. */
  readonly patchSize: number;
  readonly outFeatures: number;
  /** Samples times output positions. */
  readonly rows: number;
}

/**
 * What an input and a target are to each other under a geometry: for adapters, before anything is computed.
 *
 * @param inputShape [batch, ...inputSize, channels]; without a geometry [batch, ...].
 * @param targetShape [batch, ...outputSize, outFeatures]; without a geometry [batch, outFeatures].
 * @throws SHAPE_MISMATCH when they don't fit each other or the geometry.
 */
export function patchLayout(
  inputShape: readonly number[],
  targetShape: readonly number[],
  geometry: PatchGeometry | null,
): PatchLayout {
  const batch = inputShape[0] ?? 0;
  const inputSize = geometry?.inputSize ?? inputShape.slice(1, -1);
  const expectedInput = [batch, ...inputSize];
  const expectedTarget = [batch, ...(geometry?.outputSize ?? [])];
  requirePositions('input', inputShape, expectedInput);
  requirePositions('target', targetShape, expectedTarget);
  const channels = geometry ? inputShape.at(-1)! : sizeOf(inputShape.slice(1));
  return {
    batch,
    channels,
    patchSize: channels * sizeOf(geometry?.kernelSize ?? []),
    outFeatures: targetShape.at(-1)!,
    rows: batch * (geometry ? positionCount(geometry) : 1),
  };
}

function requirePositions(side: string, shape: readonly number[], expected: readonly number[]): void {
  if (shape.length === expected.length + 1 && shape.slice(0, -1).join() === expected.join()) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `A batch of ${side}s of shape [${shape}] came where [${expected}, any] was expected.`,
  );
}
