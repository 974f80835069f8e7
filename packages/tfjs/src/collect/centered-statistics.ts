import { centerMoments, centerRows } from '@fuseinit/core';
import { type CollectedMoments, createHeldOutRows } from '@fuseinit/statistics';
import type { SpanStatistics } from './statistics.js';

/**
 * What was gathered for a span, for a kernel in the middle of the one that it was gathered with: what
 * gathering with the smaller kernel gives, but for the rounding of float32 sums.
 *
 * @param kernelSize That or less on each axis; null for the whole of what was gathered.
 * @returns undefined where no sample was gathered to solve on.
 * @throws KERNEL_TOO_LARGE for a larger kernel.
 */
export function centeredStatistics(
  { geometry, inChannels, collected }: SpanStatistics,
  kernelSize: readonly number[] | null,
): CollectedMoments | undefined {
  const { moments, samples, heldOutSamples } = collected;
  if (!moments) return undefined;
  const heldOut = createHeldOutRows(collected.heldOut).rows();
  const cut = geometry && kernelSize && { from: geometry.kernelSize, to: kernelSize, channels: inChannels };
  return {
    moments: cut ? centerMoments(moments, cut) : moments,
    ...(heldOut && { heldOut: cut ? centerRows(heldOut, cut) : heldOut }),
    samples,
    heldOutSamples,
  };
}
