import { FuseInitError, sizeOf } from '@fuseinit/core';
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

/**
 * Inputs for the model, one tensor each, and how many samples they hold. The tensors are the receiver's to
 * dispose.
 */
export interface InputBatch {
  readonly inputs: readonly Tensor[];
  readonly samples: number;
  /** Of each sample its place in the whole data, from 0. */
  readonly indices: Uint32Array;
}

/** Calibration data that can be passed over any number of times. */
export interface CalibrationSource {
  /** Where it is known beforehand. */
  readonly totalSamples: number | undefined;
  /** Absent for streams, whose samples come one after the other. */
  readonly indexed?: IndexedSamples;
  /** Batches of at most `batchSize` samples, checked against the model's input shapes. */
  batches(): AsyncGenerator<InputBatch>;
  /** Lets go of an iterator that wasn't read to its end. */
  close(): Promise<void>;
}

/** Samples that can be read by their index in the whole data. */
interface IndexedSamples {
  /** Of all samples there are, ascending. */
  readonly indices: Uint32Array;
  /** Batches of the samples of each part, one part after the other; no batch has samples of two. */
  read(parts: readonly Uint32Array[]): AsyncGenerator<InputBatch>;
}

/** The shapes that a model reads, one for each input, batch first. */
export type InputShapes = readonly (readonly (number | null)[])[];

/**
 * A source of batches from whatever the caller has.
 *
 * @throws CALIBRATION_DATA_UNSUPPORTED for what is none of the kinds of {@link CalibrationData}.
 * @throws CALIBRATION_DATA_EMPTY when there is no sample.
 * @throws SHAPE_MISMATCH when a batch isn't of the shape that the model reads, or another number of samples
 * comes than
 *   indices were asked for.
 * @throws ARGUMENT_INVALID for indices that aren't within the samples or don't ascend.
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

/** A tensor of the samples of an entry at these places, the receiver's to dispose. */
function rowsAt(tf: TensorFlow, entry: Tensor | ShapedArray, indices: Uint32Array): Tensor {
  if (isTensor(entry)) {
    return tf.tidy(() => entry.gather(tf.tensor1d(Int32Array.from(indices), 'int32')).cast('float32'));
  }
  const sample = sizeOf(entry.shape.slice(1));
  const rows = Float32Array.from(
    { length: indices.length * sample },
    (_, at) => entry.data[indices[Math.floor(at / sample)]! * sample + (at % sample)]!,
  );
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

/** A tensor of some samples of an entry, the receiver's to dispose. */
function rowsOf(tf: TensorFlow, entry: Tensor | ShapedArray, start: number, samples: number): Tensor {
  if (isTensor(entry)) {
    const begin = [start, ...entry.shape.slice(1).map(() => 0)];
    // As a model's predict does: pixels often come as integers.
    return tf.tidy(() => entry.slice(begin, [samples, ...entry.shape.slice(1)]).cast('float32'));
  }
  const sample = sizeOf(entry.shape.slice(1));
  const rows = Float32Array.from(
    { length: samples * sample },
    (_, index) => entry.data[start * sample + index]!,
  );
  return tf.tensor(rows, [samples, ...entry.shape.slice(1)]);
}

/** Batches of any size as batches of at most `batchSize`, checked; what came is disposed. */
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

/** The inputs in an element of a dataset: itself, its `xs`, or the first of a pair; the rest is labels. */
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

/** Copies of what an iterable of the caller's yields: the caller's tensors stay the caller's. */
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
