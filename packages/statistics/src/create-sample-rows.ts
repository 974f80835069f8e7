import { type PatchGeometry, positionCount, sizeOf, uniformStream } from '@fuseinit/core';
import { writePatch } from './write-patch.js';

/** Some rows of one sample: all that a layer without positions has, or a few positions. */
export interface SampleRows {
  /** The sample's place among the held-out ones. */
  readonly index: number;
  /** [rows, patchSize] */
  readonly inputs: Float32Array;
  /** [rows, outFeatures] */
  readonly targets: Float32Array;
}

/** What {@link SampleRowsSet} held: plain data. */
export interface SampleRowsState {
  readonly seen: number;
  readonly samples: readonly SampleRows[];
}

/** Rows of held-out samples, in bounded memory: a random choice of all samples that came. */
export interface SampleRowsSet {
  readonly samples: readonly SampleRows[];
  /** Whether a sample from `first` on would be kept, so that it must be read. */
  wants(first: number, count: number): boolean;
  /**
   * @param first The place of the first of these samples among the held-out ones; those seen before are passed over.
   * @param input [samples, ...inputSize, channels]; without a geometry [samples, ...].
   * @param target [samples, ...outputSize, outFeatures]; without a geometry [samples, outFeatures].
   */
  add(first: number, input: ShapedNumbers, target: ShapedNumbers, geometry: PatchGeometry | null): void;
  clear(): void;
  state(): SampleRowsState;
}

/** Numbers with their shape. */
export interface ShapedNumbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** 16 MiB of float32. */
const mostNumbers = 2 ** 22;
/** Beyond it the standard error falls by little. */
const mostSamples = 4096;
/** Positions of one sample are alike: more samples tell more than more positions of each. */
const mostPositions = 16;
/** A standard error from fewer is a guess. */
export const fewestSamples = 8;

/** An empty set, or what another one held. */
export function createSampleRows(state?: SampleRowsState): SampleRowsSet {
  let seen = state?.seen ?? 0;
  let samples = [...(state?.samples ?? [])];
  let most = samples[0] ? mostFor(samples[0]) : mostSamples;

  const isWanted = (index: number) =>
    index >= seen && (samples.length < most || priorityOf(index) < priorityOf(samples.at(-1)!.index));

  return {
    get samples() {
      return samples;
    },
    wants: (first, count) => Array.from({ length: count }, (_, at) => first + at).some(isWanted),
    add(first, input, target, geometry) {
      const count = input.shape[0]!;
      const wanted = Array.from({ length: count }, (_, at) => at).filter((at) => isWanted(first + at));
      for (const at of wanted) {
        const rows = rowsOf(first + at, sampleOf(input, at), sampleOf(target, at), geometry);
        most = mostFor(rows);
        samples.push(rows);
      }
      // The lowest of numbers that the index alone decides: a fair choice, and the same after a break.
      samples.sort((one, other) => priorityOf(one.index) - priorityOf(other.index));
      samples = samples.slice(0, most);
      seen = Math.max(seen, first + count);
    },
    clear() {
      samples = [];
    },
    state: () => ({ seen, samples: [...samples] }),
  };
}

function priorityOf(index: number): number {
  return uniformStream(index)();
}

function mostFor({ inputs, targets }: SampleRows): number {
  const fitting = Math.floor(mostNumbers / (inputs.length + targets.length));
  return Math.max(fewestSamples, Math.min(mostSamples, fitting));
}

function sampleOf({ shape, data }: ShapedNumbers, at: number): ShapedNumbers {
  const size = sizeOf(shape.slice(1));
  const part = Float32Array.from({ length: size }, (_, index) => data[at * size + index]!);
  return { shape: shape.slice(1), data: part };
}

function rowsOf(
  index: number,
  input: ShapedNumbers,
  target: ShapedNumbers,
  geometry: PatchGeometry | null,
): SampleRows {
  if (!geometry) {
    return { index, inputs: Float32Array.from(input.data), targets: Float32Array.from(target.data) };
  }
  const positions = positionCount(geometry);
  const rows = Math.min(mostPositions, positions);
  const patchSize = sizeOf(geometry.kernelSize) * input.shape.at(-1)!;
  const outFeatures = target.shape.at(-1)!;
  const inputs = new Float32Array(rows * patchSize);
  const targets = new Float32Array(rows * outFeatures);
  // Spread evenly from a random start: every position is as likely as any other.
  const start = uniformStream(~index)();
  for (let row = 0; row < rows; row++) {
    const position = Math.floor(((row + start) * positions) / rows);
    writePatch(input.data, geometry, position, inputs.subarray(row * patchSize, (row + 1) * patchSize));
    for (let feature = 0; feature < outFeatures; feature++)
      targets[row * outFeatures + feature] = target.data[position * outFeatures + feature]!;
  }
  return { index, inputs, targets };
}
