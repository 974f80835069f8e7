import {
  type AffineMap,
  type AffineSolution,
  type BackendAdapter,
  type LinearAlgebra,
  ndArray,
} from '@fuseinit/core';
import { sampleAdequacy } from '@fuseinit/statistics';
import type { GraphNode } from '../graph/model-graph.js';
import type { Tensor } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';
import type { Step } from './plan-steps.js';
import { type Collected, solvable } from './solvable.js';

/** Taken where `'auto'` has no held-out samples to choose on. */
const ridgeWithoutHeldOut = 1e-3;

export interface SolvedStep {
  readonly solution: AffineSolution;
  /** Held-out error of the weights that a refitted layer came with. */
  readonly unfittedHeldOutRelativeMse: number | null;
  readonly warnings: readonly string[];
}

/** What all layers of a fusion are solved with. */
export interface SolveContext {
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  readonly options: Pick<FuseOptions, 'ridge' | 'channelCoupling'>;
}

/**
 * Solves one layer from what was collected for it. A refitted layer starts from the weights it has: the ridge then pulls towards the
 * teacher's, not towards zero.
 *
 * @param current The layer in the student, for a refit.
 * @throws SAMPLES_TOO_FEW when the samples can't determine the layer and there is no ridge.
 */
export async function solveStep(
  step: Step,
  collected: Collected,
  { backend, linearAlgebra, options }: SolveContext,
  current: GraphNode | undefined,
): Promise<SolvedStep> {
  const { heldOut, samples } = collected;
  const { channelCoupling } = options;
  const warnings: string[] = [];
  let { ridge = 'auto' } = options;
  if (ridge === 'auto' && !heldOut) {
    ridge = ridgeWithoutHeldOut;
    warnings.push(
      `No sample was held out, so that ridge 'auto' had nothing to choose on at ${JSON.stringify(step.name)}: ${ridgeWithoutHeldOut} was taken.`,
    );
  }
  const { rows, patchSize, solve, heldOutRelativeMse } = solvable(linearAlgebra, collected);
  const adequacy = sampleAdequacy({ tap: step.name, rows, patchSize, samples, ridge });
  if (adequacy) warnings.push(adequacy);
  const prior = current && (await affineMapOf(current, patchSize, backend));
  const solution = await solve({
    ridge,
    inChannels: step.lowered.layers[0]!.inputShape.at(-1)!,
    ...(channelCoupling && { channelCoupling }),
    ...(prior && { prior }),
  });
  return {
    solution,
    unfittedHeldOutRelativeMse: prior ? await heldOutRelativeMse(prior) : null,
    warnings,
  };
}

async function affineMapOf(
  { layer }: GraphNode,
  patchSize: number,
  backend: BackendAdapter<Tensor>,
): Promise<AffineMap> {
  const [kernel, bias] = layer.getWeights();
  const outFeatures = kernel!.shape.at(-1)!;
  return {
    kernel: ndArray([patchSize, outFeatures], await backend.read(kernel!)),
    bias: ndArray([outFeatures], bias ? await backend.read(bias) : new Float64Array(outFeatures)),
  };
}
