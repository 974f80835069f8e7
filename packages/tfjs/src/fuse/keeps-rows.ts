import type { Fusion } from './fusion.js';
import { patchSizeOf } from './patch-size.js';
import type { Step } from './plan-steps.js';

/**
 * The number of rows per input below which solving from rows is faster. Both ways take about as long at this
 * ratio, with 2000 inputs on two threads: products of rows with each other are in float64 and are computed
 * after the last batch; those of moments are in float32 and are computed with each batch. With fewer rows,
 * the advantage grows with the cube in time and with the square in memory.
 */
const mostRowsPerInput = 0.75;

/**
 * Whether a layer is solved from its rows instead of their moments, as a dense layer is that is known to see
 * clearly fewer rows than it has inputs. Moments are required without a ridge, or if channels are solved
 * apart, and are used with `samples: 'auto'`, since more rows will follow.
 *
 * Source: docs/math.md, section 7.
 */
export function keepsRows(
  { lowered }: Step,
  { source, options, heldOut }: Pick<Fusion, 'source' | 'options' | 'heldOut'>,
): boolean {
  const { samples, ridge, channelCoupling } = options;
  if (lowered.fused.geometry || ridge === 0 || channelCoupling === 'independent') return false;
  // There may be fewer samples than were requested, which is even better.
  const most = samples === 'auto' ? undefined : (source.totalSamples ?? samples);
  if (most === undefined) return false;
  return most * (1 - heldOut.share) < mostRowsPerInput * patchSizeOf(lowered);
}
