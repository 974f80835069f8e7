import { join } from 'node:path';
import { type DataFolder, invalid } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import type { Dataset, Samples } from './dataset.js';
import { readNumberLines } from './format/number-lines.js';
import { standardize } from './standardize.js';

const origin = {
  title: 'Human Activity Recognition Using Smartphones, its folder "UCI HAR Dataset" with train and test',
  address: 'https://archive.ics.uci.edu/dataset/240',
  licence: 'CC BY 4.0',
  hint: '',
};

const steps = 128;
const channels = ['body_acc', 'body_gyro', 'total_acc'].flatMap((kind) =>
  ['x', 'y', 'z'].map((axis) => `${kind}_${axis}`),
);
const classes = ['walking', 'walking upstairs', 'walking downstairs', 'sitting', 'standing', 'laying'];

/**
 * Motion of 30 people: 7,352 + 2,947 windows of 128 steps of 9 channels.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function uciHar(path: string): Dataset {
  const folder = { path, origin };
  return {
    task: { kind: 'classification', classes },
    ...standardize(samplesOf(folder, 'train'), samplesOf(folder, 'test')),
    preparation: 'The official split by subject, each channel standardised by the training windows.',
  };
}

function samplesOf(folder: DataFolder, set: 'train' | 'test'): Samples {
  const labels = numbersOf(folder, `${set}/y_${set}.txt`, 1);
  const count = labels.length;
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 1 || label > classes.length);
  if (wrong !== undefined) {
    throw invalid(
      join(folder.path, set, `y_${set}.txt`),
      `holds the label ${wrong}: 1 to ${classes.length} were expected.`,
    );
  }
  const inputs = new Float32Array(count * steps * channels.length);
  channels.forEach((channel, position) => {
    const name = `${set}/Inertial Signals/${channel}_${set}.txt`;
    const values = numbersOf(folder, name, steps);
    if (values.length !== count * steps) {
      throw invalid(join(folder.path, name), `holds ${values.length / steps} windows for ${count} labels.`);
    }
    values.forEach((value, index) => {
      inputs[index * channels.length + position] = value;
    });
  });
  return {
    inputs,
    inputShape: [steps, channels.length],
    targets: Float32Array.from(labels, (label) => label - 1),
    count,
  };
}

function numbersOf(folder: DataFolder, name: string, perLine: number): Float64Array {
  return readNumberLines(join(folder.path, name), readDataFile(folder, name), perLine);
}
