import { FuseInitError } from '@fuseinit/core';
import { type DataBatch, type DataFile, openData, type SourceKind, sourceKind } from '@fuseinit/data-files';
import type { IndexedData, LayersModel } from '@fuseinit/tfjs';
import {
  type HeldOutOptions,
  type HeldOutRule,
  heldOutRule,
  holdsOut,
  type InputReading,
  inputReadings,
  sampleOrder,
} from '@fuseinit/tfjs/internal';
import type { Session } from '../program/run-command.js';
import { shape as told } from '../terminal/figures.js';
import { type DataFormatOptions, dataOptionsOf, type LabelFormatOptions } from './data-options.js';
import { type ChosenScale, contradiction, readsAs, type SeenValues, scaleFor } from './pixel-scale.js';

/** A description of the data for `--json`. */
interface ReadData {
  readonly description: string;
  readonly count: number;
  /**
   * The number of samples that are read, drawn by the seed if `--limit` is smaller than the number in the
   * file.
   */
  readonly taken: number;
  readonly sampleShape: readonly number[];
  /** The type of the numbers in the file. */
  readonly dtype: string;
  readonly pixels: DataFile['pixels'];
  /** The range of the numbers that the model gets, in the first samples. */
  readonly values: { readonly min: number; readonly max: number; readonly samples: number };
  readonly order: string;
  /** The paths of files in a folder of images that weren't read. */
  readonly unread: readonly string[];
  readonly warnings: readonly string[];
  /** A description of the labels and how they were matched; null if there are none. */
  labels: string | null;
}

/** The samples of a file as a model reads them. */
export interface Samples {
  readonly description: string;
  readonly read: ReadData;
  /** The number of samples to read. */
  readonly count: number;
  /** The number of samples in the file. */
  readonly fileCount: number;
  /** The indices in the file of the samples to read, ascending; they determine which samples are held out. */
  readonly indices: Uint32Array;
  /** The rule by which `fuse` holds out samples. */
  readonly heldOut: Required<HeldOutRule>;
  /** The shape of one sample. */
  readonly shape: readonly number[];
  /** The paths of the images, in the order of the samples; undefined for samples without names. */
  readonly sampleNames: readonly string[] | undefined;
  /**
   * Yields batches of at most `size` samples; can be iterated any number of times.
   *
   * @param indices Indices in the file, ascending. Default all samples to read.
   */
  batches(size: number, signal: AbortSignal, indices?: ArrayLike<number>): AsyncIterable<DataBatch>;
  /** The samples as calibration data, by their indices in the file. */
  calibrationData(signal: AbortSignal): IndexedData;
  /** All samples, in row-major order. */
  all(signal: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/** The default number of samples that are read from a file at a time. */
export const readSize = 256;

type DataAsked = DataFormatOptions &
  LabelFormatOptions &
  HeldOutOptions & {
    readonly limit?: number;
    /** The number of the read samples that are taken to solve on and to hold out. */
    readonly samples?: number | 'auto';
  };

/**
 * Opens data for a model with one input and prints how they are interpreted, since a wrong scale would go
 * unnoticed. Warns if the data contradict the model.
 *
 * @param options `limit` is the maximum number of samples to read, drawn from all by `seed`. `heldOut` is the
 *   share to hold out, by default determined by the number of samples taken, as in `fuse` of @fuseinit/tfjs.
 * @throws MODEL_UNSUPPORTED for a model of several inputs.
 * @throws SHAPE_MISMATCH for samples that don't fit the model's input, with both shapes.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID, ARGUMENT_INVALID as `openData` does, and for bytes that may
 * be pixels or
 *   other numbers.
 */
export async function openSamples(
  model: LayersModel,
  path: string,
  options: DataAsked,
  { signal, tell, warn }: Pick<Session, 'signal' | 'tell' | 'warn'>,
): Promise<Samples> {
  const reads = sampleShapeOf(model);
  const [reading] = await inputReadings(model);
  const format = dataOptionsOf(options, await sourceKind(path), await kindOfLabels(options.labels));
  const stored = await openData(path, { ...format, pixels: 'raw' });
  try {
    const sampleShape = readsAs(stored.sampleShape, reads);
    if (!sampleShape) throw mismatch(stored, reads, model);
    const seen = await valuesSeen(stored, signal);
    const chosen = options.pixels
      ? { pixels: options.pixels, reason: '--pixels' }
      : scaleFor(stored, reading!, seen);
    const file = stored.as({ sampleShape, pixels: chosen.pixels });
    const { samples = 'auto', limit = file.count } = options;
    const taken = Math.min(file.count, limit, samples === 'auto' ? limit : samples);
    const rule = heldOutRule(options, taken);
    const indices = drawnIndices(file.count, limit, rule);
    const read = await readData(file, chosen, seen, reading!, { taken: indices.length, signal });
    tell(`Reads ${read.description}.`);
    for (const warning of read.warnings) warn(warning);
    return samplesOf(file, read, indices, rule);
  } catch (error) {
    await stored.close();
    throw error;
  }
}

function drawnIndices(count: number, limit: number, rule: HeldOutRule): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, index) => index);
  return limit < count ? sampleOrder(all, rule).slice(0, limit).sort() : all;
}

/** Also undefined for labels that can't be opened; reading them reports the problem. */
async function kindOfLabels(path: string | undefined): Promise<SourceKind | undefined> {
  return path === undefined ? undefined : sourceKind(path).catch(() => undefined);
}

/**
 * The number of samples that are read to find the range of the numbers. It is small since decoding images is
 * slow.
 */
const samplesSeen = { images: 32, bytes: 256, numbers: 256 };

async function valuesSeen(file: DataFile, signal: AbortSignal): Promise<SeenValues> {
  const samples = Math.min(file.count, samplesSeen[file.holds]);
  let [min, max, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for await (const { data } of file.batches(samples, { end: samples, signal })) {
    for (const value of data) {
      // NaN compares false with everything, so it would be missed.
      min = Number.isNaN(value) || value < min ? value : min;
      max = Number.isNaN(value) || value > max ? value : max;
      isWhole &&= Number.isInteger(value);
    }
  }
  return { min, max, isWhole, samples };
}

async function readData(
  file: DataFile,
  { reason }: ChosenScale,
  stored: SeenValues,
  reading: InputReading,
  { taken, signal }: { readonly taken: number; readonly signal: AbortSignal },
): Promise<ReadData> {
  const { description, count, sampleShape, dtype, pixels, order, unread } = file;
  const { min, max, samples } = pixels === 'raw' ? stored : await valuesSeen(file, signal);
  const warning = contradiction(file, reading, stored);
  const why = reason === '' ? '' : ` (${reason})`;
  const range = [min, max].map((value) => Number(value.toPrecision(4))).join(' to ');
  const first = samples < count ? ` in the first ${samples}` : '';
  const drawn = taken < count ? `, ${taken} of them drawn by --limit` : '';
  return {
    description: `${description}${why}, values ${range}${first}, ${order}${drawn}`,
    count,
    taken,
    sampleShape,
    dtype,
    pixels,
    values: { min, max, samples },
    order,
    unread,
    warnings: warning === undefined ? [] : [warning],
    labels: null,
  };
}

function samplesOf(
  file: DataFile,
  read: ReadData,
  indices: Uint32Array,
  heldOut: Required<HeldOutRule>,
): Samples {
  const size = file.sampleShape.reduce((product, length) => product * length, 1);
  return {
    description: read.description,
    read,
    count: indices.length,
    fileCount: file.count,
    indices,
    heldOut,
    shape: file.sampleShape,
    sampleNames: file.sampleNames,
    batches: (batchSize, signal, chosen = indices) => file.batches(batchSize, { indices: chosen, signal }),
    calibrationData: (signal) => ({
      count: file.count,
      indices,
      batches: (batchSize, chosen) => file.batches(batchSize, { ...chosen, signal }),
    }),
    async all(signal) {
      const values = new Float32Array(indices.length * size);
      let filled = 0;
      for await (const { data } of file.batches(readSize, { indices, signal })) {
        values.set(data, filled);
        filled += data.length;
      }
      return values;
    },
    close: () => file.close(),
  };
}

function sampleShapeOf(model: LayersModel): readonly (number | null)[] {
  if (model.inputs.length === 1) return model.inputs[0]!.shape.slice(1);
  throw new FuseInitError(
    'MODEL_UNSUPPORTED',
    `The model reads ${model.inputs.length} inputs: files of data are read for one. @fuseinit/tfjs takes several from a program.`,
  );
}

function mismatch(file: DataFile, reads: readonly (number | null)[], model: LayersModel): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `Samples are ${told(file.sampleShape)} (${file.description}), the model reads ${told(reads)}. ${overwritten(model) ?? mismatchAdvice(file, reads)}`,
  );
}

function mismatchAdvice(file: DataFile, reads: readonly (number | null)[]): string {
  const [height, width, channels] = reads;
  if (file.holds === 'images' && reads.length === 3) {
    const own = channels === 1 || channels === 3 || channels === 4 ? ` --channels ${channels}` : '';
    return `Give --resize ${height ?? 'HEIGHT'}x${width ?? 'WIDTH'}${own}.`;
  }
  if (file.dtype === 'decimal') {
    return 'Choose columns with --columns, or leave that of the labels out with --label-column; --separator and --decimal say how numbers are written.';
  }
  return 'Give data as the model was trained on.';
}

/**
 * Two layers of tfjs-layers overwrite their input shape with their output shape, and so the model's input
 * shape if they come first.
 */
function overwritten(model: LayersModel): string | undefined {
  const [input] = model.inputs;
  const layer = model.layers.find(
    (one) =>
      ['CenterCrop', 'CategoryEncoding'].includes(one.getClassName()) &&
      [one.getInputAt(0)].flat()[0]!.shape === input!.shape,
  );
  if (!layer) return undefined;
  return `TensorFlow.js takes what ${JSON.stringify(layer.name)} (${layer.getClassName()}) gives for what the model reads, so that predict refuses the samples that the model was trained on, too: do by hand what this layer does, before.`;
}

/** The samples that `fuse` holds out. */
export interface HeldOutSamples {
  readonly batches: AsyncIterable<DataBatch>;
  /** Their positions among the samples that are read, from 0, by which labels are indexed. */
  readonly places: readonly number[];
}

/** Returns the samples that `fuse` doesn't solve on; all samples if none are held out. */
export function heldOutSamples(samples: Samples, size: number, signal: AbortSignal): HeldOutSamples {
  const isHeldOut = holdsOut(samples.heldOut);
  const all = Array.from(samples.indices.keys());
  const heldOut = all.filter((place) => isHeldOut(samples.indices[place]!));
  const places = heldOut.length > 0 ? heldOut : all;
  return {
    places,
    batches: samples.batches(
      size,
      signal,
      places.map((place) => samples.indices[place]!),
    ),
  };
}
