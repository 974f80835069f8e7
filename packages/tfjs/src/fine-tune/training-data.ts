import { FuseInitError, shuffledIndices, sizeOf, uniformStream } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import { isDataset, isShapedArray, isTensor, type ShapedArray } from '../calibration/calibration-data.js';
import type { LayersModel, Tensor, TensorFlow } from '../tensorflow.js';
import { allFinite } from './all-finite.js';
import { datasetSource } from './dataset-source.js';
import { requireCount, requireInputs } from './require-samples.js';
import type { TrainingBatch, TrainingSource } from './training-source.js';

type Entry = Tensor | ShapedArray;

/**
 * Samples to train on: inputs `xs` and labels `ys`, a tensor or an array with its shape for each input and output, batch
 * first; or a `tf.data.Dataset` of batches `{ xs, ys }`, which orders itself. Tensors stay the caller's.
 */
export type TrainingData =
  | { readonly xs: Entry | readonly Entry[]; readonly ys?: Entry | readonly Entry[] }
  | tfjs.data.Dataset<tfjs.TensorContainer>;

/**
 * A source of batches from whatever the caller has.
 *
 * @throws ARGUMENT_INVALID for what is none of the kinds of {@link TrainingData}, or holds no sample.
 * @throws SHAPE_MISMATCH when inputs aren't of the shapes that the model reads, or labels are of another count.
 * @throws VALUE_NOT_FINITE for NaN and infinities.
 */
export async function trainingSource(
  tf: TensorFlow,
  data: TrainingData,
  model: LayersModel,
  batchSize: number,
): Promise<TrainingSource> {
  if (typeof data !== 'object' || data === null || !(isDataset(data as never) || 'xs' in data)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${toldKind(data)} came as training data: { xs, ys } of tensors or arrays with their shapes, or a tf.data.Dataset of such batches, was expected.`,
    );
  }
  return 'xs' in data ? heldSource(tf, data, model, batchSize) : datasetSource(data, model);
}

async function heldSource(
  tf: TensorFlow,
  data: Extract<TrainingData, { readonly xs: unknown }>,
  model: LayersModel,
  batchSize: number,
): Promise<TrainingSource> {
  const xs = entriesOf(data.xs, 'xs');
  const ys = data.ys === undefined ? [] : entriesOf(data.ys, 'ys');
  requireInputs(xs, model);
  const count = requireCount([...xs, ...ys]);
  // On the device once; a batch is gathered there.
  const held = tf.tidy(() => [xs, ys].map((entries) => entries.map((entry) => floatsOf(tf, entry))));
  const [inputs, labels] = held as [Tensor[], Tensor[]];
  async function* batches(seed?: number): AsyncGenerator<TrainingBatch> {
    const order =
      seed === undefined
        ? Uint32Array.from({ length: count }, (_, index) => index)
        : shuffledIndices(count, uniformStream(seed));
    for (let start = 0; start < count; start += batchSize) {
      const chosen = Int32Array.from(order.subarray(start, start + batchSize));
      const gathered = tf.tidy(() => {
        const rows = tf.tensor1d(chosen, 'int32');
        return [inputs, labels].map((tensors) => tensors.map((tensor) => tf.gather(tensor, rows)));
      });
      try {
        yield { xs: gathered[0]!, ys: gathered[1]!, samples: chosen.length };
      } finally {
        tf.dispose(gathered);
      }
    }
  }
  try {
    await requireFinite(tf, inputs, 'xs');
    await requireFinite(tf, labels, 'ys');
  } catch (error) {
    tf.dispose(held);
    throw error;
  }
  return {
    batchesPerEpoch: Math.ceil(count / batchSize),
    batches,
    dispose: () => tf.dispose([inputs, labels]),
  };
}

async function requireFinite(tf: TensorFlow, tensors: readonly Tensor[], name: string): Promise<void> {
  if (await allFinite(tf, tensors)) return;
  throw new FuseInitError(
    'VALUE_NOT_FINITE',
    `${name} of the training data holds NaN or an infinity: finite numbers were expected. Leave such samples out.`,
  );
}

function entriesOf(value: Entry | readonly Entry[], name: string): readonly Entry[] {
  const entries = (Array.isArray(value) ? value : [value]) as readonly Entry[];
  for (const entry of entries) {
    if (isTensor(entry) ? entry.isDisposed || !isNumeric(entry) : !isNumbers(entry)) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `${name} holds ${toldKind(entry)}: tensors of numbers, or arrays as { data, shape }, were expected.`,
      );
    }
    if (!isTensor(entry) && entry.data.length !== sizeOf(entry.shape)) {
      throw new FuseInitError(
        'SHAPE_MISMATCH',
        `${entry.data.length} numbers came in ${name} for the shape [${entry.shape}], which has ${sizeOf(entry.shape)}.`,
      );
    }
  }
  return entries;
}

function isNumbers(entry: unknown): boolean {
  return isShapedArray(entry) && Array.isArray(entry.shape) && typeof entry.data?.length === 'number';
}

function isNumeric({ dtype }: Tensor): boolean {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

function toldKind(value: unknown): string {
  if (isTensor(value)) return value.isDisposed ? 'a disposed tensor' : `a tensor of ${value.dtype}`;
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function floatsOf(tf: TensorFlow, entry: Entry): Tensor {
  if (isTensor(entry)) return entry.toFloat().clone();
  return tf.tensor(Float32Array.from(entry.data), [...entry.shape]);
}
