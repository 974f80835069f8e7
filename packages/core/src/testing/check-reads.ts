import { type NdArray, sizeOf } from '../array/nd-array.js';
import { patchOffsets } from '../geometry/extract-patches.js';
import { positionCount } from '../geometry/patch-geometry.js';
import type { LoweredLayer, Lowering } from '../plugin/layer-plugin.js';
import { check } from './check.js';
import {
  type CheckedLayer,
  inputScales,
  inputShapesOf,
  largestOf,
  sampleOf,
  scaledBy,
} from './checked-layer.js';

/**
 * Checks that the outputs depend on exactly the inputs that the lowering declares, with no position ignored:
 * changes each number of a sample in turn, up and down, and records which output positions change.
 *
 * @param input Packed inputs, of which the first sample is used.
 * @throws CHECK_FAILED with the positions that don't agree.
 */
export function checkReads({ label, layer, lowered, apply }: CheckedLayer, input: NdArray): void {
  const outputPositions = sizeOf(lowered.outputShape.slice(0, -1));
  const outputChannels = lowered.outputShape.at(-1)!;
  for (const { start, inputPositions, inputChannels, taps } of readsOfInputs(lowered)) {
    const moves = Array.from({ length: outputPositions }, () => new Set<number>());
    for (const scale of inputScales) {
      const sample = scaledBy(scale, sampleOf(input, 0));
      // Large enough to make the changed number the largest or the smallest of all.
      const far = 10 * largestOf(sample.data) + scale;
      const before = apply(layer, sample);
      for (let at = 0; at < inputPositions * inputChannels; at++) {
        const inputPosition = Math.floor(at / inputChannels);
        for (const change of [far, -far]) {
          const data = sample.data.slice();
          data[start + at]! += change;
          apply(layer, { shape: sample.shape, data }).data.forEach((value, place) => {
            if (Object.is(value, before.data[place])) return;
            const position = Math.floor(place / outputChannels);
            check(
              taps === null || taps[position]!.includes(inputPosition),
              `${label}: output position ${position} changed with input position ${inputPosition}, which its lowering says it doesn't read.`,
            );
            moves[position]!.add(inputPosition);
          });
        }
      }
    }
    if (taps) {
      checkAllRead(label, taps, moves);
      checkNoneIgnored(label, taps, moves);
    } else checkAllMove(label, inputPositions, moves);
    if (!taps && inputPositions === outputPositions && inputPositions > 1) {
      check(
        moves.some((moved, position) => [...moved].some((from) => from !== position)),
        `${label}: its lowering reads 'everything', but each output position changed with the same input position alone: that is 'element'.`,
      );
    }
  }
}

/**
 * Checks that every kernel position is read. A kernel position applies to all output positions, so it counts
 * as read if any output changes with the input that it reads there.
 */
function checkAllRead(
  label: string,
  taps: readonly (readonly number[])[],
  moves: readonly ReadonlySet<number>[],
): void {
  for (let tap = 0; tap < taps[0]!.length; tap++) {
    const inside = taps.flatMap((of, position) => (of[tap]! >= 0 ? [{ position, from: of[tap]! }] : []));
    check(
      inside.length === 0 || inside.some(({ position, from }) => moves[position]!.has(from)),
      `${label}: its lowering says that kernel position ${tap} of its window is read, but no output changed with what stands there: the window is too wide, or a weight is 0.`,
    );
  }
}

/** Checks that some output changes with each input position of a layer that reads everything. */
function checkAllMove(label: string, inputPositions: number, moves: readonly ReadonlySet<number>[]): void {
  for (let from = 0; from < inputPositions; from++) {
    check(
      moves.some((moved) => moved.has(from)),
      `${label}: its lowering reads 'everything', but no output changed with input position ${from}: that position is ignored.`,
    );
  }
}

/** Checks that each output position whose window holds any of the input changes with something there. */
function checkNoneIgnored(
  label: string,
  taps: readonly (readonly number[])[],
  moves: readonly ReadonlySet<number>[],
): void {
  for (const [position, reads] of taps.entries()) {
    check(
      moves[position]!.size > 0 || reads.every((from) => from < 0),
      `${label}: its lowering says that output position ${position} reads its input, but it changed with nothing there: that position is ignored.`,
    );
  }
}

/** What a layer reads of one of its inputs. */
export interface InputReads {
  /** The index of the input's first element in a sample, which has the elements of all inputs. */
  readonly start: number;
  readonly inputPositions: number;
  readonly inputChannels: number;
  /**
   * The input position that each output position reads at each kernel position, -1 outside the input; null
   * where all are read.
   */
  readonly taps: readonly (readonly number[])[] | null;
}

/** What a layer reads of each of its inputs, by its lowering. */
export function readsOfInputs(lowered: LoweredLayer): InputReads[] {
  const lowerings = [lowered.lowering, ...(lowered.otherLowerings ?? [])];
  let start = 0;
  return inputShapesOf(lowered).map((shape, index) => {
    const inputPositions = sizeOf(shape.slice(0, -1));
    const taps = readsOf(lowerings[index]!, inputPositions);
    const reads = { start, inputPositions, inputChannels: shape.at(-1)!, taps };
    start += sizeOf(shape);
    return reads;
  });
}

/**
 * The input position that each output position reads at each kernel position, -1 outside the input; null
 * where all are read.
 */
function readsOf(lowering: Lowering, inputPositions: number): readonly (readonly number[])[] | null {
  if (lowering.reads === 'everything') return null;
  if (lowering.reads === 'element') {
    return Array.from({ length: inputPositions }, (_, position) => [position]);
  }
  const offsets = Array.from(patchOffsets(lowering.geometry));
  const positions = positionCount(lowering.geometry);
  const taps = offsets.length / positions;
  return Array.from({ length: positions }, (_, at) => offsets.slice(at * taps, (at + 1) * taps));
}
