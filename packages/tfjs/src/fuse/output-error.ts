import type { BackendAdapter } from '@fuseinit/core';
import { requireNotAborted } from '@fuseinit/core';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import { type HeldOutRule, splitHeldOut } from '../calibration/held-out.js';
import { predictBatch } from '../network/predict-batch.js';
import type { FuseReport, OutputError } from '../report/fuse-report.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';

/** The errors of a student's outputs against its teacher's. */
export type ComparedOutputs = Pick<FuseReport, 'heldOut' | 'outputRelativeMse' | 'outputMeasuredOn'>;

/**
 * Measures the mean square error of each output relative to the variance of the teacher's, on held-out
 * samples if there are any.
 *
 * Both models predict as they would for a user, so that the error includes faults in building the student. If
 * the teacher's output is constant, the error is relative to the square of the constant.
 */
export async function outputError(options: {
  readonly tf: TensorFlow;
  readonly read: BackendAdapter<Tensor>['read'];
  readonly teacher: LayersModel;
  readonly student: LayersModel;
  readonly source: CalibrationSource;
  readonly heldOut: HeldOutRule;
  readonly measuredOn: ComparedOutputs['outputMeasuredOn'];
  readonly onSamples: (samples: number) => void;
  readonly signal: AbortSignal | undefined;
}): Promise<ComparedOutputs> {
  const { tf, read, teacher, student, source, heldOut, measuredOn, onSamples, signal } = options;
  const names = teacher.outputs.map(({ name }) => name);
  const tallies = names.map(createTally);
  let samples = 0;
  let heldOutSamples = 0;
  for await (const batch of splitHeldOut(tf, source.batches(), heldOut)) {
    try {
      requireNotAborted(signal, 'compare');
      if (batch.heldOut === (measuredOn === 'heldOut'))
        await tally(tf, read, teacher, student, batch.inputs, tallies);
    } finally {
      tf.dispose([...batch.inputs]);
    }
    samples += batch.samples;
    if (batch.heldOut) heldOutSamples += batch.samples;
    onSamples(samples);
  }
  return {
    heldOut: { share: heldOut.share, samples: heldOutSamples },
    outputMeasuredOn: measuredOn,
    outputRelativeMse: names.map((output, index) => ({ output, ...tallies[index]!.error() })),
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

/**
 * Accumulates Welford's updates of each element of an output (without covariances, since it may be an image)
 * and of the errors of the samples.
 */
export function createTally() {
  let count = 0;
  let means = new Float64Array(0);
  let squaredDeviation = 0;
  let meanError = 0;
  let errorDeviation = 0;
  return {
    add(expected: ArrayLike<number>, actual: ArrayLike<number>, samples: number) {
      const width = expected.length / samples;
      if (count === 0) means = new Float64Array(width);
      for (let sample = 0; sample < samples; sample++) {
        count++;
        let error = 0;
        for (let element = 0; element < width; element++) {
          const value = expected[sample * width + element]!;
          const fromMean = value - means[element]!;
          means[element]! += fromMean / count;
          squaredDeviation += fromMean * (value - means[element]!);
          error += (actual[sample * width + element]! - value) ** 2;
        }
        const fromMeanError = error - meanError;
        meanError += fromMeanError / count;
        errorDeviation += fromMeanError * (error - meanError);
      }
    },
    error(): Omit<OutputError, 'output'> {
      const square = means.reduce((sum, mean) => sum + mean * mean, 0);
      const scale = squaredDeviation / count || square || 1;
      return {
        relativeMse: meanError === 0 ? 0 : meanError / scale,
        standardError: count < 2 ? null : Math.sqrt(errorDeviation / (count - 1) / count) / scale,
      };
    },
  };
}
