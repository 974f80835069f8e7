import { errorOfSamples, ndArray, type RowsError, shuffledIndices, uniformStream } from '@fuseinit/core';
import type { Samples } from '@fuseinit/datasets';
import { findSpans, fuse, type LayersModel, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { runLayers } from '@fuseinit/tfjs/internal';
import { pickSamples, type TrainedTeacher } from './teacher-of.js';

/** Whether a fusion was calibrated on samples that the teacher was trained on, or on new ones. */
export type CalibratedOn = 'seen' | 'fresh';

/** The errors that a report gives for a fusion, and the true ones on independent samples. */
export interface MeasuredFusion {
  readonly calibratedOn: CalibratedOn;
  readonly span: string;
  readonly kernelSize: number | null;
  readonly refit: 'none' | 'downstream';
  readonly samples: number;
  /** The number of held-out samples among them. */
  readonly heldOutSamples: number;
  /** The held-out relative MSE of the fused layer. */
  readonly layer: ComparedError;
  /** The relative MSE of the network's output, with later layers refitted. */
  readonly output: ComparedError;
}

/** An error as it was reported, and the same error on test samples. */
export interface ComparedError {
  readonly reported: number;
  /** The standard error of `reported`, from the report. */
  readonly standardError: number | null;
  /** Whether the report warns that too few samples are held out to measure it. */
  readonly isWarnedOf: boolean;
  readonly true: number;
  /** The standard error of `true` over the test samples. */
  readonly trueStandardError: number;
}

/**
 * Draws a span, a kernel size, a number of samples and whether to refit. Then it fuses accordingly and
 * compares the report's errors with those on samples that neither the training nor the fusion has used.
 */
export async function measureFusion(
  tf: TensorFlow,
  teacher: TrainedTeacher,
  calibratedOn: CalibratedOn,
  seed: number,
): Promise<MeasuredFusion> {
  const draw = uniformStream(seed);
  const legal = findSpans(teacher.model).legal;
  const { from, to, className } = legal[Math.floor(draw() * legal.length)]!;
  const available = teacher.seen.count;
  // Sample counts from 200 on are log-uniform.
  const samples = Math.round(200 * (available / 200) ** draw());
  // Two kernels of 3 have a receptive field of 5, and more with a pooling between them.
  const kernelSize = className === 'Conv2D' && 1 + 2 * Math.floor(draw() * 3);
  const refit = draw() < 0.5 ? 'none' : 'downstream';
  const unseen = shuffledIndices(teacher.unseen.count, uniformStream(seed + 1));
  const calibration =
    calibratedOn === 'fresh'
      ? pickSamples(teacher.unseen, unseen.subarray(0, samples))
      : pickSamples(teacher.seen, shuffledIndices(available, uniformStream(seed + 2)).subarray(0, samples));
  const test = pickSamples(teacher.unseen, unseen.subarray(samples, samples + mostTested));
  const { student, report } = await fuse(teacher.model, {
    tf,
    spans: [{ from, to, ...(kernelSize && { kernelSize }) }],
    calibrationData: { data: calibration.inputs, shape: [calibration.count, ...calibration.inputShape] },
    refit,
  });
  const [span] = report.spans;
  const [output] = report.outputRelativeMse;
  try {
    const errors = errorsBetween(tf, teacher.model, student, test, [to, span!.name]);
    const compared = (
      of: string,
      reported: number,
      standardError: number | null,
      error: RowsError,
    ): ComparedError => ({
      reported,
      standardError,
      isWarnedOf: report.warnings.some(
        (warning) =>
          warning.startsWith(`The held-out error of ${of} is `) && warning.includes('too few to tell'),
      ),
      true: error.relativeMse,
      trueStandardError: error.standardError!,
    });
    return {
      calibratedOn,
      span: span!.name,
      kernelSize: kernelSize || null,
      refit,
      samples: calibration.count,
      heldOutSamples: report.heldOut.samples,
      layer: compared(
        JSON.stringify(span!.name),
        span!.heldOutRelativeMse!,
        span!.heldOutStandardError,
        errors.layer,
      ),
      output: compared(
        `the output ${JSON.stringify(output!.output)}`,
        output!.relativeMse,
        output!.standardError,
        errors.output,
      ),
    };
  } finally {
    student.dispose();
  }
}

/** So many samples measure the true error better than any report does. */
const mostTested = 3000;
const samplesAtOnce = 250;

/**
 * Returns the mean square errors of a student over the variance of its teacher, for two layers before their
 * activation and for the networks' outputs.
 *
 * @param layers The layers of the teacher and of the student.
 */
function errorsBetween(
  tf: TensorFlow,
  teacher: LayersModel,
  student: LayersModel,
  test: Samples,
  layers: readonly [string, string],
): { readonly layer: RowsError; readonly output: RowsError } {
  const [layer, output] = [createErrorSum(tf), createErrorSum(tf)];
  for (let start = 0; start < test.count; start += samplesAtOnce) {
    tf.tidy(() => {
      const inputs = [batchOf(tf, test, start)];
      const [expected, actual] = [teacher, student].map((network, at) =>
        runLayers(network, inputs, [layers[at]!]),
      );
      layer.add(expected!.preActivations[0]!, actual!.preActivations[0]!);
      output.add(expected!.outputs[0]!, actual!.outputs[0]!);
    });
  }
  return { layer: layer.error(), output: output.error() };
}

function createErrorSum(tf: TensorFlow) {
  const targets: Float32Array[] = [];
  const errors: number[] = [];
  let columns = 1;
  return {
    add(expected: Tensor, actual: Tensor) {
      columns = expected.shape.at(-1)!;
      const samples = expected.shape[0]!;
      const squares = tf.reshape(tf.squaredDifference(expected, actual), [samples, -1, columns]);
      errors.push(...tf.mean(tf.sum(squares, 2), 1).dataSync());
      targets.push(expected.dataSync() as Float32Array);
    },
    error: (): RowsError => {
      const values = new Float32Array(targets.reduce((sum, { length }) => sum + length, 0));
      let filled = 0;
      for (const part of targets) {
        values.set(part, filled);
        filled += part.length;
      }
      return errorOfSamples(Float64Array.from(errors), ndArray([values.length / columns, columns], values));
    },
  };
}

function batchOf(tf: TensorFlow, { inputs, inputShape, count }: Samples, start: number): Tensor {
  const size = inputs.length / count;
  const end = Math.min(count, start + samplesAtOnce);
  return tf.tensor(inputs.subarray(start * size, end * size), [end - start, ...inputShape]);
}
