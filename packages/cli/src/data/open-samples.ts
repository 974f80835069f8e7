import { FuseInitError } from '@fuseinit/core';
import { type DataBatch, type DataFile, openData } from '@fuseinit/data-files';
import type { LayersModel } from '@fuseinit/tfjs';
import { shape as told } from '../terminal/figures.js';
import { type DataFormatOptions, dataOptionsOf } from './data-options.js';
import { readsAs } from './reads-as.js';

/** Samples of a file as a model reads them. */
export interface Samples {
  readonly description: string;
  /** As many as are to be read. */
  readonly count: number;
  /** As many as there are. */
  readonly fileCount: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  /** Of at most `size` samples; can be passed over any number of times. */
  batches(size: number, signal: AbortSignal): AsyncIterable<DataBatch>;
  /** All of them, row-major. */
  all(signal: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Samples read from a file at a time where nobody says. */
export const readSize = 256;

/**
 * Opens data for a model that reads one input.
 *
 * Tells how the file is understood: numbers that a model wasn't trained on fail nowhere.
 *
 * @param limit How many to read at most.
 * @throws MODEL_UNSUPPORTED for a model of several inputs.
 * @throws SHAPE_MISMATCH for samples that the model doesn't read, with both shapes.
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID, ARGUMENT_INVALID as `openData` does.
 */
export async function openSamples(
  model: LayersModel,
  path: string,
  options: DataFormatOptions & { readonly limit?: number },
  tell: (message: string) => void,
): Promise<Samples> {
  const reads = sampleShapeOf(model);
  const format = dataOptionsOf(options);
  let file = await openData(path, format);
  const sampleShape = readsAs(file.sampleShape, reads);
  if (!sampleShape) {
    await file.close();
    throw mismatch(file, reads, model);
  }
  if (sampleShape !== file.sampleShape) {
    await file.close();
    file = await openData(path, { ...format, sampleShape });
  }
  tell(`Reads ${file.description}.`);
  return samplesOf(file, Math.min(file.count, options.limit ?? file.count));
}

function samplesOf(file: DataFile, count: number): Samples {
  const size = file.sampleShape.reduce((product, length) => product * length, 1);
  return {
    description: file.description,
    count,
    fileCount: file.count,
    shape: file.sampleShape,
    batches: (batchSize, signal) => file.batches(batchSize, { end: count, signal }),
    async all(signal) {
      const values = new Float32Array(count * size);
      let filled = 0;
      for await (const { data } of file.batches(readSize, { end: count, signal })) {
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
  const [height, width, channels] = reads;
  const isImages = / images/.test(file.description) && reads.length === 3;
  const advice = isImages
    ? `Give --resize ${height ?? 'HEIGHT'}x${width ?? 'WIDTH'} --channels ${channels ?? 3}.`
    : 'Give data as the model was trained on.';
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `Samples are ${told(file.sampleShape)} (${file.description}), the model reads ${told(reads)}. ${overwritten(model) ?? advice}`,
  );
}

/** Two layers of tfjs-layers write the shape that they give over the one that they read: the model's input, if they stand first. */
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
