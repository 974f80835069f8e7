import { LinalgError } from '../linalg-error.js';
import { patchCosts } from './patch-costs.js';
import { type PatchGeometry, windowAxes } from './patch-geometry.js';
import { createPatchRowSums } from './patch-row-sums.js';
import { createPixelOrPatchSums } from './pixel-or-patch-sums.js';
import { planPixels } from './plan-pixels.js';
import { requireCounts } from './require-layout.js';
import { streamSums } from './stream-sums.js';
import type { Sums } from './sums.js';
import type { Workspace } from './workspace.js';

export type { PatchGeometry } from './patch-geometry.js';

export interface PatchSumsOptions {
  readonly geometry: PatchGeometry;
  /** Of one input position. */
  readonly channels: number;
  /** Targets of one output position. */
  readonly outFeatures: number;
  /**
   * `'pixels'` multiplies each pair of pixels that some patch holds once, and adds the product wherever it belongs;
   * `'patches'` writes patches out, as rows. Default whichever costs less. Where pixels of a channel differ in their means
   * by far more than each varies, products of pixels would lose digits, and patches are written out all the same.
   */
  readonly method?: 'pixels' | 'patches';
  /** Samples that come at a time, about: for the choice of the method. Default 64. */
  readonly batchSize?: number;
}

/**
 * Sums over the patches [...kernelSize, channels] of images [samples, ...inputSize, channels] and targets [samples,
 * ...outputSize, outFeatures].
 *
 * @throws ARGUMENT_INVALID, MEMORY_TOO_SMALL
 */
export async function createPatchSums(workspace: Workspace, options: PatchSumsOptions): Promise<Sums> {
  const { geometry, channels, outFeatures, method, batchSize = 64 } = options;
  requireGeometry(geometry);
  requireCounts({ channels, batchSize }, { outFeatures });
  const [rows, columns] = windowAxes(geometry);
  const layout = { rows, columns, channels, outFeatures };
  return workspace.exclusively(async () => {
    if (method === 'patches') return streamSums(workspace, await createPatchRowSums(workspace, layout));
    const plan = planPixels(layout);
    const costs = patchCosts(layout, plan, batchSize);
    return method === 'pixels' || costs.pixels < costs.patches
      ? streamSums(workspace, await createPixelOrPatchSums(workspace, layout, plan))
      : streamSums(workspace, await createPatchRowSums(workspace, layout));
  });
}

function requireGeometry(geometry: PatchGeometry): void {
  const rank = geometry.inputSize.length;
  const { inputSize, outputSize, kernelSize, strides, dilationRate, padding } = geometry;
  const sizes = [inputSize, outputSize, kernelSize, strides, dilationRate];
  const whole = (size: number) => Number.isInteger(size) && size > 0;
  const fits =
    (rank === 1 || rank === 2) &&
    sizes.every((list) => list.length === rank && list.every(whole)) &&
    padding.length === rank &&
    padding.every(([before]) => Number.isInteger(before));
  if (fits) return;
  throw new LinalgError(
    'ARGUMENT_INVALID',
    `A geometry of inputSize [${inputSize}], outputSize [${outputSize}], kernelSize [${kernelSize}], strides [${strides}] and dilationRate [${dilationRate}] came: positive integers for one or two axes were expected.`,
  );
}
