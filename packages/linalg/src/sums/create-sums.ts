import { FuseInitError, geometryFault, type PatchGeometry } from '@fuseinit/core';
import type { Workspace } from '../memory/arena.js';
import { windowAxes } from './patch-window.js';
import { patchCosts, planPixels } from './pixel-plan.js';
import { createPixelOrPatchSums } from './pixel-sums.js';
import { createPatchRowSums, createRowSums } from './row-sums.js';
import { type Sums, type SumsOptions, streamSums } from './stream-sums.js';

/**
 * Sums over rows, or over the patches [...kernelSize, channels] of images [samples, ...inputSize, channels]
 * and targets [samples, ...outputSize, outFeatures].
 *
 * @throws ARGUMENT_INVALID for sizes or a geometry that make no sense.
 * @throws TENSOR_TOO_LARGE when the sums don't fit.
 */
export async function createSums(workspace: Workspace, options: SumsOptions): Promise<Sums> {
  const { geometry, channels, outFeatures, batchSize = 64 } = options;
  requireCount('channels', channels, 1);
  requireCount('outFeatures', outFeatures, 0);
  requireCount('batchSize', batchSize, 1);
  return geometry
    ? createPatchSums(workspace, geometry, { ...options, batchSize })
    : createRowSums(workspace, channels, outFeatures);
}

async function createPatchSums(
  workspace: Workspace,
  geometry: PatchGeometry,
  { channels, outFeatures, method, batchSize }: SumsOptions & { readonly batchSize: number },
): Promise<Sums> {
  const fault = geometryFault(geometry);
  if (fault) throw new FuseInitError('ARGUMENT_INVALID', `The geometry has ${fault}.`);
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

function requireCount(name: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new FuseInitError('ARGUMENT_INVALID', `${name} is ${count}: an integer from ${least} was expected.`);
}
