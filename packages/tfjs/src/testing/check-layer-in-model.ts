import {
  type AffineForm,
  applyAffineForm,
  applyLayer,
  defineLayer,
  FuseInitError,
  inWords,
  type LayerPlugin,
  type NdArray,
  sizeOf,
  type WeightedLayer,
} from '@fuseinit/core';
import { randomArray, readsOfInputs } from '@fuseinit/core/testing';
import { floatPrecisionOf } from '../backend/float-precision.js';
import { withInputShapes } from '../network/input-lengths.js';
import { readNetwork } from '../network/read-network.js';
import { requireModel } from '../network/require-model.js';
import type { LayersModel, TensorFlow } from '../tensorflow.js';
import { differenceOf, movedBy, unitOf } from './explained-by-rounding.js';
import { check, failed, type LayerUnderTest, layerUnderTest } from './layer-under-test.js';

/** The model and the inputs that {@link checkLayerInModel} checks a plugin on. */
export interface CheckLayerInModelOptions {
  /** Your own `tf`, on the backend that the layers are to run on. */
  readonly tf: TensorFlow;
  /**
   * A built model with one or more layers of the plugin's classes, with weights that aren't symmetric or
   * zero, such as the model that you trained. It isn't changed.
   */
  readonly model: LayersModel;
  /**
   * The shape of one sample of each of the model's inputs, which resolves the lengths that it leaves open.
   */
  readonly inputShapes?: readonly (readonly number[])[];
  /**
   * Inputs of the layer itself, [batch, ...shape] for each, at least two samples, where drawn numbers would
   * make no sense, such as the indices that an embedding takes. They aren't multiplied. Default: numbers are
   * drawn at several scales.
   */
  readonly inputs?: readonly NdArray[];
}

/** The result of {@link checkLayerInModel} for one layer. */
export interface LayerInModelCheck {
  /** The layer's name, prefixed by the names of the models that it is nested in. */
  readonly name: string;
  /**
   * The largest difference between the layer and the plugin's `apply`, relative to the largest output at the
   * same scale of inputs; null if the plugin has no `apply`.
   */
  readonly relativeDifference: number | null;
}

/**
 * Tests a layer plugin against the layer itself, as TensorFlow.js runs it: for inputs of several scales, the
 * layer's output must have the shape that `outputShape` declares and the values that `apply` and `affine`
 * compute, and change only with the inputs that `lower` declares. Before its activation, a layer that may end
 * a span must be affine, and a mask must be the one that `makeMask` computes.
 *
 * `checkLayer` of `@fuseinit/core/testing` checks in float64 that a plugin agrees with itself; this function
 * finds what `apply` and the rest of the plugin get wrong alike. It doesn't depend on a test runner.
 *
 * @returns the differences, one for each layer of the plugin's classes in the model.
 * @throws CHECK_FAILED with the requirement that isn't met, or the reason for which the plugin refuses a
 * layer.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 */
export async function checkLayerInModel(
  plugin: LayerPlugin,
  { tf, model, inputShapes, inputs }: CheckLayerInModelOptions,
): Promise<LayerInModelCheck[]> {
  requireModel(model);
  defineLayer(plugin);
  const network = withInputShapes(readNetwork(model), inputShapes);
  const nodes = network.nodes.filter(({ layer }) => plugin.classNames.includes(layer.className));
  check(
    nodes.length > 0,
    `The model ${JSON.stringify(model.name)} has no layer of ${inWords(plugin.classNames)}, the classes of this plugin.`,
  );
  const precision = floatPrecisionOf(tf);
  const checks: LayerInModelCheck[] = [];
  for (const node of nodes) {
    try {
      const layer = layerUnderTest(tf, plugin, network, node);
      checks.push({ name: node.name, relativeDifference: await proveLayer(layer, precision, inputs) });
    } catch (cause) {
      if (FuseInitError.isInstance(cause) && cause.code === 'CHECK_FAILED') throw cause;
      throw failed(
        `${node.layer.className} ${JSON.stringify(node.name)}: ${String(cause)}`,
        node.name,
        cause,
      );
    }
  }
  return checks;
}

/**
 * The scales of drawn inputs. At 0 and at small scales, a threshold shows that a large output would hide; at
 * large ones, a limit.
 */
const scales = [0, 1e-6, 1e-4, 1e-2, 1, 1e2, 1e4];
const samples = 4;

async function proveLayer(
  tested: LayerUnderTest,
  precision: 16 | 32,
  given: readonly NdArray[] | undefined,
): Promise<number | null> {
  const { plugin, label, layer, lowered, inputTypes } = tested;
  let largest: number | null = null;
  const form = plugin.affine?.(layer);
  const drawn = inputTypes.map(({ shape, dtype }, index) => drawnInput(shape, dtype, index));
  for (const scale of given ? [1] : scales) {
    const inputs = given ?? drawn.map((input) => times(scale, input));
    const theirs = await tested.run(inputs);
    const expected = [inputs[0]!.shape[0]!, ...lowered.outputShape];
    check(
      theirs.shape.join() === expected.join(),
      `${label} gives [${theirs.shape}] where outputShape declares [${expected}], batch first.`,
    );
    const again = await tested.run(inputs);
    check(
      again.data.every((value, index) => Object.is(value, theirs.data[index])),
      `${label} gives another output for the same input: at inference it is no fixed function.`,
    );
    await checkSamplesApart(tested, inputs, theirs);
    const compare = (
      what: string,
      compute: (at: WeightedLayer, of: readonly NdArray[]) => NdArray,
    ): number => {
      const ours = compute(layer, inputs);
      const moved = compute(
        { ...layer, weights: layer.weights.map((weight) => movedBy(precision, weight)) },
        inputs.map((input) => movedBy(precision, input)),
      );
      const difference = differenceOf({ ours, theirs, moved, scale, precision });
      check(
        difference.isRounding,
        `${label} computes another output than ${what}: at inputs of about ${scale} they differ by ${difference.relative} of the largest output.`,
      );
      return difference.relative;
    };
    if (plugin.apply) {
      const relative = compare("its plugin's apply", (at, of) => applyLayer(plugin, at, of)[0]!);
      largest = Math.max(largest ?? 0, relative);
    }
    if (form) {
      compare('the affine form of its plugin', (at, of) =>
        applyAffineForm(at === layer ? form : (plugin.affine!(at) as AffineForm), of[0]!),
      );
    }
    if (lowered.roles.ends && !given) await checkAffine(tested, drawn, scale, precision);
  }
  const inputs = given ?? drawn;
  await checkReads(tested, inputs);
  await checkMask(tested, inputs);
  return largest;
}

/** Checks that the first sample alone gives what it gives among others. */
async function checkSamplesApart(
  { label, run }: LayerUnderTest,
  inputs: readonly NdArray[],
  { data }: NdArray,
): Promise<void> {
  const alone = await run(
    inputs.map(({ shape: [, ...shape], data: numbers }) => ({
      shape: [1, ...shape],
      data: numbers.subarray(0, sizeOf(shape)),
    })),
  );
  const largest = alone.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [index, value] of alone.data.entries()) {
    const among = data[index]!;
    check(
      // Some kernels round a row otherwise by its place in the batch.
      Math.abs(value - among) <= 1e-6 * largest || Object.is(value, among),
      `${label} mixes samples: the first alone gives ${value} where it gives ${among} among others.`,
    );
  }
}

/** Draws standard normal numbers, or zeros and ones for an input of whole numbers. */
function drawnInput(shape: readonly number[], dtype: string, seed: number): NdArray {
  const { shape: batched, data } = randomArray(200 + seed, [samples, ...shape]);
  return {
    shape: batched,
    data: data.map((value) => (dtype === 'float32' ? Math.fround(value) : value > 0 ? 1 : 0)),
  };
}

function times(scale: number, { shape, data }: NdArray): NdArray {
  return { shape, data: data.map((value) => Math.fround(scale * value)) };
}

/**
 * Checks that the pre-activation of the layer itself is affine: `f(a + b) - f(a) - f(b) + f(0)` is 0 up to
 * the rounding of its terms.
 */
async function checkAffine(
  { label, run }: LayerUnderTest,
  drawn: readonly NdArray[],
  scale: number,
  precision: 16 | 32,
): Promise<void> {
  const inputs = drawn.map(({ shape: [, ...shape], data }): NdArray => {
    const size = sizeOf(shape);
    const [a, b] = [0, 1].map((sample) =>
      data.subarray(sample * size, (sample + 1) * size).map((value) => Math.fround(scale * value)),
    ) as [Float64Array, Float64Array];
    const both = a.map((value, index) => value + b[index]!);
    return {
      shape: [4, ...shape],
      data: Float64Array.from([...a, ...b, ...both, ...new Float64Array(size)]),
    };
  });
  const { data } = await run(inputs, true);
  const size = data.length / 4;
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const unit = unitOf[precision];
  for (let index = 0; index < size; index++) {
    const [a, b, both, zero] = [0, 1, 2, 3].map((sample) => data[sample * size + index]!) as [
      number,
      number,
      number,
      number,
    ];
    check(
      Math.abs(both - a - b + zero) <= 400 * unit * largest,
      `${label} may end a span by its plugin's roles, but before its activation it isn't affine: at inputs of about ${scale} f(a + b) - f(0) is ${both - zero}, and f(a) + f(b) - 2 f(0) is ${a + b - 2 * zero}.`,
    );
  }
}

/** The number of input positions that are changed, drawn where there are more. */
const positionsTried = 64;

/** Checks that no output position of the layer changes with an input that `lower` doesn't declare. */
async function checkReads(
  { label, lowered, run }: LayerUnderTest,
  inputs: readonly NdArray[],
): Promise<void> {
  const base = inputs.map(({ shape, data }) => data.subarray(0, sizeOf(shape.slice(1))));
  const outputChannels = lowered.outputShape.at(-1)!;
  for (const [index, { inputPositions, inputChannels, taps }] of readsOfInputs(lowered).entries()) {
    if (!taps) continue;
    const tried = chosen(inputPositions);
    const others = inputs[index]!.data.subarray(base[index]!.length);
    for (const factor of [1, 1e3]) {
      const batch = base.map((sample, input): NdArray => {
        const rows = tried.map((position) => {
          const row = sample.slice();
          if (input !== index) return row;
          const start = position * inputChannels;
          // The numbers of another sample are as good as those of this one, whatever they stand for.
          for (let at = start; at < start + inputChannels; at++) row[at] = factor * others[at]!;
          return row;
        });
        const data = Float64Array.from([...sample, ...rows.flatMap((row) => [...row])]);
        return { shape: [tried.length + 1, ...inputs[input]!.shape.slice(1)], data };
      });
      const { data } = await run(batch);
      const size = data.length / (tried.length + 1);
      const largest = data.subarray(0, size).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const [row, position] of tried.entries()) {
        for (let place = 0; place < size; place++) {
          const [before, after] = [data[place]!, data[(row + 1) * size + place]!];
          const outputPosition = Math.floor(place / outputChannels);
          check(
            // Some kernels round a row otherwise by its place in the batch.
            Math.abs(after - before) <= 1e-6 * largest ||
              Object.is(after, before) ||
              taps[outputPosition]!.includes(position),
            `${label}: output position ${outputPosition} changed with position ${position} of input ${index}, which its plugin's lower says it doesn't read.`,
          );
        }
      }
    }
  }
}

/** All positions where they are few; otherwise the first, the last and others spread between them. */
function chosen(positions: number): number[] {
  const count = Math.min(positions, positionsTried);
  const step = count > 1 ? (positions - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => Math.round(index * step));
}

/** Checks that the layer makes the mask that `makeMask` computes, for inputs without masks. */
async function checkMask(
  { plugin, label, layer, mask }: LayerUnderTest,
  inputs: readonly NdArray[],
): Promise<void> {
  const theirs = await mask(inputs);
  const ours = plugin.makeMask?.(
    layer,
    inputs,
    inputs.map(() => undefined),
  );
  check(
    (theirs === undefined) === (ours === undefined),
    theirs === undefined
      ? `${label} makes no mask, but its plugin's makeMask does.`
      : `${label} makes a mask, but its plugin ${plugin.makeMask ? 'makes none' : 'has no makeMask'}.`,
  );
  if (!theirs || !ours) return;
  check(
    theirs.shape.join() === ours.shape.join() &&
      theirs.data.every((value, index) => value === ours.data[index]),
    `${label} makes another mask than its plugin's makeMask.`,
  );
}
