import { shuffledIndices, uniformStream } from '@fuseinit/core';
import type { Samples } from '@fuseinit/datasets';
import { findSpans, fuse, type LayersModel, runLayers, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { pickSamples, type TrainedTeacher } from './teacher-of.js';

/** Which samples a fusion was calibrated on: those that the teacher was trained on, or others. */
export type CalibratedOn = 'seen' | 'fresh';

/** What a report said of a fusion, and what is true on samples that are really apart. */
export interface MeasuredFusion {
  readonly calibratedOn: CalibratedOn;
  readonly span: string;
  readonly samples: number;
  /** Held-out relative MSE of the fused layer. */
  readonly layer: { readonly reported: number; readonly standardError: number | null; readonly true: number };
  /** Relative MSE of the network's output, the refit of later layers included. */
  readonly output: { readonly reported: number; readonly true: number };
}

/**
 * Draws a span, a kernel, a number of samples and whether to refit, fuses so, and compares the report's errors with those
 * on the teacher's test samples.
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
  const available = teacher[calibratedOn].count;
  // From 200 on, as many small numbers as large ones.
  const samples = Math.round(200 * (available / 200) ** draw());
  // Two kernels of 3 see 5 positions, and more with a pooling between.
  const kernelSize = className === 'Conv2D' && 1 + 2 * Math.floor(draw() * 3);
  const refit = draw() < 0.5 ? 'none' : 'downstream';
  const order = shuffledIndices(available, uniformStream(seed + 1)).slice(0, Math.max(2, samples));
  const calibration = pickSamples(teacher[calibratedOn], order);
  const { student, report } = await fuse(teacher.model, {
    tf,
    spans: [{ from, to, ...(kernelSize && { kernelSize }) }],
    calibrationData: { data: calibration.inputs, shape: [calibration.count, ...calibration.inputShape] },
    refit,
  });
  const [span] = report.spans;
  try {
    return {
      calibratedOn,
      span: span!.name,
      samples: calibration.count,
      layer: {
        reported: span!.heldOutRelativeMse!,
        standardError: span!.heldOutStandardError,
        true: errorBetween(tf, teacher, student, { layers: [to, span!.name] }),
      },
      output: {
        reported: report.outputRelativeMse[0]!.relativeMse,
        true: errorBetween(tf, teacher, student, 'outputs'),
      },
    };
  } finally {
    student.dispose();
  }
}

const samplesAtOnce = 250;

/** Mean square error of a student over the variance of its teacher: of outputs, or of two layers before activation. */
function errorBetween(
  tf: TensorFlow,
  { model, test }: TrainedTeacher,
  student: LayersModel,
  compared: 'outputs' | { readonly layers: readonly [string, string] },
): number {
  const parts: { readonly expected: Float32Array; readonly actual: Float32Array }[] = [];
  let columns = 1;
  for (let start = 0; start < test.count; start += samplesAtOnce) {
    tf.tidy(() => {
      const inputs = [batchOf(tf, test, start)];
      const valuesOf = (network: LayersModel, name: string): Tensor =>
        compared === 'outputs'
          ? runLayers(network, inputs, []).outputs[0]!
          : runLayers(network, inputs, [name]).preActivations[0]!;
      const [ofTeacher, ofStudent] = compared === 'outputs' ? ['', ''] : compared.layers;
      const values = valuesOf(model, ofTeacher);
      columns = values.shape.at(-1)!;
      parts.push({
        expected: values.dataSync() as Float32Array,
        actual: valuesOf(student, ofStudent).dataSync() as Float32Array,
      });
    });
  }
  const rows = parts.reduce((sum, { expected }) => sum + expected.length / columns, 0);
  const means = new Float64Array(columns);
  for (const { expected } of parts)
    for (let at = 0; at < expected.length; at++) means[at % columns]! += expected[at]! / rows;
  let error = 0;
  let variance = 0;
  for (const { expected, actual } of parts) {
    for (let at = 0; at < expected.length; at++) {
      error += (expected[at]! - actual[at]!) ** 2;
      variance += (expected[at]! - means[at % columns]!) ** 2;
    }
  }
  return error / variance;
}

function batchOf(tf: TensorFlow, { inputs, inputShape, count }: Samples, start: number): Tensor {
  const size = inputs.length / count;
  const end = Math.min(count, start + samplesAtOnce);
  return tf.tensor(inputs.subarray(start * size, end * size), [end - start, ...inputShape]);
}
