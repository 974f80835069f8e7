import { type BackendAdapter, shuffledIndices, uniformStream } from '@fuseinit/core';
import { type Dataset, loadDataset, type Samples, type Task } from '@fuseinit/datasets';
import { fashionImages, type LabelledImages } from '@fuseinit/teacher';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';
import type { Experiment } from '../experiment.js';
import type { RunKey } from '../results/result-line.js';
import type { TrialFile } from '../results/trial-file.js';

/** The samples by their purpose. */
export interface TrialData {
  readonly task: Task;
  readonly training: LabelledTensors;
  readonly validation: LabelledTensors;
  readonly test: LabelledTensors;
  /** The inputs alone. */
  readonly calibration: Tensor;
}

/** The environment of a trial. */
export interface TrialContext {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  readonly experiment: Experiment;
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly data: TrialData;
  readonly file: TrialFile;
  /** The folder of this trial's checkpoints. */
  readonly checkpoints: string;
  /** Called after each epoch with the number of epochs and a description. */
  readonly onEpochs: (epochs: number, activity: string) => void;
}

/** Samples on the device. */
export interface LabelledTensors {
  /** The inputs [count, ...inputShape]. */
  readonly inputs: Tensor;
  /** One-hot labels [count, classes], or numbers [count, 1]. */
  readonly labels: Tensor;
  /** Class indices or values [count]. */
  readonly targets: Float32Array;
}

/** Makes tensors of some rows of a set, in the given order. */
function labelledTensors(
  tf: TensorFlow,
  { inputs, inputShape, targets }: Samples,
  task: Task,
  rows: Uint32Array,
): LabelledTensors {
  const size = inputShape.reduce((product, length) => product * length, 1);
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, index) => {
    picked.set(inputs.subarray(row * size, (row + 1) * size), index * size);
  });
  const values = Float32Array.from(rows, (row) => targets[row]!);
  const labels = tf.tidy(() =>
    task.kind === 'classification'
      ? tf.oneHot(tf.tensor1d(values, 'int32'), task.classes.length).toFloat()
      : tf.tensor2d(values, [rows.length, 1]),
  );
  return { inputs: tf.tensor(picked, [rows.length, ...inputShape]), labels, targets: values };
}

type LoadedData = Pick<Dataset, 'task' | 'train' | 'test' | 'preparation'>;

const fashionClasses = [
  'T-shirt or top',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

/**
 * Loads the data of an experiment.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID like `loadDataset`.
 */
export async function loadData({ data }: Experiment, folder: string): Promise<LoadedData> {
  if (data !== 'fashion-mnist-sample') return loadDataset(data, folder);
  return {
    task: { kind: 'classification', classes: fashionClasses },
    train: samplesOf(fashionImages('calibration')),
    test: samplesOf(fashionImages('evaluation')),
    preparation: 'The first 4,000 training and the first 4,000 test images, pixels from 0 to 1.',
  };
}

/**
 * Makes tensors of the samples of an experiment, the same for every trial.
 *
 * @throws Error if the set has too few samples.
 */
export function trialData(
  tf: TensorFlow,
  { name, samples }: Experiment,
  { task, train, test }: LoadedData,
): TrialData {
  const wanted = samples.training + samples.validation;
  for (const [what, asked, held] of [
    ['training and validation', wanted, train.count],
    ['test', samples.test, test.count],
    ['calibration', samples.calibration, samples.training],
  ] as const) {
    if (asked > held) throw new Error(`${name} asks for ${asked} ${what} samples, and there are ${held}.`);
  }
  // All trials have the same order: they differ in weights and batches, not in data.
  const order = shuffledIndices(train.count, uniformStream(20010509));
  const testOrder = shuffledIndices(test.count, uniformStream(20010510));
  const training = labelledTensors(tf, train, task, order.subarray(0, samples.training));
  return {
    task,
    training,
    validation: labelledTensors(tf, train, task, order.subarray(samples.training, wanted)),
    test: labelledTensors(tf, test, task, testOrder.subarray(0, samples.test)),
    calibration: tf.tidy(() => training.inputs.slice([0], [samples.calibration])),
  };
}

function samplesOf({ images, labels, count }: LabelledImages): Samples {
  return { inputs: images, inputShape: [28, 28, 1], targets: Float32Array.from(labels), count };
}
