import { join } from 'node:path';
import { type DataFolder, invalid } from './check/data-errors.js';
import { readDataFile } from './check/data-file.js';
import { listFolder } from './check/list-folder.js';
import type { Dataset, Samples } from './dataset.js';

const origin = {
  title: 'CIFAR-10, binary version',
  address: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: 'no licence stated; cite Krizhevsky 2009',
  hint: 'data_batch_1.bin to data_batch_5.bin and test_batch.bin; fewer training batches will do',
};

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

const plane = 32 * 32;
const recordSize = 1 + 3 * plane;

/**
 * Up to 50,000 + 10,000 small photographs, [32, 32, 3]; as many as the folder's batches hold.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function cifar10(path: string): Dataset {
  const folder = { path, origin };
  const further = listFolder(folder).filter((name) => /^data_batch_[2-5]\.bin$/.test(name));
  const train = batches(folder, ['data_batch_1.bin', ...further]);
  const test = batches(folder, ['test_batch.bin']);
  return {
    task: { kind: 'classification', classes },
    train,
    test,
    preparation: `The official split, of which ${train.count.toLocaleString('en')} training and ${test.count.toLocaleString('en')} test images were at hand; pixels from 0 to 1.`,
  };
}

function batches(folder: DataFolder, names: readonly string[]): Samples {
  const records = Buffer.concat(names.map((name) => batch(folder, name)));
  const count = records.length / recordSize;
  const inputs = new Float32Array(count * 3 * plane);
  const targets = new Float32Array(count);
  for (let record = 0; record < count; record++) {
    const label = record * recordSize;
    targets[record] = records[label]!;
    // Planes of red, green and blue become three channels of each pixel.
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        inputs[(record * plane + pixel) * 3 + channel] = records[label + 1 + channel * plane + pixel]! / 255;
      }
    }
  }
  return { inputs, inputShape: [32, 32, 3], targets, count };
}

/** Records of a label, then planes of red, green and blue. */
function batch(folder: DataFolder, name: string): Buffer {
  const path = join(folder.path, name);
  const content = readDataFile(folder, name);
  if (content.length === 0 || content.length % recordSize !== 0) {
    throw invalid(
      path,
      `holds ${content.length} bytes: records of ${recordSize}, a label and three planes of 32x32, were expected.`,
    );
  }
  for (let start = 0; start < content.length; start += recordSize) {
    if (content[start]! >= classes.length) {
      throw invalid(path, `holds the label ${content[start]}: 0 to ${classes.length - 1} were expected.`);
    }
  }
  return content;
}
