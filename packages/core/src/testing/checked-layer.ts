import { type NdArray, sizeOf } from '../array/nd-array.js';
import { inWords } from '../errors/fuse-init-error.js';
import { applyLayer } from '../network/interpret.js';
import type { LayerPlugin, LoweredLayer, WeightedLayer } from '../plugin/layer-plugin.js';
import { check } from './check.js';

/** A layer that is being checked, and what runs it. */
export interface CheckedLayer {
  /** The layer's class and name, with which messages begin. */
  readonly label: string;
  readonly layer: WeightedLayer;
  readonly lowered: LoweredLayer;
  readonly apply: Apply;
}

/** Runs a layer at inference: [batch, elements of all inputs of a sample] to [batch, ...outputShape]. */
export type Apply = (layer: WeightedLayer, input: NdArray) => NdArray;

/**
 * The multiples of the given inputs that are tested, so that a threshold on the input doesn't go unnoticed.
 */
export const inputScales = [1e-8, 1e-5, 1e-3, 0.1, 1, 30, 1e3, 1e6];

/** The shapes of one sample of each input. */
export function inputShapesOf({
  inputShape,
  otherInputShapes = [],
}: Pick<LoweredLayer, 'inputShape' | 'otherInputShapes'>): (readonly number[])[] {
  return [inputShape, ...otherInputShapes];
}

/**
 * Packs the inputs of a layer into one array with a row for each sample, so that every check deals with a
 * single input.
 */
export function packed(inputs: readonly NdArray[]): NdArray {
  const samples = inputs[0]!.shape[0]!;
  const sizes = inputs.map(({ shape }) => sizeOf(shape.slice(1)));
  const rows = Array.from({ length: samples }, (_, sample) =>
    inputs.map(({ data }, index) => [...data.slice(sample * sizes[index]!, (sample + 1) * sizes[index]!)]),
  );
  const size = sizes.reduce((sum, each) => sum + each, 0);
  return { shape: [samples, size], data: Float64Array.from(rows.flat(2)) };
}

/** Returns the inputs that {@link packed} packed. */
export function unpacked(
  { shape: [samples = 0, size = 0], data }: NdArray,
  lowered: LoweredLayer,
): NdArray[] {
  let start = 0;
  return inputShapesOf(lowered).map((shape) => {
    const own = sizeOf(shape);
    const values = new Float64Array(samples * own);
    for (let sample = 0; sample < samples; sample++)
      values.set(data.subarray(sample * size + start, sample * size + start + own), sample * own);
    start += own;
    return { shape: [samples, ...shape], data: values };
  });
}

/**
 * The plugin's `apply`, wrapped to check the declared output shape and that nothing is changed in place. It
 * returns a copy, which a plugin that reuses its output can't change.
 */
export function strictly(plugin: LayerPlugin, label: string, lowered: LoweredLayer): Apply {
  return (layer, input) => {
    const inputs = unpacked(input, lowered);
    const arrays = [...inputs, ...layer.weights, ...(layer.mask ? [layer.mask] : [])];
    const kept = arrays.map(({ data }) => data.slice());
    const outputs = applyLayer(plugin, layer, inputs);
    check(
      arrays.every(({ data }, index) => data.every((value, at) => Object.is(value, kept[index]![at]))),
      `${label} changed its input or its weights in place.`,
    );
    check(
      outputs.length === 1,
      `${label} computes ${outputs.length} outputs: a layer of one output was expected.`,
    );
    const output = outputs[0] as Partial<NdArray> | undefined;
    const expected = [input.shape[0]!, ...lowered.outputShape];
    check(
      inWords(output?.shape) === inWords(expected) && output?.data?.length === sizeOf(expected),
      `${label} declares an output of [${expected}] and computes ${inWords(output?.shape)} with ${output?.data?.length} numbers.`,
    );
    check(
      // Unlike instanceof, this holds for an array of another realm, such as that of a test runner.
      Object.prototype.toString.call(output?.data) === '[object Float64Array]',
      `${label} computes ${inWords(output?.data).slice(0, 80)}: a Float64Array was expected as the data of its output.`,
    );
    return { shape: expected, data: output!.data!.slice() };
  };
}

export function sampleOf({ shape, data }: NdArray, sample: number): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape: [1, ...shape.slice(1)], data: data.slice(sample * size, (sample + 1) * size) };
}

export function scaledBy(scale: number, { shape, data }: NdArray): NdArray {
  return { shape, data: data.map((value) => scale * value) };
}

export function isSame(first: NdArray, second: NdArray): boolean {
  return first.data.every((value, index) => Object.is(value, second.data[index]));
}

export function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
