import { FuseInitError, sizeOf, subarray } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import {
  type CalibrationBatch,
  type CalibrationData,
  type IndexedData,
  isDataset,
  isIndexedData,
  isIterable,
  isShapedArray,
  isTensor,
  type ShapedArray,
} from './calibration-data.js';
import { replayable } from './replayable.js';
import { indicesOf } from './sample-indices.js';

/** A batch with one tensor for each input of the model. The receiver disposes of the tensors. */
export interface InputBatch {
  readonly inputs: readonly Tensor[];
  readonly samples: number;
  /** The index of each sample in the whole data, from 0. */
  readonly indices: Uint32Array;
}

/** Calibration data that can be read any number of times. */
export interface CalibrationSource {
  /** The number of samples; undefined if it isn't known in advance. */
  readonly totalSamples: number | undefined;
  /** Access to the samples by index. Absent for streams, which can only be read in sequence. */
  readonly indexed?: IndexedSamples;
  /** Reads batches of at most `batchSize` samples, checked against the model's input shapes. */
  batches(): AsyncGenerator<InputBatch>;
  /** Releases an iterator that wasn't read to its end. */
  close(): Promise<void>;
}

/** Samples that can be read by their index in the whole data. */
interface IndexedSamples {
  /** The indices of all samples, in ascending order. */
  readonly indices: Uint32Array;
  /**
   * Reads the samples of each part in batches, one part after the other. No batch has samples of two parts.
   */
  read(parts: readonly Uint32Array[]): AsyncGenerator<InputBatch>;
}

/** The shapes of a model's inputs, batch first. */
export type InputShapes = readonly (readonly (number | null)[])[];

/**
 * Creates a source of batches from any kind of {@link CalibrationData}.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED for data of another kind.
 * @throws CALIBRATION_DATA_EMPTY if there are no samples.
 * @throws SHAPE_MISMATCH if a batch doesn't have the shape that the model expects, or if the number of
 *   samples read differs from the number of indices requested.
 * @throws ARGUMENT_INVALID if indices are out of range or not ascending.
 */
export function calibrationSource(
  tf: TensorFlow,
  data: CalibrationData,
  inputShapes: InputShapes,
  batchSize: number,
): CalibrationSource {
  if (typeof data !== 'object' || data === null) throw unsupported(data);
  if (isDataset(data)) {
    return {
      totalSamples: undefined,
      batches: () => sliced(tf, datasetBatches(data), inputShapes, batchSize),
      close: async () => {},
    };
  }
  if (isIterable(data)) {
    const { batches, close } = replayable(data);
    return {
      totalSamples: undefined,
      batches: () => sliced(tf, ownedBatches(tf, batches), inputShapes, batchSize),
      close,
    };
  }
  if (isIndexedData(data)) return indexedSource(tf, data, inputShapes, batchSize);
  const entries = entriesOf(data);
  requireShapes(entries, inputShapes);
  const total = entries[0]!.shape[0]!;
  return {
    totalSamples: total,
    indexed: {
      indices: indicesFrom(0, total),
      read: (parts) => pickedRows(tf, entries, parts, batchSize),
    },
    batches: () => sliceEntries(tf, entries, batchSize),
    close: async () => {},
  };
}

function unsupported(data: unknown): FuseInitError {
  return new FuseInitError(
    'CALIBRATION_DATA_UNSUPPORTED',
    `calibrationData is ${typeof data}: a tensor, { data, shape }, one of these for each input, a tf.data.Dataset, { count, batches } or an async iterable of batches was expected.`,
  );
}

function entriesOf(batch: CalibrationBatch): readonly (Tensor | ShapedArray)[] {
  const entries = (Array.isArray(batch) ? batch : [batch]) as readonly (Tensor | ShapedArray)[];
  for (const entry of entries) {
    if (isTensor(entry)) {
      if (entry.isDisposed) {
        throw new FuseInitError(
          'CALIBRATION_DATA_UNSUPPORTED',
          'A disposed tensor came as calibration data.',
        );
      }
    } else if (!isShapedArray(entry)) {
      throw unsupported(entry);
    } else if (entry.data.length !== sizeOf(entry.shape)) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `${entry.data.length} numbers came as calibration data of shape [${entry.shape}], which has ${sizeOf(entry.shape)}.`,
      );
    }
  }
  return entries;
}

function requireShapes(entries: readonly { shape: readonly number[] }[], inputShapes: InputShapes): void {
  if (entries.length !== inputShapes.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `Calibration data for ${entries.length} inputs came; the model reads ${inputShapes.length}.`,
    );
  }
  entries.forEach(({ shape }, index) => {
    const expected = inputShapes[index]!;
    const fits =
      shape.length === expected.length &&
      expected.every((length, axis) => axis === 0 || length === null || length === shape[axis]);
    if (!fits) {
      const asked = ['batch', ...expected.slice(1).map((length) => length ?? 'any')];
      const batching =
        shape.length === expected.length - 1 ? ' Is the batch axis missing? A dataset wants .batch(n).' : '';
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `Calibration data of shape [${shape}] came where the model reads [${asked.join(', ')}].${batching}`,
      );
    }
    if (shape[0] !== entries[0]!.shape[0]) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `The inputs of a batch hold ${entries[0]!.shape[0]} and ${shape[0]} samples: as many were expected.`,
      );
    }
  });
  if (entries[0]!.shape[0] === 0) {
    throw new FuseInitError(
      'CALIBRATION_DATA_EMPTY',
      'The calibration data hold no sample: give at least one.',
    );
  }
}

async function* sliceEntries(
  tf: TensorFlow,
  entries: readonly (Tensor | ShapedArray)[],
  batchSize: number,
): AsyncGenerator<InputBatch> {
  const total = entries[0]!.shape[0]!;
  for (let start = 0; start < total; start += batchSize) {
    const samples = Math.min(batchSize, total - start);
    const indices = indicesFrom(start, samples);
    yield { inputs: entries.map((entry) => rowsOf(tf, entry, start, samples)), samples, indices };
  }
}

async function* pickedRows(
  tf: TensorFlow,
  entries: readonly (Tensor | ShapedArray)[],
  parts: readonly Uint32Array[],
  batchSize: number,
): AsyncGenerator<InputBatch> {
  for (const part of parts) {
    for (let start = 0; start < part.length; start += batchSize) {
      const indices = part.slice(start, start + batchSize);
      const inputs = entries.map((entry) => rowsAt(tf, entry, indices));
      yield { inputs, samples: indices.length, indices };
    }
  }
}

/** A tensor of an entry's samples at these indices. The receiver disposes of it. */
function rowsAt(tf: TensorFlow, entry: Tensor | ShapedArray, indices: Uint32Array): Tensor {
  if (isTensor(entry)) {
    return tf.tidy(() => entry.gather(tf.tensor1d(Int32Array.from(indices), 'int32')).cast('float32'));
  }
  const sample = sizeOf(entry.shape.slice(1));
  const rows = new Float32Array(indices.length * sample);
  for (const [at, index] of indices.entries())
    rows.set(subarray(entry.data, index * sample, (index + 1) * sample), at * sample);
  return tf.tensor(rows, [indices.length, ...entry.shape.slice(1)]);
}

function indexedSource(
  tf: TensorFlow,
  data: IndexedData,
  inputShapes: InputShapes,
  batchSize: number,
): CalibrationSource {
  const indices = indicesOf(data);
  async function* read(parts: readonly Uint32Array[]): AsyncGenerator<InputBatch> {
    for (const part of parts) {
      const batches = ownedBatches(tf, data.batches(batchSize, { indices: part }));
      let count = 0;
      for await (const { inputs, samples } of sliced(tf, batches, inputShapes, batchSize)) {
        const first = count;
        count += samples;
        if (count > part.length) {
          tf.dispose([...inputs]);
          throw otherNumber(`at least ${count}`, part.length);
        }
        yield { inputs, samples, indices: part.slice(first, count) };
      }
      if (count < part.length) throw otherNumber(`${count}`, part.length);
    }
  }
  return {
    totalSamples: indices.length,
    indexed: { indices, read },
    batches: () => read([indices]),
    close: async () => {},
  };
}

function otherNumber(came: string, asked: number): FuseInitError {
  return new FuseInitError(
    'SHAPE_MISMATCH',
    `batches() of the calibration data gave ${came} samples for ${asked} indices: one for each was expected.`,
  );
}

function indicesFrom(first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) => first + at);
}

/** A tensor of consecutive samples of an entry. The receiver disposes of it. */
function rowsOf(tf: TensorFlow, entry: Tensor | ShapedArray, start: number, samples: number): Tensor {
  if (isTensor(entry)) {
    const begin = [start, ...entry.shape.slice(1).map(() => 0)];
    // A model's predict casts as well: pixels are often integers.
    return tf.tidy(() => entry.slice(begin, [samples, ...entry.shape.slice(1)]).cast('float32'));
  }
  const sample = sizeOf(entry.shape.slice(1));
  const rows = Float32Array.from(subarray(entry.data, start * sample, (start + samples) * sample));
  return tf.tensor(rows, [samples, ...entry.shape.slice(1)]);
}

/**
 * Cuts batches of any size into batches of at most `batchSize` samples and checks them. The batches read are
 * disposed.
 */
async function* sliced(
  tf: TensorFlow,
  batches: AsyncIterable<readonly Tensor[]>,
  inputShapes: InputShapes,
  batchSize: number,
): AsyncGenerator<InputBatch> {
  let count = 0;
  for await (const inputs of batches) {
    try {
      requireShapes(inputs, inputShapes);
      const total = inputs[0]!.shape[0]!;
      for (let start = 0; start < total; start += batchSize) {
        const samples = Math.min(batchSize, total - start);
        const indices = indicesFrom(count, samples);
        count += samples;
        yield { inputs: inputs.map((input) => rowsOf(tf, input, start, samples)), samples, indices };
      }
    } finally {
      for (const input of inputs) input.dispose();
    }
  }
  if (count === 0) {
    throw new FuseInitError(
      'CALIBRATION_DATA_EMPTY',
      'The calibration data yielded no batch: give at least one.',
    );
  }
}

async function* datasetBatches(data: {
  iterator(): Promise<{ next(): Promise<{ value: unknown; done?: boolean | undefined }> }>;
}): AsyncGenerator<readonly Tensor[]> {
  const iterator = await data.iterator();
  for (let { value, done } = await iterator.next(); !done; { value, done } = await iterator.next()) {
    const { xs, rest } = inputsOf(value);
    for (const tensor of rest) tensor.dispose();
    yield xs;
  }
}

/**
 * The inputs in an element of a dataset: the element itself, its `xs`, or the first of a pair. The rest are
 * labels.
 */
function inputsOf(element: unknown): { xs: readonly Tensor[]; rest: readonly Tensor[] } {
  const holder = element as { xs?: unknown };
  const isPair = Array.isArray(element) && element.length === 2;
  const xs = tensorsIn(isPair ? element[0] : 'xs' in holder && holder.xs ? holder.xs : element);
  const rest = tensorsIn(element).filter((tensor) => !xs.includes(tensor));
  if (xs.length === 0) {
    throw new FuseInitError(
      'CALIBRATION_DATA_UNSUPPORTED',
      'An element without tensors came from the dataset: .batch(n) makes tensors of numbers, and adds the batch axis.',
    );
  }
  return { xs, rest };
}

function tensorsIn(container: unknown): Tensor[] {
  if (isTensor(container)) return [container];
  if (typeof container !== 'object' || container === null) return [];
  return Object.values(container).flatMap(tensorsIn);
}

/** Copies the batches that the caller's iterable yields, whose tensors remain the caller's. */
async function* ownedBatches(
  tf: TensorFlow,
  batches: AsyncIterable<CalibrationBatch>,
): AsyncGenerator<readonly Tensor[]> {
  for await (const batch of batches) {
    yield entriesOf(batch).map((entry) =>
      isTensor(entry) ? entry.clone() : rowsOf(tf, entry, 0, entry.shape[0]!),
    );
  }
}
