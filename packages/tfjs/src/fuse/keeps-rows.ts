import type { Fusion } from './fusion.js';
import { patchSizeOf } from './patch-size.js';
import type { Step } from './plan-steps.js';

/**
 * Rows for each input below which rows pay. About here both ways take as long, at 2000 inputs on two threads:
 * products of rows with each other are in float64 and come after the last batch, those of moments are in
 * float32 and come with the batches. Below it rows win, in time by the cube and in memory by the square.
 */
const mostRowsPerInput = 0.75;

/**
 * Whether a layer is solved from its rows instead of their moments: a dense layer that is known to see
 * clearly fewer rows than it has inputs. Without a ridge, or with channels solved apart, there must be
 * moments; with `samples: 'auto'` there will be more rows.
 *
 * Source: docs/math.md, section 7.
 */
export function keepsRows(
  { lowered }: Step,
  { source, options, heldOut }: Pick<Fusion, 'source' | 'options' | 'heldOut'>,
): boolean {
  const { samples, ridge, channelCoupling } = options;
  if (lowered.fused.geometry || ridge === 0 || channelCoupling === 'independent') return false;
  // Fewer may come than were asked for, and all the better.
  const most = samples === 'auto' ? undefined : (source.totalSamples ?? samples);
  if (most === undefined) return false;
  return most * (1 - heldOut.share) < mostRowsPerInput * patchSizeOf(lowered);
}
