import type { ByteSource } from '../bytes/byte-source.js';
import type { SampleSource } from '../sample-source.js';
import { arraySamples } from './array-samples.js';
import { readNpyHeader } from './npy-header.js';

/** @throws DATA_FILE_INVALID as {@link readNpyHeader} and {@link arraySamples} do. */
export async function npySamples(bytes: ByteSource): Promise<SampleSource> {
  return arraySamples(bytes, await readNpyHeader(bytes));
}
