import {
  type CalibrationRows,
  type PatchGeometry,
  positionCount,
  sizeOf,
  subarray,
  uniformStream,
} from '@fuseinit/core';

/** Some rows of one held-out sample: all that a layer without positions has, or some of its positions. */
export interface HeldOutSample {
  /** The batch of the calibration data that the sample came in, counted from 0. */
  readonly batch: number;
  /** Its place among the held-out samples of that batch. */
  readonly place: number;
  readonly rows: number;
  /** [rows, patchSize] */
  readonly inputs: Float32Array;
  /** [rows, outFeatures] */
  readonly targets: Float32Array;
}

/**
 * Rows of held-out samples in bounded memory: all samples, or a fair choice of them, which depends on nothing
 * but their batches and places. So it is the same whatever the order in which they came, and for parts of the
 * data that were collected apart.
 */
export interface HeldOutRows<Sample extends HeldOutSample = HeldOutSample> {
  readonly samples: readonly Sample[];
  /** Whether any of so many held-out samples of a batch would be kept, so that they must be read. */
  wants(batch: number, count: number): boolean;
  add(samples: readonly Sample[]): void;
  /** All that is kept, sample by sample; undefined where there is none. */
  rows(): CalibrationRows | undefined;
}

/** Numbers with their shape. */
export interface ShapedNumbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** 16 MiB of float32. */
const mostNumbers = 2 ** 22;
/** More samples would lower the standard error by little. */
const mostSamples = 4096;
/** Positions of one sample are alike: more samples tell more than more positions of each. */
const mostPositions = 16;
/** This many samples should fit, if need be with fewer positions of each. */
const wantedSamples = 512;
/** A standard error from fewer is a guess. */
export const fewestSamples = 8;

/** A set that holds these samples, or as many of them as fit. */
export function createHeldOutRows<Sample extends HeldOutSample = HeldOutSample>(
  held: readonly Sample[] = [],
): HeldOutRows<Sample> {
  let samples: readonly Sample[] = [];
  let most = mostSamples;

  function add(added: readonly Sample[]): void {
    const [first] = added;
    if (!first) return;
    most = Math.max(
      fewestSamples,
      Math.min(mostSamples, Math.floor(mostNumbers / (first.inputs.length + first.targets.length))),
    );
    samples = [...samples, ...added].sort(byPriority).slice(0, most);
  }
  add(held);

  return {
    get samples() {
      return samples;
    },
    wants(batch, count) {
      const last = samples.at(-1);
      if (!last || samples.length < most) return true;
      return Array.from({ length: count }, (_, place) => ({ batch, place })).some(
        (sample) => byPriority(sample, last) < 0,
      );
    },
    add,
    rows: () => joined(samples),
  };
}

/**
 * The rows of held-out samples of one batch.
 *
 * @param input [samples, ...inputSize, channels]; without a geometry [samples, ...].
 * @param target [samples, ...outputSize, outFeatures]; without a geometry [samples, outFeatures].
 */
export function heldOutSamplesOf(
  batch: number,
  input: ShapedNumbers,
  target: ShapedNumbers,
  geometry: PatchGeometry | null,
): HeldOutSample[] {
  return Array.from({ length: input.shape[0]! }, (_, place) => {
    const sample = { batch, place };
    return {
      ...sample,
      ...rowsOf(priorityOf(sample), sampleOf(input, place), sampleOf(target, place), geometry),
    };
  });
}

type Place = Pick<HeldOutSample, 'batch' | 'place'>;

/** The lowest come first: numbers that a sample's place in the data alone decides. */
function byPriority(one: Place, other: Place): number {
  return priorityOf(one) - priorityOf(other) || one.batch - other.batch || one.place - other.place;
}

function priorityOf({ batch, place }: Place): number {
  return uniformStream(Math.imul(batch, 0x9e3779b1) ^ place)();
}

function sampleOf({ shape, data }: ShapedNumbers, at: number): ShapedNumbers {
  const size = sizeOf(shape.slice(1));
  return { shape: shape.slice(1), data: Float32Array.from(subarray(data, at * size, (at + 1) * size)) };
}

/**
 * @param start Where the first of some evenly spread positions lies, from 0 to 1: every position is as
 * likely.
 */
function rowsOf(
  start: number,
  input: ShapedNumbers,
  target: ShapedNumbers,
  geometry: PatchGeometry | null,
): Pick<HeldOutSample, 'rows' | 'inputs' | 'targets'> {
  if (!geometry) {
    return { rows: 1, inputs: Float32Array.from(input.data), targets: Float32Array.from(target.data) };
  }
  const positions = positionCount(geometry);
  const patchSize = sizeOf(geometry.kernelSize) * input.shape.at(-1)!;
  const outFeatures = target.shape.at(-1)!;
  const fitting = Math.floor(mostNumbers / (wantedSamples * (patchSize + outFeatures)));
  const rows = Math.min(positions, mostPositions, Math.max(1, fitting));
  const inputs = new Float32Array(rows * patchSize);
  const targets = new Float32Array(rows * outFeatures);
  // The start is spread anew: of the samples that are kept, all have a low priority.
  const offset = uniformStream(Math.floor(start * 2 ** 32))();
  for (let row = 0; row < rows; row++) {
    const position = Math.floor(((row + offset) * positions) / rows);
    writePatch(input.data, geometry, position, inputs.subarray(row * patchSize, (row + 1) * patchSize));
    for (let feature = 0; feature < outFeatures; feature++)
      targets[row * outFeatures + feature] = target.data[position * outFeatures + feature]!;
  }
  return { rows, inputs, targets };
}

function joined(samples: readonly HeldOutSample[]): CalibrationRows | undefined {
  const [first] = samples;
  if (!first) return undefined;
  const inputs = new Float32Array(samples.length * first.inputs.length);
  const targets = new Float32Array(samples.length * first.targets.length);
  for (const [at, sample] of samples.entries()) {
    inputs.set(sample.inputs, at * sample.inputs.length);
    targets.set(sample.targets, at * sample.targets.length);
  }
  const count = samples.length * first.rows;
  return {
    inputs: { shape: [count, inputs.length / count], data: inputs },
    targets: { shape: [count, targets.length / count], data: targets },
    rowsPerSample: first.rows,
  };
}

/**
 * Writes the patch at one output position of a sample, zeros outside of the input.
 *
 * @param sample [...inputSize, channels]
 * @param position Of the outputs in row-major order.
 * @param patch [...kernelSize, channels], zeros.
 */
function writePatch(
  sample: ArrayLike<number>,
  geometry: PatchGeometry,
  position: number,
  patch: Float32Array,
): void {
  const { inputSize, outputSize, kernelSize, strides, dilationRate, padding } = geometry;
  const taps = kernelSize.reduce((product, length) => product * length, 1);
  const channels = patch.length / taps;
  const at = pointOf(position, outputSize);
  for (let tap = 0; tap < taps; tap++) {
    const within = pointOf(tap, kernelSize);
    const reads = at.map(
      (start, axis) => start * strides[axis]! + within[axis]! * dilationRate[axis]! - padding[axis]![0],
    );
    if (reads.some((index, axis) => index < 0 || index >= inputSize[axis]!)) continue;
    const from = reads.reduce((index, step, axis) => index * inputSize[axis]! + step, 0) * channels;
    for (let channel = 0; channel < channels; channel++)
      patch[tap * channels + channel] = sample[from + channel]!;
  }
}

function pointOf(index: number, size: readonly number[]): number[] {
  const point: number[] = [];
  let rest = index;
  for (const length of size.toReversed()) {
    point.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return point;
}
