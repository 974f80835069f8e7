import { basename } from 'node:path';
import { unfit } from './data-errors.js';
import type { BatchRange, DataBatch, DataFile } from './data-file.js';
import { type OpenSource, openSource } from './open-source.js';
import { type PixelScale, pixelScales, scaleInWords, scalePixels } from './pixel-scale.js';
import { sampleShapeFor } from './sample-shape.js';
import type { SourceOptions } from './source-options.js';

export interface DataOptions extends SourceOptions {
  /** How pixels from 0 to 255 become numbers; 'unit' without it for images and bytes, else 'raw'. */
  readonly pixels?: PixelScale;
  /** What each sample's numbers are taken as, such as [28, 28, 1] for rows of 784. */
  readonly sampleShape?: readonly number[];
}

/**
 * Opens samples to calibrate with: a .npy, .npz, idx or CSV file, or a folder of images.
 *
 * Of a table, the label column is left out.
 *
 * @throws DATA_FILE_MISSING when there is nothing at the path.
 * @throws DATA_FILE_INVALID when the format isn't known, the file is damaged as far as its sizes tell, holds no samples
 *   or what are no numbers. A table is read through for that.
 * @throws ARGUMENT_INVALID for an option that isn't about this format or doesn't fit the samples.
 */
export async function openData(path: string, options: DataOptions = {}): Promise<DataFile> {
  const { pixels, sampleShape: wanted, ...sourceOptions } = options;
  if (pixels !== undefined && !pixelScales.includes(pixels)) {
    throw unfit(`pixels is ${JSON.stringify(pixels)}: one of ${pixelScales.join(', ')} was expected.`);
  }
  const source = await openSource(path, sourceOptions);
  try {
    return dataFile(
      path,
      source,
      sampleShapeFor(source, wanted),
      pixels ?? (source.isPixels ? 'unit' : 'raw'),
    );
  } catch (error) {
    await source.close();
    throw error;
  }
}

function dataFile(
  path: string,
  source: OpenSource,
  sampleShape: readonly number[],
  pixels: PixelScale,
): DataFile {
  const { name, count, contents } = source;
  let isClosed = false;
  return {
    description: `${basename(path)}${name.slice(path.length)}: ${count} samples of [${sampleShape.join(', ')}], ${contents}${scaleInWords(pixels)}`,
    count,
    sampleShape,
    batches(size, { first = 0, end = count, signal }: BatchRange = {}) {
      if (isClosed) throw unfit(`${name} was closed: read its batches before.`);
      requireRange(size, first, end, count);
      return {
        // Not a generator itself: those can be passed over once only.
        async *[Symbol.asyncIterator](): AsyncGenerator<DataBatch> {
          let left = end - first;
          for await (const numbers of source.read({ first, end, size, signal })) {
            const samples = Math.min(size, left);
            left -= samples;
            yield { data: scalePixels(numbers, pixels), shape: [samples, ...sampleShape] };
          }
        },
      };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await source.close();
    },
  };
}

function requireRange(size: number, first: number, end: number, count: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw unfit(`The size of batches is ${size}: a whole number of at least 1 was expected.`);
  }
  if (![first, end].every(Number.isSafeInteger) || first < 0 || end < first || end > count) {
    throw unfit(
      `Samples ${first} to before ${end} were asked for: whole numbers from 0 to ${count} were expected, the first not after the end.`,
    );
  }
}
