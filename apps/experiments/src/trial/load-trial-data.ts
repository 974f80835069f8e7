import { shuffledIndices, uniformStream } from '@fuseinit/core';
import { type Dataset, loadDataset, type Samples } from '@fuseinit/datasets';
import { fashionImages, type LabelledImages } from '@fuseinit/teacher';
import type { TensorFlow } from '@fuseinit/tfjs';
import type { Experiment } from '../experiment.js';
import { labelledTensors } from './labelled-tensors.js';
import type { TrialData } from './trial-context.js';

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
 * The data of an experiment.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID as `loadDataset` does.
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
 * The samples of an experiment, as tensors: the same ones for every trial.
 *
 * @throws Error when the set holds fewer than are asked for.
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
  // One order for all trials: they differ in weights and batches, not in data.
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
