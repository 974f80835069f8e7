import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Official images as bytes, [count, 28, 28] row-major, and a label for each. */
export interface FashionMnist {
  readonly images: Buffer;
  readonly labels: Buffer;
}

// SHA-256 of what is inside each gzip: distributors compress anew.
const contents = {
  'train-images-idx3-ubyte': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels-idx1-ubyte': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images-idx3-ubyte': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels-idx1-ubyte': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/**
 * Reads FashionMNIST's official files from a folder.
 *
 * @throws Error that names the file and where to get it, when one is missing or isn't the official one.
 */
export function officialFashionMnist(folder: string, set: 'train' | 't10k'): FashionMnist {
  return {
    images: contentOf(folder, `${set}-images-idx3-ubyte`).subarray(16),
    labels: contentOf(folder, `${set}-labels-idx1-ubyte`).subarray(8),
  };
}

function contentOf(folder: string, name: keyof typeof contents): Buffer {
  const path = join(folder, `${name}.gz`);
  const source =
    'get the four .gz files of https://github.com/zalandoresearch/fashion-mnist (Debian: the package dataset-fashion-mnist) and pass their folder with --data';
  let content: Buffer;
  try {
    content = gunzipSync(readFileSync(path));
  } catch (cause) {
    throw new Error(`${path} can't be read (${(cause as Error).message}): ${source}.`, { cause });
  }
  const digest = createHash('sha256').update(content).digest('hex');
  if (digest !== contents[name]) throw new Error(`${path} isn't the official file: ${source}.`);
  return content;
}
