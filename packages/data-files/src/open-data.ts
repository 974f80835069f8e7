import { basename } from 'node:path';
import { requireSize, sampleAt, sampleRanges } from './batch-ranges.js';
import { invalid, unfit } from './data-errors.js';
import type { BatchRange, DataBatch, DataFile, Reading } from './data-file.js';
import { type OpenSource, openSource } from './open-source.js';
import { type PixelScale, pixelScales, scaleInWords, scalePixels } from './pixel-scale.js';
import { sampleShapeFor } from './sample-shape.js';
import { type OptionNaming, quotedOption, type SourceOptions } from './source-options.js';

/** Options of {@link openData}. */
export interface DataOptions extends SourceOptions, Reading, OptionNaming {}

/**
 * Opens samples to calibrate with: a .npy, .npz, idx or CSV file, or a folder of images.
 *
 * Of a table, the label column is left out.
 *
 * @throws DATA_FILE_MISSING when there is nothing at the path.
 * @throws DATA_FILE_INVALID when the format isn't known, the file is damaged as far as its sizes tell, or
 *   holds no samples or values that aren't numbers. A table is read through for that.
 * @throws ARGUMENT_INVALID for an option that isn't about this format or doesn't fit the samples.
 */
export async function openData(path: string, options: DataOptions = {}): Promise<DataFile> {
  const { pixels, sampleShape, optionName = quotedOption, ...sourceOptions } = options;
  if (pixels !== undefined && !pixelScales.includes(pixels)) {
    throw unfit(
      `${optionName('pixels')} is ${JSON.stringify(pixels)}: one of ${pixelScales.join(', ')} was expected.`,
    );
  }
  const source = await openSource(path, { ...sourceOptions, optionName });
  let isClosed = false;
  const opened = {
    path,
    source,
    requireOpen() {
      if (isClosed) throw unfit(`${source.name} was closed: read its batches before.`);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await source.close();
    },
  };
  try {
    return dataFile(opened, { ...(pixels && { pixels }), ...(sampleShape && { sampleShape }) });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface OpenedData {
  readonly path: string;
  readonly source: OpenSource;
  requireOpen(): void;
  close(): Promise<void>;
}

function dataFile(opened: OpenedData, reading: Reading): DataFile {
  const { path, source, requireOpen, close } = opened;
  const { name, count, contents, dtype, holds, order, sampleNames, unread = [] } = source;
  const sampleShape = sampleShapeFor(source, reading.sampleShape);
  const pixels = reading.pixels ?? usualScale(source);
  return {
    description: `${basename(path)}${name.slice(path.length)}: ${count} samples of [${sampleShape.join(', ')}], ${contents}${scaleInWords(pixels, holds)}`,
    count,
    sampleShape,
    dtype,
    holds,
    pixels,
    order,
    sampleNames,
    unread,
    batches(size, range: BatchRange = {}) {
      requireOpen();
      requireSize(size);
      const { signal } = range;
      const ranges = sampleRanges(range, count);
      return {
        // The result isn't a generator itself, since those can be iterated only once.
        async *[Symbol.asyncIterator](): AsyncGenerator<DataBatch> {
          const all = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
          let read = 0;
          for await (const numbers of source.read({ ranges, size, signal })) {
            const samples = Math.min(size, all - read);
            const data = scalePixels(numbers, pixels);
            const odd = data.findIndex((value) => !Number.isFinite(value));
            if (odd >= 0) {
              const sample = sampleAt(ranges, read + Math.floor((odd * samples) / data.length));
              throw invalid(
                name,
                `has ${numbers[odd]} in sample ${sample}, counted from 0: numbers that float32 holds were expected. Fill it in, or leave the sample out.`,
              );
            }
            read += samples;
            yield { data, shape: [samples, ...sampleShape] };
          }
        },
      };
    },
    as: (other) => dataFile(opened, { ...reading, ...other }),
    close,
  };
}

/** Bytes are usually pixels; those with a single axis are labels. */
function usualScale({ holds, sampleShape }: OpenSource): PixelScale {
  return holds === 'images' || (holds === 'bytes' && sampleShape.length > 0) ? 'unit' : 'raw';
}
