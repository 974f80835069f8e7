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
  referenceLinearAlgebra,
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
import { openComputing } from './fuse/open-computing.js';
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
  /** As in `fuse`. */
  readonly backend?: BackendAdapter<Tensor>;
  /**
   * What numbers of a weight can be stored as, by the name that `model.save` gives it: the one nearest to
   * `value`, whose place is `index`. Undefined for a weight that stays as it is.
   */
  readonly roundingOf: (weight: string) => ((value: number, index: number) => number) | undefined;
  readonly calibrationData: CalibrationData;
  /** As in `fuse`. */
  readonly heldOut?: number;
  readonly seed?: number;
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** What rounding does to one layer. */
export interface RoundedLayer {
  readonly name: string;
  /**
   * Of its outputs, before the activation, with every number rounded to the nearest: the mean square of their
   * change over their variance. On held-out samples, where there are any.
   */
  readonly nearest: number;
  /** The same with what rounding one weight changes taken up by others, and by the bias. */
  readonly corrected: number;
  /** Whether the second is the smaller one. */
  readonly applied: boolean;
}

/** The result of {@link roundWeights}. */
export interface RoundedWeights {
  readonly layers: readonly RoundedLayer[];
  /** What weights are to be, by the names that `model.save` gives them; the others stay as they are. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Of all calibration data: enough for what a damped covariance takes from them, each with many positions. */
const [fewestSamples, mostSamples] = [64, 512];
/** Of the covariances: about half a minute on two threads. */
const mostMultiplyAdds = 1e11;
/** Inputs of a layer beyond which factoring their covariance takes longer than it may. */
const mostInputs = 4096;

/**
 * Rounds the kernels of a model's dense layers and convolutions to what they can be stored as, such that the
 * layers' outputs change little on the calibration data. Layers for which that is no better on held-out
 * samples than rounding every number to the nearest are left to it, and so are depthwise kernels, layers that
 * are called twice, and those of more than 4096 inputs. Kernels of numbers that can be stored need nothing.
 *
 * Source: docs/math.md, section 10.
 *
 * @throws as `fuse` does for models, data and devices.
 */
export async function roundWeights(
  model: LayersModel,
  options: RoundWeightsOptions,
): Promise<RoundedWeights> {
  requireModel(model);
  const { tf, signal } = options;
  const opened = await openData(tf, options.calibrationData, readNetwork(model), options.batchSize);
  const computing = await openComputing({ ...options, linearAlgebra: referenceLinearAlgebra });
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

/** A kernel that can be rounded by the moments of what it reads. */
interface Kernel {
  readonly node: NetworkNode;
  readonly geometry: PatchGeometry | null;
  readonly patchSize: number;
  /** Names of the kernel and of the bias, if there is one, as `model.save` has them. */
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
    // What is saved under one name twice can't be told apart.
    const isNamed = weights.every((name) => names.indexOf(name) === names.lastIndexOf(name));
    if (!nearest || !isNamed || shared.has(node.layer) || !hasSeparableActivation(layer)) return [];
    const lowered = lowerAlone(network, registry, node);
    if (!lowered || patchSizeOf(lowered) > mostInputs || isStored(node, nearest)) return [];
    const { geometry } = lowered.fused;
    return [{ node, geometry, patchSize: patchSizeOf(lowered), weights, nearest }];
  });
}

/** Whether rounding leaves a kernel as it is, but for roundings of float32. */
function isStored({ layer }: NetworkNode, nearest: Kernel['nearest']): boolean {
  const numbers = Float64Array.from(layer.weights[0]!.data);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return numbers.every((value, index) => Math.abs(nearest(value, index) - value) <= 2 ** -20 * largest);
}

/** As many samples as multiplying out the covariances of what kernels read has time for. */
function samplesFor(kernels: readonly Kernel[]): number {
  const ofSample = kernels.reduce(
    (sum, { geometry, patchSize }) => sum + (geometry ? positionCount(geometry) : 1) * patchSize ** 2,
    0,
  );
  return Math.max(fewestSamples, Math.min(mostSamples, Math.floor(mostMultiplyAdds / ofSample)));
}

/** What some layers read, and what they give before their activation. */
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

/** Means and covariances that know of no bias which could make up for a mean. */
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
