import type { Dataset } from './dataset.js';
import { type IdxDigests, type IdxImages, idxDataset, idxImages } from './idx-images.js';

const origin = {
  title: 'FashionMNIST, four .gz files',
  address: 'https://github.com/zalandoresearch/fashion-mnist',
  licence: 'MIT',
  hint: "Debian's package dataset-fashion-mnist has them, the npm package fashion-mnist has other images",
};

const digests: IdxDigests = {
  'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

const classes = [
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
 * 60,000 + 10,000 images of clothes, [28, 28, 1].
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function fashionMnist(path: string): Dataset {
  return idxDataset({ path, origin }, classes, digests);
}

/**
 * One of its sets as bytes, from a folder with the four files.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export function fashionMnistImages(path: string, set: 'train' | 't10k'): IdxImages {
  return idxImages({ path, origin }, set, digests);
}
