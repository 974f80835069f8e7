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

/** A span with the name that its fused layer has in the student. */
interface NamedSpan {
  readonly name: string;
  readonly lowered: LoweredSpan;
}

/**
 * The number of rows to compare: enough for every output channel to be above zero somewhere, even with a
 * relu.
 */
const comparedRows = 64;

/**
 * Converts a solution to the weights of the fused layer. A layer that a plugin supplied is built with these
 * weights and run on random inputs, and must compute the same as the solution, since the errors in the report
 * are those of the solution.
 *
 * @param spread Returns the means and deviations of the random inputs, and is called only if some are drawn.
 *   By default they have mean 0 and standard deviation 1.
 * @throws PLUGIN_FAILED with the name of the plugin and the difference.
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
 * Requires, before any data are read, that the layer of a plugin can be built and computes a random solution.
 * A span that was fused without a plugin passes.
 *
 * @throws PLUGIN_FAILED as {@link fusedWeights} does.
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

/** Random numbers of mean 0, uniform between plus and minus `deviation` times the square root of 3. */
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

/**
 * Computes the output of the fused layer, after the layers that pad or flatten its input: [samples,
 * ...outputShape], flat.
 */
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
  // The layer is first run with its initial weights, since weights that don't fit may be due to a wrong
  // config. Before that, its output shape is checked without running it, since backends may write outside
  // their memory for an output of negative size.
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

/** The error message of TensorFlow.js, if it failed. */
function reasonOf(error: FuseInitError): string {
  const { cause } = error;
  return (cause instanceof Error ? cause.message : error.message).split('\n')[0]!.replace(/\.$/, '');
}

/** The shape of one sample of a layer's output according to its class, without computing it. */
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

/** Runs a network with one input, and returns the shape of one sample of its output and all values. */
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

/** Some of the patches that a fused layer reads from an input, and their row indices. */
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

/** Describes in words where a layer's output differs from the activation of `patches x kernel + bias`. */
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
      // No activation of tfjs-layers has a slope above 2.
      const scale = 2 * (alone ? magnitude : largest) + Math.abs(wanted);
      if (Math.abs(came - wanted) <= rounding * scale) continue;
      return `${came} at channel ${feature} where kernel x patch + bias of the solution, through '${activation}', is ${wanted}`;
    }
  }
  return undefined;
}

/**
 * The tolerance for a correct layer, relative to the magnitudes of its terms: a few dozen roundings, and the
 * error of this device's own product of the same numbers, since some devices multiply in fewer bits than they
 * store.
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
