import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { idxSamples, isIdx } from './arrays/idx.js';
import { npySamples } from './arrays/npy.js';
import { isNpy } from './arrays/npy-header.js';
import { isZip, npzSamples } from './arrays/npz.js';
import { type ByteSource, readHead } from './bytes/byte-source.js';
import { fileBytes } from './bytes/file-bytes.js';
import { gunzippedBytes, isGzip } from './bytes/gunzipped-bytes.js';
import { invalid, unfit, unreadable } from './data-errors.js';
import { imageSamples } from './images/image-samples.js';
import type { SampleSource } from './sample-source.js';
import { requireOptionsOf, type SourceOptions } from './source-options.js';
import { tableSamples } from './table/table-samples.js';

/** A source that holds a file open. */
export interface OpenSource extends SampleSource {
  close(): Promise<void>;
}

/**
 * Opens a file, whose format is told by how it begins or, for tables, by its extension; or a folder of images.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 * @throws ARGUMENT_INVALID when an option is about another format.
 */
export async function openSource(path: string, options: SourceOptions): Promise<OpenSource> {
  if (path === '') throw unfit('The path of the data is empty: give a file or a folder.');
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) {
    requireOptionsOf('a folder of images', path, options);
    return { ...(await imageSamples(path, options)), close: async () => {} };
  }
  // A pipe would be waited on for ever.
  if (!found.isFile()) throw invalid(path, 'is neither a file nor a folder: one of them was expected.');
  if (found.size === 0) throw invalid(path, 'is an empty file. Copy or save it again.');
  const file = await open(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  try {
    const packed = fileBytes(path, file, found.size);
    const isPacked = isGzip(await readHead(packed, 2));
    const bytes = isPacked ? gunzippedBytes(packed) : packed;
    const head = await readHead(bytes, 8);
    if (isZip(head) && !isPacked) {
      requireOptionsOf('a .npz', path, options);
      return { ...(await npzSamples(path, file, options.array)), close: () => file.close() };
    }
    const samples = await plainSamples(bytes, head, isPacked ? path.replace(/\.gz$/i, '') : path, options);
    return { ...samples, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function plainSamples(bytes: ByteSource, head: Buffer, path: string, options: SourceOptions) {
  if (isNpy(head) || isIdx(head)) {
    requireOptionsOf(undefined, path, options);
    return isNpy(head) ? npySamples(bytes) : idxSamples(bytes);
  }
  const extension = extname(path).toLowerCase();
  if (!['.csv', '.tsv', '.txt'].includes(extension)) throw unknownFormat(bytes.name, extension, head);
  requireOptionsOf('a table', path, options);
  return tableSamples(bytes, {
    ...options,
    separator: options.separator ?? (extension === '.tsv' ? '\t' : ','),
  });
}

function unknownFormat(name: string, extension: string, head: Buffer) {
  const came = `begins with the bytes ${head.toString('hex').replace(/(..)\B/g, '$1 ')}`;
  const known =
    '.npy, .npz, idx (as MNIST has it), .csv, .tsv and .txt, each but .npz also as .gz, and a folder of .png and .jpg';
  const hint = ['.png', '.jpg', '.jpeg'].includes(extension)
    ? ' Give the folder that the images are in.'
    : '';
  return invalid(name, `${came}, which is no format known here: ${known} can be read.${hint}`);
}
