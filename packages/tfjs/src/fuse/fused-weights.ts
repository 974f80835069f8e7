import {
  activate,
  elementwiseActivations,
  type FusedLayer,
  FuseInitError,
  mapElements,
  multiplyRows,
  type NdArray,
  type Network,
  ndArray,
  pairFailed,
  patchOffsets,
  pluginWeights,
  positionCount,
  type SolvedWeights,
  shuffledIndices,
  sizeOf,
  uniformStream,
} from '@fuseinit/core';
import type { LoweredSpan } from '@fuseinit/registry';
import { floatPrecisionOf } from '../backend/float-precision.js';
import { createLiveLayers } from '../network/make-layer.js';
import { runNetwork } from '../network/run-network.js';
import { unusedName } from '../network/unused-name.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { fusedNodes } from './replace-span.js';
import type { Collected } from './solvable.js';

/** The layer that takes a span's place, and its name in the student. */
interface NamedSpan {
  readonly name: string;
  readonly lowered: LoweredSpan;
}

/** Mean and deviation of what a layer reads: of each channel under a window, else of each element of a sample. */
export interface InputSpread {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Rows that are compared: enough to see every output channel where a relu lets it through. */
const comparedRows = 64;

/**
 * A solution as the fused layer holds it. A layer that a plugin gave is built with these weights and run on drawn inputs,
 * and must compute what the solution says, since the errors in the report are the solution's.
 *
 * @param spread Of the inputs that are drawn; by default they have mean 0 and deviation 1.
 * @throws PLUGIN_FAILED with the plugin and what differs.
 */
export async function fusedWeights(
  tf: TensorFlow,
  span: NamedSpan,
  solution: SolvedWeights,
  spread?: InputSpread,
): Promise<readonly NdArray[]> {
  const { fused, plugin, layers } = span.lowered;
  if (plugin === undefined) return fused.toWeights(solution);
  const copy = {
    kernel: ndArray(solution.kernel.shape, solution.kernel.data.slice()),
    bias: ndArray(solution.bias.shape, solution.bias.data.slice()),
  };
  const weights = pluginWeights(plugin, span.name, fused, copy);
  const input = drawInput(span.lowered, spread);
  const actual = await outputOf(tf, span, plugin, weights, input);
  const { rows, patches } = somePatches(input, fused);
  const fault = await difference(tf, actual, rows, {
    patches,
    solution,
    activation: layers.at(-1)!.activation,
  });
  if (!fault) return weights;
  throw pairFailed(
    plugin,
    'toWeights',
    span.name,
    `and config make a ${fused.className} that gives ${fault}. Look at the order of the weights, at what is left out, and at strides, dilationRate and activation`,
  );
}

/**
 * Refuses, before any data is read, a plugin whose layer can't be built or doesn't compute a solution that is drawn. A span
 * that was fused without a plugin passes.
 *
 * @throws PLUGIN_FAILED as {@link fusedWeights}.
 */
export async function requirePluginLayer(tf: TensorFlow, span: NamedSpan): Promise<void> {
  const { fused, layers, plugin } = span.lowered;
  if (plugin === undefined) return;
  const patchSize = sizeOf([...(fused.geometry?.kernelSize ?? []), ...columnsOf(span.lowered)]);
  const outFeatures = layers.at(-1)!.outputShape.at(-1)!;
  await fusedWeights(tf, span, {
    kernel: drawn(1, [patchSize, outFeatures], () => 1 / Math.sqrt(patchSize)),
    bias: drawn(2, [outFeatures], () => 1),
  });
}

/** Mean and deviation of what was collected for a layer. */
export function inputSpread(collected: Collected, lowered: LoweredSpan): InputSpread {
  const columns = sizeOf(columnsOf(lowered));
  const { mean, variance } = 'rows' in collected ? spreadOfRows(collected) : spreadOfMoments(collected);
  const taps = mean.length / columns;
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns);
  mean.forEach((value, index) => {
    means[index % columns]! += value / taps;
    variances[index % columns]! += variance[index]! / taps;
  });
  // An input that never varied has weight 0 in the solution, and must have it in the layer.
  const usual = variances.reduce((sum, value) => sum + value, 0) / columns || 1;
  return { means, deviations: variances.map((value) => Math.sqrt(value > 0 ? value : usual)) };
}

function spreadOfMoments({ moments }: Extract<Collected, { readonly moments: unknown }>) {
  const mean = moments.inputMean.data;
  const variance = mean.map((_, index) => moments.inputCovariance.data[index * (mean.length + 1)]!);
  return { mean, variance };
}

function spreadOfRows({ rows }: Extract<Collected, { readonly rows: unknown }>) {
  const { shape, data } = rows.inputs;
  const [count = 0, columns = 0] = shape;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  for (let index = 0; index < data.length; index++) mean[index % columns]! += data[index]! / count;
  for (let index = 0; index < data.length; index++) {
    variance[index % columns]! += (data[index]! - mean[index % columns]!) ** 2 / count;
  }
  return { mean, variance };
}

/** What the columns of a patch are counted by: channels under a window, else all of a sample. */
function columnsOf({ fused, layers }: LoweredSpan): readonly number[] {
  const { inputShape } = layers[0]!;
  return fused.geometry ? inputShape.slice(-1) : inputShape;
}

/** Numbers of mean 0, uniform between plus and minus `deviation` times the root of 3. */
function drawn(seed: number, shape: readonly number[], deviation: (index: number) => number): NdArray {
  const uniform = uniformStream(seed);
  const draw = (_: unknown, index: number) => Math.sqrt(3) * deviation(index) * (2 * uniform() - 1);
  return ndArray(shape, Float64Array.from({ length: sizeOf(shape) }, draw));
}

function drawInput({ fused, layers }: LoweredSpan, spread: InputSpread | undefined): NdArray {
  const positions = fused.geometry ? positionCount(fused.geometry) : 1;
  const samples = Math.max(2, Math.ceil(comparedRows / positions));
  const shape = [samples, ...layers[0]!.inputShape];
  const columns = spread?.means.length ?? 1;
  const { data } = drawn(3, shape, (index) => spread?.deviations[index % columns] ?? 1);
  return {
    shape,
    data: data.map((value, index) => Math.fround(value + (spread?.means[index % columns] ?? 0))),
  };
}

/** What the fused layer computes, with what pads or flattens for it: [samples, ...outputShape], flat. */
async function outputOf(
  tf: TensorFlow,
  { name, lowered }: NamedSpan,
  plugin: string,
  weights: readonly NdArray[],
  input: NdArray,
): Promise<ArrayLike<number>> {
  const { fused, layers } = lowered;
  const { outputShape } = layers.at(-1)!;
  // First with any weights, since a wrong config is the cause of weights that don't fit it.
  const { shape } = await ranAlone(tf, layerAlone(lowered, name, []), input, (cause) =>
    pairFailed(
      plugin,
      'fuse',
      name,
      `gave a ${fused.className} of {${Object.keys(fused.config).join(', ')}} that TensorFlow.js can't build: ${reasonOf(cause)}`,
      cause,
    ),
  );
  if (shape.join() !== outputShape.join()) {
    throw pairFailed(
      plugin,
      'fuse',
      name,
      `gave a ${fused.className} with an output of [${shape}] where the span's is [${outputShape}]. Look at units, filters, kernelSize, strides and dilationRate in its config`,
    );
  }
  const { values } = await ranAlone(tf, layerAlone(lowered, name, weights), input, (cause) =>
    pairFailed(
      plugin,
      'toWeights',
      name,
      `gave weights that its config doesn't allow: ${reasonOf(cause)}`,
      cause,
    ),
  );
  return values;
}

/** The words of TensorFlow.js, where it failed. */
function reasonOf(error: FuseInitError): string {
  const { cause } = error;
  return (cause instanceof Error ? cause.message : error.message).split('\n')[0]!.replace(/\.$/, '');
}

/** The output of a network of one input: the shape of a sample, and all values. */
async function ranAlone(
  tf: TensorFlow,
  network: Network,
  input: NdArray,
  failed: (cause: FuseInitError) => FuseInitError,
): Promise<{ shape: readonly number[]; values: ArrayLike<number> }> {
  const live = createLiveLayers(tf);
  let output: Tensor | undefined;
  try {
    output = tf.tidy(() => {
      const feed = tf.tensor(Float32Array.from(input.data), [...input.shape]);
      return runNetwork(network, [feed], network.outputs, { live })[0]!;
    });
    return { shape: output.shape.slice(1), values: await output.data() };
  } catch (cause) {
    if (!FuseInitError.isInstance(cause)) throw cause;
    throw failed(cause);
  } finally {
    output?.dispose();
    live.dispose();
  }
}

/** A network of the fused layer alone. */
export function layerAlone(
  { fused, layers }: LoweredSpan,
  name: string,
  weights: readonly NdArray[],
): Network {
  const type = { shape: layers[0]!.inputShape, dtype: 'float32' };
  const input = unusedName('input', new Set([name]));
  const nodes = fusedNodes(fused, weights, {
    name,
    input: { node: input, output: 0 },
    type,
    outputShape: layers.at(-1)!.outputShape,
    origins: [name],
    taken: new Set([input, name]),
  });
  const inputLayer = { name: input, className: 'InputLayer', config: {}, weights: [], trainable: true };
  return {
    name,
    nodes: [{ name: input, layer: inputLayer, inputs: [], outputs: [type], origins: [] }, ...nodes],
    inputs: [input],
    outputs: [{ node: name, output: 0 }],
  };
}

/** Some of the patches that a fused layer reads of an input, and which they are among all of its rows. */
function somePatches(input: NdArray, { geometry }: FusedLayer): { rows: Uint32Array; patches: NdArray } {
  const [samples = 0, ...sample] = input.shape;
  const size = sizeOf(sample);
  if (!geometry) {
    return {
      rows: Uint32Array.from({ length: samples }, (_, row) => row),
      patches: ndArray([samples, size], input.data),
    };
  }
  const channels = sample.at(-1)!;
  const offsets = patchOffsets(geometry);
  const positions = positionCount(geometry);
  const taps = offsets.length / positions;
  const rows = shuffledIndices(samples * positions, uniformStream(4)).slice(0, comparedRows);
  const data = new Float64Array(rows.length * taps * channels);
  rows.forEach((row, index) => {
    const start = Math.floor(row / positions) * size;
    for (let tap = 0; tap < taps; tap++) {
      const offset = offsets[(row % positions) * taps + tap]!;
      if (offset < 0) continue;
      const at = start + offset * channels;
      data.set(input.data.subarray(at, at + channels), (index * taps + tap) * channels);
    }
  });
  return { rows, patches: ndArray([rows.length, taps * channels], data) };
}

/** Where a layer's output isn't `patches x kernel + bias` through its activation, in words. */
async function difference(
  tf: TensorFlow,
  actual: ArrayLike<number>,
  rows: Uint32Array,
  {
    patches,
    solution: { kernel, bias },
    activation,
  }: { readonly patches: NdArray; readonly solution: SolvedWeights; readonly activation: string },
): Promise<string | undefined> {
  const outFeatures = bias.data.length;
  const sums = multiplyRows(patches, kernel, bias);
  const [p, k, b] = [patches, kernel, bias].map((array) => mapElements(array, Math.abs));
  const magnitudes = multiplyRows(p!, k!, b!).data;
  const rounding = await roundingOf(tf, { patches, kernel, bias }, sums.data, magnitudes);
  const expected = activate(sums, activation).data;
  const alone = elementwiseActivations.includes(activation);
  for (const [index, row] of rows.entries()) {
    const from = index * outFeatures;
    const ofRow = magnitudes.subarray(from, from + outFeatures);
    const largest = ofRow.reduce((most, value) => Math.max(most, value), 0);
    for (const [feature, magnitude] of ofRow.entries()) {
      const wanted = expected[from + feature]!;
      const came = actual[row * outFeatures + feature]!;
      // No activation of tfjs-layers is steeper than 2.
      const scale = 2 * (alone ? magnitude : largest) + Math.abs(wanted);
      if (Math.abs(came - wanted) <= rounding * scale) continue;
      return `${came} at channel ${feature} where kernel x patch + bias of the solution, through '${activation}', is ${wanted}`;
    }
  }
  return undefined;
}

/**
 * By how much a right layer may be off here, relative to the magnitudes of its terms: a few dozen roundings, and what this
 * device's own product of the same numbers is off by, since some multiply in fewer bits than they hold.
 */
async function roundingOf(
  tf: TensorFlow,
  { patches, kernel, bias }: SolvedWeights & { readonly patches: NdArray },
  sums: Float64Array,
  magnitudes: Float64Array,
): Promise<number> {
  const product = tf.tidy(() => {
    const [rows, weights] = [patches, kernel].map(({ shape, data }) =>
      tf.tensor2d(Float32Array.from(data), [shape[0]!, shape[1]!]),
    );
    return tf.matMul(rows!, weights!).add(tf.tensor1d(Float32Array.from(bias.data)));
  });
  try {
    let error = 0;
    (await product.data()).forEach((value, index) => {
      const distance = Math.abs(value - sums[index]!);
      if (distance > 0) error = Math.max(error, distance / magnitudes[index]!);
    });
    const epsilon = floatPrecisionOf(tf) === 16 ? 2 ** -10 : 2 ** -23;
    return 64 * epsilon + Math.min(8 * error, 0.05);
  } finally {
    product.dispose();
  }
}
