import { type FileHandle, open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { isIdx, isNpy } from './arrays/array-layout.js';
import { idxSamples, npySamples } from './arrays/array-samples.js';
import { isZip, npzSamples } from './arrays/npz.js';
import { type ByteSource, fileBytes, gunzippedBytes, isGzip, readHead } from './bytes/byte-source.js';
import { invalid, unfit, unreadable } from './data-errors.js';
import { imageSamples } from './images/image-samples.js';
import type { SampleSource } from './sample-source.js';
import { type OptionName, requireOptionsOf, type SourceKind, type SourceOptions } from './source-options.js';
import type { KnownRows } from './table/table-rows.js';
import { tableSamples } from './table/table-samples.js';

/** A source with an open file. */
export interface OpenSource extends SampleSource {
  readonly kind: SourceKind;
  close(): Promise<void>;
}

/** The description of a file. */
export interface OpenOptions extends SourceOptions {
  readonly rows?: KnownRows;
  readonly optionName: OptionName;
}

/**
 * Returns the kind of the file or folder at a path, for programs whose options are about several of them.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export async function sourceKind(path: string): Promise<SourceKind> {
  const { kind, close } = await examine(path);
  await close();
  return kind;
}

/**
 * Opens a file whose format is recognised by its first bytes or, for tables, by its extension; or a folder of
 * images.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 * @throws ARGUMENT_INVALID when an option is about another format.
 */
export async function openSource(path: string, options: OpenOptions): Promise<OpenSource> {
  const found = await examine(path);
  const { kind, close } = found;
  try {
    return { ...(await samplesOf(path, found, options)), kind, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An open file, or a folder. */
type Examined = { readonly close: () => Promise<void> } & (
  | { readonly kind: 'a folder of images' }
  | { readonly kind: 'a .npz'; readonly file: FileHandle }
  | { readonly kind: 'an array'; readonly bytes: ByteSource; readonly isNpy: boolean }
  | { readonly kind: 'a table'; readonly bytes: ByteSource }
);

/**
 * Determines what is at a path, and leaves a file open.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export async function examine(path: string): Promise<Examined> {
  if (path === '') throw unfit('The path of the data is empty: give a file or a folder.');
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) return { kind: 'a folder of images', close: async () => {} };
  // Reading a pipe could wait forever.
  if (!found.isFile()) throw invalid(path, 'is neither a file nor a folder: one of them was expected.');
  if (found.size === 0) throw invalid(path, 'is an empty file. Copy or save it again.');
  const file = await open(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  const close = () => file.close();
  try {
    const packed = fileBytes(path, file, found.size);
    const isPacked = isGzip(await readHead(packed, 2));
    const bytes = isPacked ? gunzippedBytes(packed) : packed;
    const head = await readHead(bytes, 8);
    if (isZip(head) && !isPacked) return { kind: 'a .npz', file, close };
    if (isNpy(head) || isIdx(head)) return { kind: 'an array', bytes, isNpy: isNpy(head), close };
    requireTable(bytes, head, isPacked ? path.replace(/\.gz$/i, '') : path);
    return { kind: 'a table', bytes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function samplesOf(
  path: string,
  found: Examined,
  { optionName, rows = {}, ...options }: OpenOptions,
): Promise<SampleSource> {
  requireOptionsOf(found.kind, path, options, optionName);
  switch (found.kind) {
    case 'a folder of images':
      return imageSamples(path, options, optionName);
    case 'a .npz':
      return npzSamples(path, found.file, options.array, optionName);
    case 'an array':
      return found.isNpy ? npySamples(found.bytes) : idxSamples(found.bytes);
    case 'a table':
      return tableSamples(found.bytes, options, rows, optionName);
  }
}

function requireTable({ name }: ByteSource, head: Buffer, path: string): void {
  const extension = extname(path).toLowerCase();
  if (['.csv', '.tsv', '.txt'].includes(extension)) return;
  const came = `begins with the bytes ${head.toString('hex').replace(/(..)\B/g, '$1 ')}`;
  const known =
    '.npy, .npz, idx (as MNIST has it), .csv, .tsv and .txt, each but .npz also as .gz, and a folder of .png and .jpg';
  const hint = ['.png', '.jpg', '.jpeg'].includes(extension)
    ? ' Give the folder that the images are in.'
    : '';
  throw invalid(name, `${came}, which is no format known here: ${known} can be read.${hint}`);
}
