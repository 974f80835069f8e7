import {
  type AffineMap,
  type AffineSolution,
  type BackendAdapter,
  type LinearAlgebra,
  type MeasuredRows,
  type NetworkNode,
  ndArray,
  ridgeWithoutHeldOut,
} from '@fuseinit/core';
import { sampleAdequacy } from '@fuseinit/statistics';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';
import type { Step } from './plan-steps.js';
import { predictedError } from './predicted-error.js';
import { type Collected, solvable } from './solvable.js';
import { littleError, spreadWarnings } from './spread-warnings.js';

export interface SolvedStep {
  readonly solution: AffineSolution;
  /** The weights that a refitted layer had before. */
  readonly prior: AffineMap | undefined;
  /** Warnings about the samples that the layer was solved on. */
  readonly warnings: readonly string[];
}

/** A solved layer, and its error on samples that it wasn't solved on. */
export interface MeasuredStep extends SolvedStep {
  /**
   * The error of the solution's weights, as the student has them, on held-out samples; null if there are
   * none.
   */
  readonly heldOut: MeasuredRows | null;
  /** The error of the weights that a refitted layer had before, on held-out samples. */
  readonly unfittedHeldOut: MeasuredRows | null;
}

/** The context that all layers of a fusion are solved in. */
export interface SolveContext {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  readonly linearAlgebra: LinearAlgebra;
  readonly options: Pick<FuseOptions, 'ridge' | 'standardize' | 'channelCoupling'>;
}

/**
 * Solves one layer from the data collected for it. The ridge of a refitted layer pulls towards its current
 * weights, which are the teacher's, rather than towards zero.
 *
 * @param current The node in the student, for a refitted layer.
 * @throws SAMPLES_TOO_FEW if the samples don't determine the layer and there is no ridge.
 */
export async function solveStep(
  step: Step,
  collected: Collected,
  { linearAlgebra, options }: SolveContext,
  current: NetworkNode | undefined,
): Promise<SolvedStep> {
  const { heldOut, samples } = collected;
  const { channelCoupling, standardize } = options;
  const warnings: string[] = [];
  let { ridge = 'auto' } = options;
  if (ridge === 'auto' && !heldOut) {
    ridge = ridgeWithoutHeldOut;
    warnings.push(
      `No sample was held out, so that ridge 'auto' had nothing to choose on at ${JSON.stringify(step.name)}: ${ridgeWithoutHeldOut} was taken.`,
    );
  }
  const { rows, patchSize, solve } = solvable(linearAlgebra, collected);
  const adequacy = sampleAdequacy({ tap: step.name, rows, patchSize, samples, ridge });
  if (adequacy) warnings.push(adequacy);
  const prior = current && affineMapOf(current, patchSize);
  const solution = await solve({
    ridge,
    inChannels: step.lowered.layers[0]!.inputShape.at(-1)!,
    ...(standardize !== undefined && { standardize }),
    ...(channelCoupling && { channelCoupling }),
    ...(prior && { prior }),
  });
  if (solution.diagnostics.deadInputs.length === patchSize) {
    warnings.push(
      `No input of ${JSON.stringify(step.name)} varies in the calibration data: its weights are those of a constant, and its error tells of such data alone. Give data that vary.`,
    );
  }
  return { solution, prior, warnings };
}

/** Predicts the held-out samples with the solution and, for a refitted layer, with its previous weights. */
export async function measureStep(
  { name, stage }: Step,
  { heldOut }: Collected,
  { tf, backend }: SolveContext,
  solved: SolvedStep,
): Promise<MeasuredStep> {
  const { solution, prior, warnings } = solved;
  const measured = async (map: AffineMap) =>
    heldOut ? predictedError(tf, (tensor) => backend.read(tensor), heldOut, map) : null;
  const error = await measured(solution);
  return {
    ...solved,
    heldOut: error,
    unfittedHeldOut: prior ? await measured(prior) : null,
    warnings: [
      ...warnings,
      ...precisionWarnings(name, solution, error),
      ...(stage === 'fuse' && error
        ? spreadWarnings(JSON.stringify(name), error, error.sampleErrors.length)
        : []),
    ],
  };
}

/** Warns if the precision of the sums determined the solution, or if it conceals the error. */
function precisionWarnings(
  name: string,
  { diagnostics, relativeMse }: AffineSolution,
  heldOut: MeasuredRows | null,
): string[] {
  const { ridge, raisedRidge, ridgeEdge, rounding, patchSize, rank } = diagnostics;
  const warnings: string[] = [];
  if (raisedRidge !== null) {
    const why =
      rank < patchSize
        ? `${patchSize - rank} of ${patchSize} inputs never vary or follow from others`
        : 'the inputs nearly follow from each other';
    warnings.push(
      `The ridge ${ridge} of ${JSON.stringify(name)} was raised to ${raisedRidge.toPrecision(2)} of each input's variance: ${why}, and a smaller one would fit the rounding of the sums.`,
    );
  }
  if (ridgeEdge && heldOut && heldOut.relativeMse > littleError) {
    const why =
      ridgeEdge === 'smallest'
        ? 'the smallest that the precision of the sums allows, and the held-out error was still falling'
        : 'the largest that it tries: the data say next to nothing of the weights';
    warnings.push(`Ridge 'auto' ended at ${ridge} for ${JSON.stringify(name)}, ${why}.`);
  }
  if (rounding > littleError && rounding > relativeMse / 2) {
    warnings.push(
      `The sums for ${JSON.stringify(name)}, in float32, can't tell an error below ${rounding.toPrecision(2)} on the samples solved on: go by heldOutRelativeMse, which is measured by predicting, or take a larger ridge than ${ridge}.`,
    );
  }
  return warnings;
}

function affineMapOf({ layer }: NetworkNode, patchSize: number): AffineMap {
  const [kernel, bias] = layer.weights;
  const outFeatures = kernel!.shape.at(-1)!;
  return {
    kernel: ndArray([patchSize, outFeatures], kernel!.data),
    bias: ndArray([outFeatures], bias ? bias.data : new Float64Array(outFeatures)),
  };
}
