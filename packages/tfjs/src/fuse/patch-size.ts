import { sizeOf } from '@fuseinit/core';
import type { LoweredSpan } from '@fuseinit/registry';

/** The number of inputs of a fused layer: of one patch, or of a whole sample. */
export function patchSizeOf({ fused, layers }: LoweredSpan): number {
  const { inputShape } = layers[0]!;
  return fused.geometry ? sizeOf(fused.geometry.kernelSize) * inputShape.at(-1)! : sizeOf(inputShape);
}
