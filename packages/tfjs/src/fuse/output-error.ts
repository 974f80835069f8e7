import type { BackendAdapter } from '@fuseinit/core';
import { requireNotAborted } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, splitHeldOut } from '../calibration/held-out.js';
import { predictBatch } from '../network/predict-batch.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/** How far a student's outputs are from its teacher's. */
export interface OutputError {
  readonly outputRelativeMse: readonly { readonly output: string; readonly relativeMse: number }[];
  readonly outputMeasuredOn: 'heldOut' | 'calibrationData';
}

/**
 * Mean square error of each output over the variance of the teacher's, on held-out samples where there are any.
 *
 * Both models predict as a user would have them do, so that it also tells of faults in building the student. Where the
 * teacher's output is constant, the error is over the square of the constant.
 */
export async function outputError(options: {
  readonly tf: TensorFlow;
  readonly read: BackendAdapter<Tensor>['read'];
  readonly teacher: LayersModel;
  readonly student: LayersModel;
  readonly source: CalibrationSource;
  readonly heldOut: HeldOutRule;
  readonly measuredOn: OutputError['outputMeasuredOn'];
  readonly onSamples: (samples: number) => void;
  readonly signal: AbortSignal | undefined;
}): Promise<OutputError> {
  const { tf, read, teacher, student, source, heldOut, measuredOn, onSamples, signal } = options;
  const names = teacher.outputs.map(({ name }) => name);
  const tallies = names.map(createTally);
  let samples = 0;
  for await (const batch of splitHeldOut(tf, source.batches(), heldOut)) {
    try {
      requireNotAborted(signal, 'compare');
      if (batch.heldOut === (measuredOn === 'heldOut'))
        await tally(tf, read, teacher, student, batch.inputs, tallies);
    } finally {
      tf.dispose([...batch.inputs]);
    }
    samples += batch.samples;
    onSamples(samples);
  }
  return {
    outputMeasuredOn: measuredOn,
    outputRelativeMse: names.map((output, index) => ({ output, relativeMse: tallies[index]!.relativeMse() })),
  };
}

async function tally(
  tf: TensorFlow,
  read: BackendAdapter<Tensor>['read'],
  teacher: LayersModel,
  student: LayersModel,
  inputs: readonly Tensor[],
  tallies: readonly ReturnType<typeof createTally>[],
): Promise<void> {
  const outputs = tf.tidy(() => [predictBatch(teacher, inputs), predictBatch(student, inputs)]);
  try {
    for (const [index, output] of tallies.entries()) {
      const expected = outputs[0]![index]!;
      output.add(await read(expected), await read(outputs[1]![index]!), expected.shape[0]!);
    }
  } finally {
    tf.dispose(outputs);
  }
}

/** Welford's update for each element of an output: an output may be an image, so no covariances. */
export function createTally() {
  let count = 0;
  let squaredError = 0;
  let means = new Float64Array(0);
  let squaredDeviation = 0;
  return {
    add(expected: ArrayLike<number>, actual: ArrayLike<number>, samples: number) {
      const width = expected.length / samples;
      if (count === 0) means = new Float64Array(width);
      for (let index = 0; index < expected.length; index++) {
        const element = index % width;
        if (element === 0) count++;
        const value = expected[index]!;
        const fromMean = value - means[element]!;
        means[element]! += fromMean / count;
        squaredDeviation += fromMean * (value - means[element]!);
        squaredError += (actual[index]! - value) ** 2;
      }
    },
    relativeMse(): number {
      if (squaredError === 0) return 0;
      const square = count * means.reduce((sum, mean) => sum + mean * mean, 0);
      return squaredError / (squaredDeviation || square || 1);
    },
  };
}
