import {
  type AffineMap,
  type BackendAdapter,
  type CalibrationRows,
  type Moments,
  measureAffine,
  type Network,
  type NetworkNode,
  ndArray,
  type PatchGeometry,
  positionCount,
  requireNotAborted,
  roundAffine,
  sharedLayers,
} from '@fuseinit/core';
import { type CollectedMoments, collectTaps, createCollector } from '@fuseinit/statistics';
import type { CalibrationData } from './calibration/calibration-data.js';
import { heldOutRule } from './calibration/held-out.js';
import { limitedSource, samplesTaken } from './calibration/limited-source.js';
import { type OpenedData, openData } from './calibration/open-data.js';
import { passGroups } from './collect/pass-groups.js';
import { openBackend } from './fuse/open-computing.js';
import { patchSizeOf } from './fuse/patch-size.js';
import { lowerAlone } from './fuse/plan-steps.js';
import { tapBatches } from './fuse/tap-batches.js';
import { sourceOf, weightsOf } from './network/layer-internals.js';
import { hasSeparableActivation } from './network/pre-activation.js';
import { readNetwork } from './network/read-network.js';
import { requireModel } from './network/require-model.js';
import { registryWith } from './plugins.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/** Options of {@link roundWeights}. */
export interface RoundWeightsOptions {
  readonly tf: TensorFlow;
  /** The backend adapter, as in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  /**
   * Returns the rounding function for a weight by the name that `model.save` gives it, or undefined for a
   * weight that isn't rounded. The function returns the storable number nearest to `value`, the element of
   * the weight at `index`.
   */
  readonly roundingOf: (weight: string) => ((value: number, index: number) => number) | undefined;
  readonly calibrationData: CalibrationData;
  /** The share of held-out samples, as in `fuse`. */
  readonly heldOut?: number;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** The effect of rounding on one layer. */
export interface RoundedLayer {
  readonly name: string;
  /**
   * The relative MSE of the layer's pre-activations with every number rounded to the nearest: the mean square
   * of their change over their variance, on held-out samples if there are any.
   */
  readonly nearest: number;
  /** The relative MSE if the rounding error of each weight is compensated by other weights and the bias. */
  readonly corrected: number;
  /** Whether the corrected rounding is applied, which is the case if its error is smaller. */
  readonly applied: boolean;
}

/** The result of {@link roundWeights}. */
export interface RoundedWeights {
  readonly layers: readonly RoundedLayer[];
  /**
   * The rounded weights by the names that `model.save` gives them. Weights that aren't listed stay as they
   * are.
   */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/**
 * The bounds of the number of samples: enough for a damped covariance, since each sample has many positions.
 */
const [fewestSamples, mostSamples] = [64, 512];
/** The maximum number of multiply-adds for the covariances: about half a minute on two threads. */
const mostMultiplyAdds = 1e11;
/** The maximum number of inputs of a layer, beyond which factoring their covariance takes too long. */
const mostInputs = 4096;

/**
 * Rounds the kernels of a model's dense layers and convolutions to storable numbers such that the layers'
 * outputs change little on the calibration data. Kernels are left to be rounded to the nearest if this is no
 * better on held-out samples, if they are depthwise, if their layer is called more than once, or if it has
 * more than 4096 inputs. Kernels that are storable already need no rounding.
 *
 * Source: docs/math.md, section 10.
 *
 * @throws for models, data and devices as `fuse` does.
 */
export async function roundWeights(
  model: LayersModel,
  options: RoundWeightsOptions,
): Promise<RoundedWeights> {
  requireModel(model);
  const { tf, signal } = options;
  const opened = await openData(tf, options.calibrationData, readNetwork(model), options.batchSize);
  const computing = await openBackend(options.backend);
  try {
    const layers: RoundedLayer[] = [];
    const values = new Map<string, Float32Array>();
    const kernels = kernelsOf(model, opened.network, options.roundingOf);
    const samples = samplesFor(kernels);
    for (const group of passGroups(kernels, ({ patchSize }) => patchSize, 2 ** 30)) {
      const collected = await collectInputs(group, samples, opened, computing.backend, options);
      for (const [index, kernel] of group.entries()) {
        requireNotAborted(signal, kernel.node.name);
        const { nearest, corrected, map } = roundKernel(kernel, collected[index]!);
        const applied = corrected < nearest;
        layers.push({ name: kernel.node.name, nearest, corrected, applied });
        if (!applied) continue;
        const [weight, bias] = kernel.weights;
        values.set(weight!, Float32Array.from(map.kernel.data));
        if (bias !== undefined) values.set(bias, Float32Array.from(map.bias.data));
      }
    }
    return { layers, values };
  } catch (error) {
    computing.backend.requireDevice?.();
    throw error;
  } finally {
    await computing.close();
    await opened.source.close();
  }
}

/** A kernel that can be rounded with the moments of its inputs. */
interface Kernel {
  readonly node: NetworkNode;
  readonly geometry: PatchGeometry | null;
  readonly patchSize: number;
  /** The names of the kernel and, if there is one, of the bias, as `model.save` gives them. */
  readonly weights: readonly string[];
  readonly nearest: (value: number, index: number) => number;
}

function kernelsOf(
  model: LayersModel,
  network: Network,
  roundingOf: RoundWeightsOptions['roundingOf'],
): Kernel[] {
  const registry = registryWith();
  const shared = sharedLayers(network);
  const names = model.weights.map(({ originalName }) => originalName);
  return network.nodes.flatMap((node): Kernel[] => {
    const layer = sourceOf(node.layer)!;
    const weights = weightsOf(layer).map(({ originalName }) => originalName);
    const nearest = weights.length > 0 ? roundingOf(weights[0]!) : undefined;
    // Weights that are saved under the same name can't be told apart.
    const isNamed = weights.every((name) => names.indexOf(name) === names.lastIndexOf(name));
    if (!nearest || !isNamed || shared.has(node.layer) || !hasSeparableActivation(layer)) return [];
    const lowered = lowerAlone(network, registry, node);
    if (!lowered || patchSizeOf(lowered) > mostInputs || isStored(node, nearest)) return [];
    const { geometry } = lowered.fused;
    return [{ node, geometry, patchSize: patchSizeOf(lowered), weights, nearest }];
  });
}

/** Whether rounding leaves a kernel unchanged, except for float32 rounding. */
function isStored({ layer }: NetworkNode, nearest: Kernel['nearest']): boolean {
  const numbers = Float64Array.from(layer.weights[0]!.data);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return numbers.every((value, index) => Math.abs(nearest(value, index) - value) <= 2 ** -20 * largest);
}

/** The number of samples, bounded by the time that the covariances of the kernels' inputs take. */
function samplesFor(kernels: readonly Kernel[]): number {
  const ofSample = kernels.reduce(
    (sum, { geometry, patchSize }) => sum + (geometry ? positionCount(geometry) : 1) * patchSize ** 2,
    0,
  );
  return Math.max(fewestSamples, Math.min(mostSamples, Math.floor(mostMultiplyAdds / ofSample)));
}

/** Collects the moments of the inputs and pre-activations of layers. */
async function collectInputs(
  kernels: readonly Kernel[],
  samples: number,
  { network, source: whole }: OpenedData,
  backend: BackendAdapter<Tensor>,
  { tf, signal, heldOut, seed }: RoundWeightsOptions,
): Promise<CollectedMoments[]> {
  const rule = heldOutRule({ heldOut, seed }, samplesTaken(whole, samples));
  const source = limitedSource(tf, whole, samples, rule);
  const taps = kernels.map(({ node, geometry }) => ({
    name: node.name,
    geometry,
    collector: createCollector(node.name),
  }));
  const reads = kernels.map(({ node }) => ({ input: node.inputs[0]!, target: node }));
  const batches = tapBatches(tf, { network, taps: reads }, source, rule);
  await collectTaps({ taps, backend, batches, totalSamples: source.totalSamples, signal });
  return taps.map(({ collector }) => collector.collected());
}

function roundKernel(
  { node, patchSize, nearest, weights }: Kernel,
  { moments, heldOut }: CollectedMoments,
): { readonly map: AffineMap; readonly nearest: number; readonly corrected: number } {
  const [kernel, bias] = node.layer.weights;
  const outFeatures = kernel!.shape.at(-1)!;
  const given = {
    kernel: ndArray([patchSize, outFeatures], Float64Array.from(kernel!.data)),
    bias: ndArray([outFeatures], bias ? Float64Array.from(bias.data) : new Float64Array(outFeatures)),
  };
  const map = roundAffine(given, weights.length > 1 ? moments : aboutZero(moments), nearest);
  const plain = { ...given, kernel: { ...given.kernel, data: given.kernel.data.map(nearest) } };
  const error = (of: AffineMap) =>
    measureAffine<Moments | CalibrationRows>(heldOut ?? moments, of).relativeMse;
  return { map, nearest: error(plain), corrected: error(map) };
}

/**
 * Moments about zero instead of the mean, for layers without a bias that could compensate for a change of the
 * mean.
 */
function aboutZero({ inputMean, inputCovariance }: Moments): Pick<Moments, 'inputMean' | 'inputCovariance'> {
  const size = inputMean.data.length;
  const products = inputCovariance.data.map(
    (covariance, index) =>
      covariance + inputMean.data[Math.floor(index / size)]! * inputMean.data[index % size]!,
  );
  return {
    inputMean: { ...inputMean, data: new Float64Array(size) },
    inputCovariance: { ...inputCovariance, data: products },
  };
}
