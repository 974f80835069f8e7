import {
  type AffineMap,
  type AffineSolution,
  ndArray,
  relativeMse,
  type SolveOptions,
  solveAffine,
} from '@fuseinit/core';
import { type CollectedMoments, sampleAdequacy } from '@fuseinit/statistics';
import type { GraphNode } from '../graph/model-graph.js';
import type { Step } from './plan-steps.js';

/** Taken where `'auto'` has no held-out samples to choose on. */
const ridgeWithoutHeldOut = 1e-3;

export interface SolvedStep {
  readonly solution: AffineSolution;
  /** Held-out error of the weights that a refitted layer came with. */
  readonly unfittedHeldOutRelativeMse: number | null;
  readonly warnings: readonly string[];
}

/**
 * Solves one layer from its moments. A refitted layer starts from the weights it has: the ridge then pulls towards the
 * teacher's, not towards zero.
 *
 * @param current The layer in the student, for a refit.
 * @throws SAMPLES_TOO_FEW when the samples can't determine the layer and there is no ridge.
 */
export function solveStep(
  step: Step,
  collected: CollectedMoments,
  options: Pick<SolveOptions, 'ridge' | 'channelCoupling'>,
  current: GraphNode | undefined,
): SolvedStep {
  const { moments, heldOut, samples } = collected;
  const warnings: string[] = [];
  let { ridge = 'auto' } = options;
  if (ridge === 'auto' && !heldOut) {
    ridge = ridgeWithoutHeldOut;
    warnings.push(
      `No sample was held out, so that ridge 'auto' had nothing to choose on at ${JSON.stringify(step.name)}: ${ridgeWithoutHeldOut} was taken.`,
    );
  }
  const patchSize = moments.inputMean.data.length;
  const adequacy = sampleAdequacy({ tap: step.name, rows: moments.count, patchSize, samples, ridge });
  if (adequacy) warnings.push(adequacy);
  const prior = current && affineMapOf(current, patchSize);
  const solution = solveAffine(moments, {
    ...options,
    ridge,
    inChannels: step.lowered.layers[0]!.inputShape.at(-1)!,
    ...(heldOut && { heldOut }),
    ...(prior && { prior }),
  });
  return {
    solution,
    unfittedHeldOutRelativeMse: prior && heldOut ? relativeMse(heldOut, prior) : null,
    warnings,
  };
}

function affineMapOf({ layer }: GraphNode, patchSize: number): AffineMap {
  const [kernel, bias] = layer.getWeights();
  const outFeatures = kernel!.shape.at(-1)!;
  return {
    kernel: ndArray([patchSize, outFeatures], kernel!.dataSync()),
    bias: bias
      ? ndArray([outFeatures], bias.dataSync())
      : ndArray([outFeatures], new Float64Array(outFeatures)),
  };
}
