import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { fusedLayers, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { type LayersRun, runLayers } from '@fuseinit/tfjs/internal';
import type { CreateReportOptions } from '../create-report-options.js';
import { type Comparison, createComparison } from './comparison.js';
import { type ErrorSums, errorSums } from './error-sums.js';
import { type SampleBatch, sampleBatches } from './sample-batches.js';

/** What a batch gave, on the device. */
type BatchTensors = {
  teacher: Tensor[];
  student: Tensor[];
  layers: ErrorSums[];
};

/** Runs both networks on the data, batch by batch; no tensor is left. */
export async function compareNetworks(options: CreateReportOptions): Promise<Comparison> {
  const { tf, teacher, data, batchSize = 64, signal } = options;
  const inputShapes = teacher.inputs.map(({ shape }) => shape);
  let comparison: Comparison | undefined;
  for await (const batch of sampleBatches(data, inputShapes, batchSize)) {
    requireNotAborted(signal, 'report');
    const tensors = run(options, batch);
    try {
      comparison ??= createComparison(options, tensors);
      comparison.add(batch, {
        teacher: await readAll(tensors.teacher),
        student: await readAll(tensors.student),
        layers: await Promise.all(tensors.layers.map(readSums)),
      });
    } finally {
      tf.dispose(tensors);
    }
  }
  return comparison!;
}

function run({ tf, teacher, student, fused }: CreateReportOptions, { inputs }: SampleBatch): BatchTensors {
  return tf.tidy(() => {
    const fed = inputs.map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape]));
    const pairs = fusedLayers(fused);
    const taught = runLayers(
      teacher,
      fed,
      pairs.map((pair) => pair.teacher),
    );
    const made = runLayers(
      student,
      fed,
      pairs.map((pair) => pair.student),
    );
    requireSameOutputs(taught, made);
    const layers = pairs.map(({ student: layerName }, index) => {
      const [actual, expected] = [made.preActivations[index]!, taught.preActivations[index]!];
      requireSameShape(`Layer ${JSON.stringify(layerName)} of the student`, actual, expected);
      return errorSums(tf, actual, expected);
    });
    // An output may be an input, which is disposed with the tidy.
    return { teacher: cloned(tf, taught.outputs), student: cloned(tf, made.outputs), layers };
  });
}

const cloned = (tf: TensorFlow, tensors: readonly Tensor[]) => tensors.map((tensor) => tf.clone(tensor));

function requireSameOutputs(taught: LayersRun, made: LayersRun): void {
  if (taught.outputs.length !== made.outputs.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The teacher has ${taught.outputs.length} outputs and the student ${made.outputs.length}: as many were expected.`,
    );
  }
  for (const [index, output] of made.outputs.entries()) {
    requireSameShape(`Output ${index} of the student`, output, taught.outputs[index]!);
  }
}

function requireSameShape(what: string, actual: Tensor, expected: Tensor): void {
  if (actual.shape.join() === expected.shape.join()) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `${what} gives [${actual.shape}] and the teacher [${expected.shape}]: the same shape was expected.`,
  );
}

const readAll = (tensors: readonly Tensor[]) => Promise.all(tensors.map((tensor) => tensor.data()));

async function readSums({ channelErrors, positionErrors, means, deviations }: ErrorSums) {
  return {
    channelErrors: await channelErrors.data(),
    positionErrors: await positionErrors.data(),
    means: await means.data(),
    deviations: await deviations.data(),
  };
}
