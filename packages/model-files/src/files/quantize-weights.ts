import { FuseInitError, sizeOf } from '@fuseinit/core';
import { f16round, getFloat16, setFloat16 } from '@petamoriken/float16';
import type { io } from '@tensorflow/tfjs';
import { weightBytes } from './weight-bytes.js';

/**
 * The types in which weights can be stored. TensorFlow.js computes in float32 regardless of the stored type.
 */
export const weightDtypes = ['float32', 'float16', 'uint16', 'uint8'] as const;

/** The type in which files store weights; the smaller ones are quantized. */
export type WeightDtype = (typeof weightDtypes)[number];

export interface StoredWeights {
  readonly weightSpecs: io.WeightsManifestEntry[];
  readonly values: Uint8Array;
}

/**
 * Stores weights in another type, by the `quantization` of TensorFlow.js's weight manifests: a float16 is the
 * nearest one; a uint8 or uint16 `q` stands for `q * scale + min`, with one `scale` and `min` for each
 * weight, chosen such that 0 stays 0.
 *
 * Scalars and vectors (biases, the moments of batch norms) stay float32: they take little space, and rounding
 * them does the most harm. So do weights of a single number, and weights of types other than float32. For
 * uint8, weights whose channels differ too much in scale for a common step, such as depthwise kernels with
 * folded batch norms, are stored as float16, the worst first, as long as that adds at most a tenth to the
 * file.
 *
 * @param dtype The type to store; without it, weights are stored as they are.
 * @throws PRECISION_TOO_LOW with the name of a weight that contains a number outside float16's range.
 * @throws VALUE_NOT_FINITE with the name of a weight that holds NaN or Infinity, for uint8 and uint16.
 */
export function quantizeWeights(
  specs: readonly io.WeightsManifestEntry[],
  values: Uint8Array,
  dtype: WeightDtype | undefined,
): StoredWeights {
  if (dtype === undefined) return { weightSpecs: [...specs], values };
  const stored = withDtypes(specs, values, dtype).map(({ spec, bytes, dtype }) =>
    storedAs(spec, bytes, dtype),
  );
  return {
    weightSpecs: stored.map(({ spec }) => spec),
    values: new Uint8Array(Buffer.concat(stored.map(({ bytes }) => bytes))),
  };
}

/** Returns the representable number nearest to `value`; `index` is the position in the weight. */
export type WeightRounding = (value: number, index: number) => number;

/**
 * The roundings that {@link quantizeWeights} applies, by the names of the weights that it quantizes, for
 * callers that round to other numbers than the nearest. Numbers rounded in this way are stored exactly, with
 * the same steps, since the smallest and the largest number of each weight are kept.
 *
 * @throws as {@link quantizeWeights} does for uint8 and uint16.
 */
export function weightRoundings(
  specs: readonly io.WeightsManifestEntry[],
  values: Uint8Array,
  dtype: WeightDtype,
): ReadonlyMap<string, WeightRounding> {
  const roundings = new Map<string, WeightRounding>();
  for (const { spec, bytes, dtype: own } of withDtypes(specs, values, dtype)) {
    if (isStoredAs(spec, own) || own === 'float32' || staysFloat32(spec)) continue;
    roundings.set(
      spec.name,
      own === 'float16' ? f16round : roundingInSteps(spec, numbersOf(bytes, spec.quantization), own),
    );
  }
  return roundings;
}

/** The type in which most numbers of a model's float32 weights are stored. */
export function weightDtypeOf(specs: readonly io.WeightsManifestEntry[]): WeightDtype {
  const counts = new Map<WeightDtype, number>();
  for (const { shape, dtype, quantization } of specs) {
    if (dtype !== 'float32') continue;
    const stored = quantization?.dtype ?? 'float32';
    counts.set(stored, (counts.get(stored) ?? 0) + sizeOf(shape));
  }
  return [...counts].sort(([, first], [, second]) => second - first)[0]?.[0] ?? 'float32';
}

interface StoredWeight {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array;
}

/** The weights with the type that each is to be stored as. */
function withDtypes(
  specs: readonly io.WeightsManifestEntry[],
  values: Uint8Array,
  dtype: WeightDtype,
): (StoredWeight & { readonly dtype: WeightDtype })[] {
  let start = 0;
  const given = specs.map((spec) => {
    const bytes = values.subarray(start, start + weightBytes([spec]));
    start += bytes.length;
    return { spec, bytes };
  });
  const finer = dtype === 'uint8' ? coarseInUint8(given) : new Set();
  return given.map((weight) => ({ ...weight, dtype: finer.has(weight) ? 'float16' : dtype }));
}

const largestFloat16 = 65504;
/**
 * The largest acceptable noise-to-signal ratio of rounding to uint8, averaged over the channels of a weight.
 */
const mostNoise = 1e-3;
/** The largest share of the numbers that may take two bytes each instead of one. */
const finerShare = 0.1;

/** The weights to store as float16 because uint8 is too coarse for them, within the permitted share. */
function coarseInUint8(weights: readonly StoredWeight[]): ReadonlySet<StoredWeight> {
  const quantized = weights.filter(({ spec }) => spec.dtype === 'float32' && spec.shape.length >= 2);
  const noisy = quantized
    .map((weight) => ({ weight, noise: noiseInUint8(weight) }))
    .filter(({ noise }) => noise > mostNoise)
    .sort((first, second) => second.noise - first.noise);
  const sizeOfWeight = ({ spec }: StoredWeight) => sizeOf(spec.shape);
  let room = finerShare * quantized.reduce((sum, weight) => sum + sizeOfWeight(weight), 0);
  const finer = new Set<StoredWeight>();
  for (const { weight } of noisy) {
    if (sizeOfWeight(weight) > room) continue;
    room -= sizeOfWeight(weight);
    finer.add(weight);
  }
  return finer;
}

/**
 * The energy of the rounding to uint8 relative to that of a channel, at most 1, averaged over the channels.
 * The channel axis is the last axis longer than one, which for a depthwise kernel is that of its inputs.
 * Rounding to steps has a mean square error of a twelfth of the squared step.
 */
function noiseInUint8({ spec, bytes }: StoredWeight): number {
  if (spec.quantization?.dtype === 'uint8') return 0;
  const numbers = numbersOf(bytes, spec.quantization);
  const [least, most] = rangeOf(numbers);
  if (!(most > least) || Math.max(-least, most) > largestFloat16) return 0;
  const channels = spec.shape.findLast((length) => length > 1) ?? 1;
  const energies = new Float64Array(channels);
  for (const [index, number] of numbers.entries()) energies[index % channels]! += number * number;
  const rounding = (((most - least) / 255) ** 2 / 12) * (numbers.length / channels);
  return energies.reduce((sum, energy) => sum + Math.min(1, rounding / (energy || rounding)), 0) / channels;
}

function isStoredAs(spec: io.WeightsManifestEntry, dtype: WeightDtype): boolean {
  return spec.dtype !== 'float32' || (spec.quantization?.dtype ?? 'float32') === dtype;
}

function staysFloat32({ shape }: io.WeightsManifestEntry): boolean {
  return shape.length < 2 || sizeOf(shape) < 2;
}

function storedAs(given: io.WeightsManifestEntry, bytes: Uint8Array, dtype: WeightDtype): StoredWeight {
  if (isStoredAs(given, dtype)) return { spec: given, bytes };
  const { quantization, ...spec } = given;
  const numbers = numbersOf(bytes, quantization);
  if (dtype === 'float32' || staysFloat32(spec)) {
    return { spec, bytes: new Uint8Array(numbers.buffer) };
  }
  return dtype === 'float16' ? inFloat16(spec, numbers) : inSteps(spec, numbers, dtype);
}

/** The numbers of a float32 weight as TensorFlow.js reads them. */
export function numbersOf(
  bytes: Uint8Array,
  quantization: io.WeightsManifestEntry['quantization'],
): Float32Array {
  // The bytes are copied because weights needn't be aligned in the buffer.
  const { buffer } = bytes.slice();
  if (quantization === undefined) return new Float32Array(buffer);
  if (quantization.dtype === 'float16') {
    const view = new DataView(buffer);
    return Float32Array.from({ length: bytes.length / 2 }, (_, index) => getFloat16(view, 2 * index, true));
  }
  const steps = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer);
  return Float32Array.from(steps, (step) => step * quantization.scale! + quantization.min!);
}

function inFloat16(spec: io.WeightsManifestEntry, numbers: Float32Array): StoredWeight {
  const view = new DataView(new ArrayBuffer(2 * numbers.length));
  numbers.forEach((number, index) => {
    setFloat16(view, 2 * index, number, true);
    if (Number.isFinite(number) && !Number.isFinite(getFloat16(view, 2 * index, true))) {
      throw new FuseInitError(
        'PRECISION_TOO_LOW',
        `The weight ${JSON.stringify(spec.name)} holds ${number}, and float16 ends at 65504: store the weights as float32 or uint16.`,
      );
    }
  });
  return { spec: { ...spec, quantization: { dtype: 'float16' } }, bytes: new Uint8Array(view.buffer) };
}

function inSteps(
  spec: io.WeightsManifestEntry,
  numbers: Float32Array,
  dtype: 'uint8' | 'uint16',
): StoredWeight {
  const { min, scale, stepOf } = stepsOf(spec, numbers, dtype);
  const stored = dtype === 'uint8' ? Uint8Array.from(numbers, stepOf) : Uint16Array.from(numbers, stepOf);
  return { spec: { ...spec, quantization: { dtype, min, scale } }, bytes: new Uint8Array(stored.buffer) };
}

function roundingInSteps(
  spec: io.WeightsManifestEntry,
  numbers: Float32Array,
  dtype: 'uint8' | 'uint16',
): WeightRounding {
  const { min, scale, least, most, stepOf } = stepsOf(spec, numbers, dtype);
  // The range of the stored numbers determines the steps, so the smallest and the largest must not change.
  const kept = new Map([least, most].map((number) => [numbers.indexOf(number), number]));
  return (value, index) => Math.fround(stepOf(kept.get(index) ?? value) * scale + min);
}

/** The quantization steps between the smallest and the largest number: `q` represents `q * scale + min`. */
interface Steps {
  readonly least: number;
  readonly most: number;
  readonly min: number;
  readonly scale: number;
  stepOf(number: number): number;
}

function stepsOf({ name }: io.WeightsManifestEntry, numbers: Float32Array, dtype: 'uint8' | 'uint16'): Steps {
  const [least, most] = rangeOf(numbers);
  if (!Number.isFinite(least) || !Number.isFinite(most)) {
    throw new FuseInitError(
      'VALUE_NOT_FINITE',
      `The weight ${JSON.stringify(name)} holds numbers that aren't finite, which ${dtype} has no steps for: store the weights as float32.`,
    );
  }
  const steps = dtype === 'uint8' ? 2 ** 8 - 1 : 2 ** 16 - 1;
  const scale = least === most ? 1 : (most - least) / steps;
  // Zero is made one of the steps, so that zeros from pruning and padding stay zeros.
  const min = least < most && least <= 0 && most >= 0 ? -Math.round(-least / scale) * scale : least;
  const stepOf = (number: number) => Math.min(steps, Math.max(0, Math.round((number - min) / scale)));
  return { least, most, min, scale, stepOf };
}

function rangeOf(numbers: Float32Array): readonly [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const number of numbers) {
    if (Number.isNaN(number)) return [number, number];
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return [least, most];
}
