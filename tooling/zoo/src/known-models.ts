import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A published third-party model, identified by its weights. */
export interface KnownModel {
  readonly name: string;
  /** The publication and its version. */
  readonly source: string;
  readonly licence: string;
  /** The SHA-256 of the first file of weights. */
  readonly sha256: string;
  /** The kind of data that it reads, if the zoo has such data or is given them. */
  readonly reads?: Samples;
}

/** Handwritten digits of MNIST, clothes of FashionMNIST, or photos at the size that the model reads. */
export type Samples =
  | { readonly of: 'digits' | 'clothes' }
  | { readonly of: 'photos'; readonly size: number; readonly isClassified: boolean };

const hpssjellis = 'hpssjellis/beginner-tensorflowjs-examples-in-javascript, commit 41b58756';

/** The models that the page can name, whatever folders they are in. */
const knownModels: readonly KnownModel[] = [
  {
    name: 'MobileNetV2 of nsfwjs',
    source: 'npm nsfwjs 4.4.0',
    licence: 'MIT',
    sha256: '8e7dddbb16acacc1bf1601b1b8a761e730ff934b7f2d7771312b2f000e5f5f13',
    reads: { of: 'photos', size: 224, isClassified: true },
  },
  {
    name: 'default model of UpscalerJS',
    source: 'npm @upscalerjs/default-model 1.0.0',
    licence: 'MIT',
    sha256: '5cb464ae4d390ce0a771afd5feaf60fbfcdb18ab48a56db98cdf6b88202369de',
    reads: { of: 'photos', size: 64, isClassified: false },
  },
  {
    name: 'DoodleNet of ml5',
    source: 'ml5js/ml5-data-and-models, commit 0612a3e7',
    licence: 'MIT',
    sha256: '91111f7bb89a7c41983e75d53f33c26b997d77d08a5c2801cbf51f07c443df83',
  },
  {
    name: 'TinyVGG of CNN Explainer',
    source: 'poloclub/cnn-explainer, commit d0971f94',
    licence: 'MIT',
    sha256: '306666f2a1cc2a0a8f7b3422617daac5ecdca20c707ab44b721522be1fe3f630',
    reads: { of: 'photos', size: 64, isClassified: true },
  },
  {
    name: 'digits of rocksetta',
    source: hpssjellis,
    licence: 'MIT',
    sha256: '45d5fee81efd96b4a9165b681a66a71ea49bc94980bdb6189e6f4a5079ee98e9',
    reads: { of: 'digits' },
  },
  {
    name: 'irises of rocksetta',
    source: hpssjellis,
    licence: 'MIT',
    sha256: 'c5ca2fdea8bff7f8c0802a766a93e9468f1b4a322384be19f89003a1d2cc8ee5',
  },
  {
    name: 'linear layers of rocksetta',
    source: hpssjellis,
    licence: 'MIT',
    sha256: 'bccf1de36e2888fb0d1fb8e96d1da91e34d1fd70c374be973539f92a703cbd6f',
  },
  {
    name: 'digits of HYAI',
    source: 'HYAI-2026/CNN-Visualization, commit 5ca3614e',
    licence: 'MIT',
    sha256: '0c9caa23eaf6e32144c6864ee198ae2b23820d8d79971b3c86d874d3b92d9417',
    reads: { of: 'digits' },
  },
  {
    name: 'LeNet of TensorSpace',
    source: 'tensorspace-team/tensorspace, commit eec8a465',
    licence: 'Apache-2.0',
    sha256: '81535a847448e21df35028392c3aa0fd0bdd978fb33da1295044945e7a74d9b1',
    reads: { of: 'digits' },
  },
  {
    name: 'fashion of 4tsu',
    source: '4tsu/fashion_mnist_check, commit 4190dde7',
    licence: 'MIT',
    sha256: '8e50bf47f421c3c9d158d820ac195cc6dbda8f66ee0bc0230e5d0489e356f4aa',
    reads: { of: 'clothes' },
  },
  {
    name: 'abalones of tfjs-examples',
    source: 'tensorflow/tfjs-examples, commit 05217256',
    licence: 'Apache-2.0',
    sha256: 'd8c54fe3e580ebf16cddf379419c3e7b1aa6469f0682446e5ce42502437ece41',
  },
];

/**
 * The publication that a folder's model is of, or undefined where its weights are none of those that are
 * known.
 */
export async function knownModelIn(folder: string): Promise<KnownModel | undefined> {
  try {
    const { weightsManifest } = JSON.parse(
      (await readFile(join(folder, 'model.json'), 'utf8')).replace(/^\uFEFF/, ''),
    ) as { weightsManifest: { paths: string[] }[] };
    const weights = await readFile(join(folder, weightsManifest[0]!.paths[0]!));
    const sha256 = createHash('sha256').update(weights).digest('hex');
    return knownModels.find((known) => known.sha256 === sha256);
  } catch {
    // Loading the model will report what is wrong with its files.
    return undefined;
  }
}
