import { uniformStream } from '@fuseinit/core';
import type { CalibrationData } from '../calibration/calibration-data.js';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, heldOutRule, holdsOut } from '../calibration/held-out.js';
import { limitedSource, samplesTaken } from '../calibration/limited-source.js';
import { openData } from '../calibration/open-data.js';
import { sampleOrder } from '../calibration/sample-order.js';
import { readNetwork } from '../network/read-network.js';
import { requireModel } from '../network/require-model.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/**
 * Some of the samples that `fuse` would hold out, or of all samples where none of them are, drawn from all over the data by
 * `seed`: one tensor for each of the model's inputs, the caller's to dispose. A stream is read to the end of `samples`.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH for unfit data.
 * @throws ARGUMENT_INVALID for a share beyond 0 to 0.5, a seed that is no 32-bit integer, or indices that don't fit the data.
 */
export async function heldOutInputs(
  teacher: LayersModel,
  options: {
    readonly tf: TensorFlow;
    readonly calibrationData: CalibrationData;
    readonly heldOut?: number;
    readonly seed?: number;
    /** Samples that are taken of the whole data, held-out ones included, as in `fuse`. Default all. */
    readonly samples?: number;
    /** Of the held-out samples at most; fewer where there aren't as many. */
    readonly maxSamples: number;
  },
): Promise<Tensor[]> {
  requireModel(teacher);
  const { tf, calibrationData, samples, maxSamples } = options;
  const { source: whole } = await openData(tf, calibrationData, readNetwork(teacher));
  try {
    const rule = heldOutRule(options, samplesTaken(whole, samples));
    const source = samples === undefined ? whole : limitedSource(tf, whole, samples, rule);
    return await (source.indexed
      ? drawnByIndex(tf, source.indexed, rule, maxSamples)
      : drawnFromStream(tf, source, rule, maxSamples));
  } finally {
    await whole.close();
  }
}

async function drawnByIndex(
  tf: TensorFlow,
  { indices, read }: NonNullable<CalibrationSource['indexed']>,
  rule: HeldOutRule,
  maxSamples: number,
): Promise<Tensor[]> {
  const drawn = sampleOrder(indices, rule);
  const heldOut = drawn.filter(holdsOut(rule));
  const chosen = (heldOut.length > 0 ? heldOut : drawn).slice(0, maxSamples).sort();
  const batches: Tensor[][] = [];
  try {
    for await (const { inputs } of read([chosen])) batches.push([...inputs]);
    return joined(tf, batches);
  } finally {
    tf.dispose(batches);
  }
}

/** Reservoirs (Vitter's algorithm R): whichever samples have come, each of them is kept with the same probability. */
async function drawnFromStream(
  tf: TensorFlow,
  source: CalibrationSource,
  rule: HeldOutRule,
  maxSamples: number,
): Promise<Tensor[]> {
  const isHeldOut = holdsOut(rule);
  const uniform = uniformStream(rule.seed ?? 0);
  const [fit, heldOut] = [0, 1].map(() => ({ seen: 0, kept: [] as Tensor[][] }));
  try {
    for await (const { inputs, indices } of source.batches()) {
      try {
        for (const [row, index] of indices.entries()) {
          const reservoir = isHeldOut(index) ? heldOut! : fit!;
          // Samples that are solved on stand in where none is held out.
          if (reservoir === fit && heldOut!.seen > 0) continue;
          const { kept } = reservoir;
          const place = kept.length < maxSamples ? kept.length : Math.floor(uniform() * (reservoir.seen + 1));
          reservoir.seen++;
          if (place >= maxSamples) continue;
          tf.dispose(kept[place] ?? []);
          kept[place] = inputs.map((input) => rowOf(input, row));
        }
      } finally {
        tf.dispose([...inputs]);
      }
    }
    return joined(tf, heldOut!.seen > 0 ? heldOut!.kept : fit!.kept);
  } finally {
    tf.dispose([fit!.kept, heldOut!.kept]);
  }
}

function rowOf(input: Tensor, row: number): Tensor {
  const others = input.shape.slice(1);
  return input.slice([row, ...others.map(() => 0)], [1, ...others]);
}

/** One tensor for each input of all batches, which stay the caller's. */
function joined(tf: TensorFlow, batches: readonly (readonly Tensor[])[]): Tensor[] {
  return batches[0]!.map((_, index) => tf.concat(batches.map((inputs) => inputs[index]!)));
}
