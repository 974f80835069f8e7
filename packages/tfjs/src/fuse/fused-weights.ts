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
  nodeOf,
  pairFailed,
  patchOffsets,
  pluginWeights,
  positionCount,
  type SolvedWeights,
  shuffledIndices,
  sizeOf,
  tensorType,
  uniformStream,
} from '@fuseinit/core';
import type { LoweredSpan } from '@fuseinit/registry';
import { floatPrecisionOf } from '../backend/float-precision.js';
import { createLiveLayers, makeLayer } from '../network/make-layer.js';
import { runNetwork } from '../network/run-network.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import { columnsOf, type InputSpread } from './input-spread.js';
import { layerAlone } from './replace-span.js';

/** The layer that takes a span's place, and its name in the student. */
interface NamedSpan {
  readonly name: string;
  readonly lowered: LoweredSpan;
}

/** Rows that are compared: enough to see every output channel where a relu lets it through. */
const comparedRows = 64;

/**
 * A solution as the fused layer holds it. A layer that a plugin gave is built with these weights and run on
 * drawn inputs, and must compute what the solution says, since the errors in the report are the solution's.
 *
 * @param spread Of the inputs that are drawn, asked for where some are; by default they have mean 0 and
 * deviation 1.
 * @throws PLUGIN_FAILED with the plugin and what differs.
 */
export async function fusedWeights(
  tf: TensorFlow,
  span: NamedSpan,
  solution: SolvedWeights,
  spread?: () => InputSpread,
): Promise<readonly NdArray[]> {
  const { fused, plugin, layers } = span.lowered;
  if (plugin === undefined) return fused.toWeights(solution);
  const copy = {
    kernel: ndArray(solution.kernel.shape, solution.kernel.data.slice()),
    bias: ndArray(solution.bias.shape, solution.bias.data.slice()),
  };
  const weights = pluginWeights(plugin, span.name, fused, copy);
  const input = drawInput(span.lowered, spread?.());
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
 * Refuses, before any data is read, a plugin whose layer can't be built or doesn't compute a solution that is
 * drawn. A span that was fused without a plugin passes.
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
  const cannotBuild = (cause: FuseInitError) =>
    pairFailed(
      plugin,
      'fuse',
      name,
      `gave a ${fused.className} of {${Object.keys(fused.config).join(', ')}} that TensorFlow.js can't build: ${reasonOf(cause)}`,
      cause,
    );
  const requireShape = (shape: readonly (number | null)[]) => {
    if (shape.join() === outputShape.join()) return;
    throw pairFailed(
      plugin,
      'fuse',
      name,
      `gave a ${fused.className} with an output of [${shape}] where the span's is [${outputShape}]. Look at units, filters, kernelSize, strides and dilationRate in its config`,
    );
  };
  // First with any weights, since a wrong config is the cause of weights that don't fit it; and before that
  // not at all, since backends may write outside their memory for an output of negative size.
  const unweighted = layerAlone(lowered, name, []);
  requireShape(declaredShape(tf, unweighted, name, cannotBuild));
  requireShape((await ranAlone(tf, unweighted, input, cannotBuild)).shape);
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

/** The shape of a sample of a layer's output as its class tells it, without computing. */
function declaredShape(
  tf: TensorFlow,
  network: Network,
  name: string,
  failed: (cause: FuseInitError) => FuseInitError,
): readonly (number | null)[] {
  const { layer, inputs } = nodeOf(network, name);
  const { shape } = tensorType(network, inputs[0]!);
  try {
    const [, ...declared] = makeLayer(tf, layer, name).computeOutputShape([null, ...shape]) as (
      | number
      | null
    )[];
    return declared;
  } catch (cause) {
    const known = FuseInitError.isInstance(cause)
      ? cause
      : new FuseInitError('LAYER_UNSUPPORTED', String(cause), { layerName: name, cause });
    throw failed(known);
  }
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
 * By how much a right layer may be off here, relative to the magnitudes of its terms: a few dozen roundings,
 * and what this device's own product of the same numbers is off by, since some multiply in fewer bits than
 * they hold.
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
