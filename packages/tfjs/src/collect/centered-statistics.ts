import { centerMoments, centerRows } from '@fuseinit/core';
import { type CollectedMoments, createHeldOutRows } from '@fuseinit/statistics';
import type { SpanStatistics } from './statistics.js';

/**
 * The statistics of a span for a kernel at the centre of the one that they were collected with. They equal
 * those collected with the smaller kernel, except for the rounding of float32 sums.
 *
 * @param kernelSize A size that is no larger on any axis, or null for the statistics as they were collected.
 * @returns The moments, or undefined if there are no samples to solve on.
 * @throws KERNEL_TOO_LARGE for a kernel larger than the one that the statistics were collected with.
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
