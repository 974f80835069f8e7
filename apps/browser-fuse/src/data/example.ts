import { readIdx } from '@fuseinit/data-files/arrays';
import type { InputReading, PixelRange } from '@fuseinit/tfjs/internal';
import type { SampleSet } from '../protocol.js';
import { fetchGunzipped } from './fetch-gunzipped.js';
import { readNumbers } from './read-numbers.js';
import type { SampleData } from './sample-data.js';

// The network and the images of the demos: the build copies them from there, so that the repository holds
// them once.
const teacherFiles = {
  'model.json': new URL('../../../../tooling/teacher/model/model.json', import.meta.url),
  'weights.bin': new URL('../../../../tooling/teacher/model/weights.bin', import.meta.url),
};

const imageFiles = {
  calibration: [
    new URL('../../../../tooling/teacher/images/calibration-0-images-idx3-ubyte.gz', import.meta.url),
    new URL('../../../../tooling/teacher/images/calibration-1-images-idx3-ubyte.gz', import.meta.url),
  ],
  test: [
    new URL('../../../../tooling/teacher/images/evaluation-0-images-idx3-ubyte.gz', import.meta.url),
    new URL('../../../../tooling/teacher/images/evaluation-1-images-idx3-ubyte.gz', import.meta.url),
  ],
};

const labelFiles = {
  calibration: [
    new URL('../../../../tooling/teacher/images/calibration-0-labels-idx1-ubyte.gz', import.meta.url),
    new URL('../../../../tooling/teacher/images/calibration-1-labels-idx1-ubyte.gz', import.meta.url),
  ],
  test: [
    new URL('../../../../tooling/teacher/images/evaluation-0-labels-idx1-ubyte.gz', import.meta.url),
    new URL('../../../../tooling/teacher/images/evaluation-1-labels-idx1-ubyte.gz', import.meta.url),
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

/**
 * The bundled real images: 4,000 of FashionMNIST's training set to solve on, 4,000 of its test set to compare
 * on.
 *
 * @param range The range that pixels are scaled to; null for the one that the network reads.
 */
export async function exampleImages(reading: InputReading, range: PixelRange | null): Promise<SampleData> {
  const [calibration, test] = await Promise.all(
    (['calibration', 'test'] as const).map((set) => readSet(set, reading, range)),
  );
  const { read, readWarnings } = calibration!;
  return {
    calibration: calibration!.samples,
    test: test!.samples,
    classNames: fashionClasses,
    origin: 'FashionMNIST',
    read,
    readWarnings,
  };
}

async function readSet(set: 'calibration' | 'test', reading: InputReading, range: PixelRange | null) {
  const [images, labels] = await Promise.all([readAll(imageFiles[set]), readAll(labelFiles[set])]);
  const shape = [labels.length, 28, 28, 1];
  const stored = {
    values: Float32Array.from(images),
    shape,
    holds: 'images',
    kind: 'images of bytes',
  } as const;
  const { values, ...read } = readNumbers(stored, reading, range);
  const samples: SampleSet = { values, shape, labels };
  return { samples, ...read };
}

async function readAll(addresses: readonly URL[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await Promise.all(
    addresses.map(async ({ href }) => {
      const bytes = new Uint8Array(await fetchGunzipped(href));
      return new Uint8Array(readIdx(href, bytes).values);
    }),
  );
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
