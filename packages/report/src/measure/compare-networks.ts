import { FuseInitError, requireNotAborted } from '@fuseinit/core';
import { fusedLayers, type Tensor, type TensorFlow } from '@fuseinit/tfjs';
import { predictBatch, runLayers } from '@fuseinit/tfjs/internal';
import type { CreateReportOptions } from '../create-report-options.js';
import { type Comparison, createComparison } from './comparison.js';
import { type ErrorSums, errorSums } from './error-tallies.js';
import { type SampleBatch, sampleBatches } from './sample-batches.js';

/** The outputs of the networks for one batch, on the device. */
type BatchTensors = {
  given: Tensor[];
  teacher: Tensor[];
  student: Tensor[];
  layers: ErrorSums[];
};

/** Runs the networks on the data, batch by batch; no tensor is leaked. */
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
        given: await readAll(tensors.given),
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

function run(
  { tf, given, teacher, student, fused }: CreateReportOptions,
  { inputs }: SampleBatch,
): BatchTensors {
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
    requireSameOutputs('student', made.outputs, taught.outputs);
    const asGiven = given ? predictBatch(given, fed) : [];
    if (given) requireSameOutputs('teacher as given', asGiven, taught.outputs);
    const layers = pairs.map(({ student: layerName }, index) => {
      const [actual, expected] = [made.preActivations[index]!, taught.preActivations[index]!];
      requireSameShape(`Layer ${JSON.stringify(layerName)} of the student`, actual, expected);
      return errorSums(tf, actual, expected);
    });
    // An output may be an input itself, which is disposed with the tidy scope.
    return {
      given: cloned(tf, asGiven),
      teacher: cloned(tf, taught.outputs),
      student: cloned(tf, made.outputs),
      layers,
    };
  });
}

const cloned = (tf: TensorFlow, tensors: readonly Tensor[]) => tensors.map((tensor) => tf.clone(tensor));

function requireSameOutputs(what: string, actual: readonly Tensor[], expected: readonly Tensor[]): void {
  if (expected.length !== actual.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `The teacher has ${expected.length} outputs and the ${what} ${actual.length}: as many were expected.`,
    );
  }
  for (const [index, output] of actual.entries()) {
    requireSameShape(`Output ${index} of the ${what}`, output, expected[index]!);
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
