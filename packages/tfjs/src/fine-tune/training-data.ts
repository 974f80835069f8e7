import { FuseInitError, shuffledIndices, sizeOf, uniformStream } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import { isDataset, isShapedArray, isTensor, type ShapedArray } from '../calibration/calibration-data.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';

type Entry = Tensor | ShapedArray;

/**
 * Samples to train on: inputs `xs` and labels `ys`, a tensor or an array with its shape for each input and output, batch
 * first; or a `tf.data.Dataset` of batches `{ xs, ys }`, which orders itself. Tensors stay the caller's.
 */
export type TrainingData =
  | { readonly xs: Entry | readonly Entry[]; readonly ys?: Entry | readonly Entry[] }
  | tfjs.data.Dataset<tfjs.TensorContainer>;

/** One batch, the receiver's to dispose. */
export interface TrainingBatch {
  readonly xs: readonly Tensor[];
  /** Empty where there are no labels. */
  readonly ys: readonly Tensor[];
  readonly samples: number;
}

/** Training data that can be passed over any number of times. */
export interface TrainingSource {
  /** Where it is known beforehand. */
  readonly batchesPerEpoch: number | undefined;
  /** In an order that the seed decides; in their own without one. */
  batches(seed?: number): AsyncGenerator<TrainingBatch>;
  dispose(): void;
}

/** The shapes of a model's inputs or outputs, batch first. */
type Shapes = readonly (readonly (number | null)[])[];

/**
 * A source of batches from whatever the caller has.
 *
 * @throws ARGUMENT_INVALID for what is none of the kinds of {@link TrainingData}.
 * @throws SHAPE_MISMATCH when inputs aren't of the shapes that the model reads, or labels are of another count.
 */
export function trainingSource(
  tf: TensorFlow,
  data: TrainingData,
  inputShapes: Shapes,
  batchSize: number,
): TrainingSource {
  if (typeof data !== 'object' || data === null || !(isDataset(data as never) || 'xs' in data)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      '{ xs, ys } of tensors or arrays with their shapes, or a tf.data.Dataset of such batches, was expected as training data.',
    );
  }
  if (!('xs' in data)) {
    const size = data.size ?? Number.POSITIVE_INFINITY;
    return {
      batchesPerEpoch: Number.isFinite(size) ? size : undefined,
      batches: () => datasetBatches(data, inputShapes),
      dispose() {},
    };
  }
  const xs = entriesOf(data.xs, 'xs');
  const ys = data.ys === undefined ? [] : entriesOf(data.ys, 'ys');
  requireInputs(xs, inputShapes);
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
      yield { xs: gathered[0]!, ys: gathered[1]!, samples: chosen.length };
    }
  }
  return {
    batchesPerEpoch: Math.ceil(count / batchSize),
    batches,
    dispose: () => tf.dispose([inputs, labels]),
  };
}

function entriesOf(value: Entry | readonly Entry[], name: string): readonly Entry[] {
  const entries = (Array.isArray(value) ? value : [value]) as readonly Entry[];
  for (const entry of entries) {
    if (isTensor(entry) ? entry.isDisposed : !isShapedArray(entry)) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        `${name} holds ${isTensor(entry) ? 'a disposed tensor' : typeof entry}: tensors or arrays as { data, shape } were expected.`,
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

function requireInputs(entries: readonly { readonly shape: readonly number[] }[], shapes: Shapes): void {
  const fits =
    entries.length === shapes.length &&
    shapes.every((expected, index) => {
      const { shape } = entries[index]!;
      return (
        shape.length === expected.length &&
        expected.every((length, axis) => axis === 0 || length === null || length === shape[axis])
      );
    });
  if (fits) return;
  const told = (all: Shapes) => all.map((shape) => `[${shape.map((length) => length ?? 'any')}]`).join(', ');
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Training inputs of ${told(entries.map(({ shape }) => shape))} came where the model reads ${told(shapes)}.`,
  );
}

function requireCount(entries: readonly { readonly shape: readonly number[] }[]): number {
  const counts = entries.map(({ shape }) => shape[0] ?? 0);
  if (counts.some((count) => count !== counts[0])) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `xs and ys hold ${counts.join(', ')} samples: as many of each were expected.`,
    );
  }
  if (counts[0] === 0) throw new FuseInitError('ARGUMENT_INVALID', 'The training data hold no sample.');
  return counts[0]!;
}

function floatsOf(tf: TensorFlow, entry: Entry): Tensor {
  if (isTensor(entry)) return entry.toFloat().clone();
  return tf.tensor(Float32Array.from(entry.data), [...entry.shape]);
}

async function* datasetBatches(
  data: tfjs.data.Dataset<tfjs.TensorContainer>,
  inputShapes: Shapes,
): AsyncGenerator<TrainingBatch> {
  const iterator = await data.iterator();
  for (let { value, done } = await iterator.next(); !done; { value, done } = await iterator.next()) {
    const { xs: inputs, ys: labels } = value as { xs?: unknown; ys?: unknown };
    const xs = tensorsIn(inputs);
    const ys = tensorsIn(labels);
    if (xs.length === 0) {
      throw new FuseInitError(
        'ARGUMENT_INVALID',
        'A dataset to train on yields batches { xs, ys } of tensors: an element without xs came. tf.data.zip({ xs, ys }).batch(n) makes them.',
      );
    }
    requireInputs(xs, inputShapes);
    yield { xs, ys, samples: requireCount([...xs, ...ys]) };
  }
}

function tensorsIn(container: unknown): Tensor[] {
  if (isTensor(container)) return [container];
  if (typeof container !== 'object' || container === null) return [];
  return Object.values(container).flatMap(tensorsIn);
}
