import type { SampleSet } from '../protocol.js';
import { fetchGunzipped } from './fetch-gunzipped.js';
import { readIdx } from './idx.js';
import type { PixelRange, SampleData } from './sample-data.js';

// The files of the Node demo: the build copies them from there, so that the repository holds them once.
const teacherFiles = {
  'model.json': new URL('../../../node-fuse/teacher/model.json', import.meta.url),
  'weights.bin': new URL('../../../node-fuse/teacher/weights.bin', import.meta.url),
};

const imageFiles = {
  calibration: [
    new URL('../../../node-fuse/data/calibration-0-images-idx3-ubyte.gz', import.meta.url),
    new URL('../../../node-fuse/data/calibration-1-images-idx3-ubyte.gz', import.meta.url),
  ],
  test: [
    new URL('../../../node-fuse/data/evaluation-0-images-idx3-ubyte.gz', import.meta.url),
    new URL('../../../node-fuse/data/evaluation-1-images-idx3-ubyte.gz', import.meta.url),
  ],
};

const labelFiles = {
  calibration: [
    new URL('../../../node-fuse/data/calibration-0-labels-idx1-ubyte.gz', import.meta.url),
    new URL('../../../node-fuse/data/calibration-1-labels-idx1-ubyte.gz', import.meta.url),
  ],
  test: [
    new URL('../../../node-fuse/data/evaluation-0-labels-idx1-ubyte.gz', import.meta.url),
    new URL('../../../node-fuse/data/evaluation-1-labels-idx1-ubyte.gz', import.meta.url),
  ],
};

const fashionClasses = [
  'T-shirt',
  'trousers',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

/** The bundled FashionMNIST network, as the files that a user would drop. */
export function exampleTeacher(): Promise<File[]> {
  return Promise.all(
    Object.entries(teacherFiles).map(async ([name, address]) => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address} could not be fetched: ${response.status}.`);
      return new File([await response.blob()], name);
    }),
  );
}

/** The bundled real images: 4,000 of FashionMNIST's training set to solve on, 4,000 of its test set to compare on. */
export async function exampleImages(range: PixelRange): Promise<SampleData> {
  const [calibration, test] = await Promise.all([readSet('calibration', range), readSet('test', range)]);
  return { calibration, test, classNames: fashionClasses, origin: 'FashionMNIST' };
}

async function readSet(set: 'calibration' | 'test', [black, white]: PixelRange): Promise<SampleSet> {
  const [images, labels] = await Promise.all([readAll(imageFiles[set]), readAll(labelFiles[set])]);
  const values = Float32Array.from(images, (byte) => black + (byte / 255) * (white - black));
  return { values, shape: [labels.length, 28, 28, 1], labels };
}

async function readAll(addresses: readonly URL[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await Promise.all(
    addresses.map(async ({ href }) => readIdx(await fetchGunzipped(href)).bytes),
  );
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
