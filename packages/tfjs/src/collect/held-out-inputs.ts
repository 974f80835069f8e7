import type { CalibrationData } from '../calibration/calibration-data.js';
import { calibrationSource } from '../calibration/calibration-source.js';
import { requireFraction, requireSeed, splitHeldOut } from '../calibration/held-out.js';
import { defaultBatchSize } from '../fuse/default-batch-size.js';
import { requireModel } from '../graph/require-model.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/**
 * The first samples that `fuse` would hold out of the data, or the first of all where none are: one tensor for each of the
 * model's inputs, the caller's to dispose.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH for unfit data.
 */
export async function heldOutInputs(
  teacher: LayersModel,
  options: {
    readonly tf: TensorFlow;
    readonly calibrationData: CalibrationData;
    readonly heldOut?: number;
    readonly seed?: number;
    /** At most; fewer where there aren't as many. */
    readonly samples: number;
  },
): Promise<Tensor[]> {
  requireModel(teacher);
  const { tf, calibrationData, samples } = options;
  const share = requireFraction(options.heldOut ?? 0.1);
  const seed = requireSeed(options.seed ?? 0);
  const inputShapes = teacher.inputs.map(({ shape }) => shape);
  const source = calibrationSource(tf, calibrationData, inputShapes, defaultBatchSize(inputShapes));
  const parts: Tensor[][] = inputShapes.map(() => []);
  let count = 0;
  try {
    for await (const batch of splitHeldOut(tf, source.batches(), { share, seed })) {
      const wanted = share === 0 || batch.heldOut;
      for (const [index, input] of batch.inputs.entries()) {
        if (wanted) parts[index]!.push(input);
        else input.dispose();
      }
      if (wanted) count += batch.samples;
      if (count >= samples && batch.endsBatch) break;
    }
    return tf.tidy(() =>
      parts.map((tensors) => {
        const joined = tf.concat(tensors);
        return joined.slice(
          joined.shape.map(() => 0),
          [Math.min(samples, count), ...joined.shape.slice(1)],
        );
      }),
    );
  } finally {
    tf.dispose(parts);
    await source.close();
  }
}
