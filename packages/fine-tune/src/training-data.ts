import { FuseInitError, shuffledIndices, sizeOf, uniformStream } from '@fuseinit/core';
import type { LayersModel, ShapedArray, Tensor, TensorFlow } from '@fuseinit/tfjs';
import { isDataset, isShapedArray, isTensor, namesOf } from '@fuseinit/tfjs/internal';
import type * as tfjs from '@tensorflow/tfjs';

/** One batch; it is disposed when the next one is requested. */
export interface TrainingBatch {
  readonly xs: readonly Tensor[];
  /** The labels; empty if there are none. */
  readonly ys: readonly Tensor[];
  readonly samples: number;
}

/** Training data that can be passed over any number of times. */
export interface TrainingSource {
  /** The number of batches in an epoch, if it is known in advance. */
  readonly batchesPerEpoch: number | undefined;
  /** Yields the batches, shuffled by the seed, or in the original order without one. */
  batches(seed?: number): AsyncGenerator<TrainingBatch>;
  dispose(): void;
}

type Entry = Tensor | ShapedArray;

/**
 * Samples to train on: inputs `xs` and labels `ys`, a tensor or an array with its shape for each input and
 * output, batch first; or a `tf.data.Dataset` of batches `{ xs, ys }`, which isn't shuffled. Tensors still
 * belong to the caller.
 */
export type TrainingData =
  | { readonly xs: Entry | readonly Entry[]; readonly ys?: Entry | readonly Entry[] }
  | tfjs.data.Dataset<tfjs.TensorContainer>;

/**
 * Creates a source of batches from any kind of training data.
 *
 * @throws ARGUMENT_INVALID for data that aren't {@link TrainingData}, or have no samples.
 * @throws SHAPE_MISMATCH if inputs don't have the model's input shapes, or the number of labels differs.
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
      `${kindOf(data)} came as training data: { xs, ys } of tensors or arrays with their shapes, or a tf.data.Dataset of such batches, was expected.`,
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
  // The data are uploaded once, and batches are gathered on the device.
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
        `${name} holds ${kindOf(entry)}: tensors of numbers, or arrays as { data, shape }, were expected.`,
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

function kindOf(value: unknown): string {
  if (isTensor(value)) return value.isDisposed ? 'a disposed tensor' : `a tensor of ${value.dtype}`;
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function floatsOf(tf: TensorFlow, entry: Entry): Tensor {
  if (isTensor(entry)) return entry.toFloat().clone();
  return tf.tensor(Float32Array.from(entry.data), [...entry.shape]);
}

/**
 * Creates a source from the batches of a dataset, and disposes the tensors that it yields.
 *
 * @throws ARGUMENT_INVALID for an infinite dataset.
 */
function datasetSource(data: tfjs.data.Dataset<tfjs.TensorContainer>, model: LayersModel): TrainingSource {
  const { size } = data;
  if (size === Number.POSITIVE_INFINITY) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'The dataset repeats without end, and an epoch is one pass: leave repeat() out, or take(n) batches of it.',
    );
  }
  return {
    batchesPerEpoch: size ?? undefined,
    batches: () => datasetBatches(data, model),
    dispose() {},
  };
}

async function* datasetBatches(
  data: tfjs.data.Dataset<tfjs.TensorContainer>,
  model: LayersModel,
): AsyncGenerator<TrainingBatch> {
  const iterator = await data.iterator();
  let batches = 0;
  for (let { value, done } = await iterator.next(); !done; { value, done } = await iterator.next()) {
    const owned = [...tensorsIn(value)];
    try {
      const batch = batchOf(value, model);
      owned.push(...batch.xs, ...batch.ys);
      batches++;
      yield batch;
    } finally {
      for (const tensor of owned) tensor.dispose();
    }
  }
  if (batches === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'The dataset gave no batch: one that gives its batches anew on every pass was expected.',
    );
  }
}

function batchOf(value: unknown, model: LayersModel): TrainingBatch {
  const { xs: inputs, ys: labels } = (value ?? {}) as { xs?: unknown; ys?: unknown };
  if (tensorsIn(inputs).length === 0) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'A dataset to train on yields batches { xs, ys } of tensors: an element without xs came. tf.data.zip({ xs, ys }).batch(n) makes them.',
    );
  }
  const xs = ordered(inputs, namesOf(model.inputs), 'xs');
  const ys = ordered(labels, namesOf(model.outputs), 'ys');
  requireInputs(xs, model);
  const other = [...xs, ...ys].find(({ dtype }) => dtype === 'string' || dtype === 'complex64');
  if (other) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The dataset gave a tensor of ${other.dtype}: tensors of numbers were expected.`,
    );
  }
  const samples = requireCount([...xs, ...ys]);
  return { xs: xs.map((tensor) => tensor.toFloat()), ys: ys.map((tensor) => tensor.toFloat()), samples };
}

/** The tensors in the model's order; those of an object are matched by name, as in `fitDataset`. */
function ordered(container: unknown, names: readonly string[], what: string): Tensor[] {
  if (typeof container !== 'object' || container === null || isTensor(container) || Array.isArray(container))
    return tensorsIn(container);
  const named = container as Readonly<Record<string, unknown>>;
  return names.map((name) => {
    const tensor = named[name];
    if (isTensor(tensor)) return tensor;
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${what} of the dataset are named ${Object.keys(named).join(', ')}: the model's names, ${names.join(', ')}, were expected.`,
    );
  });
}

function tensorsIn(container: unknown): Tensor[] {
  if (isTensor(container)) return [container];
  if (typeof container !== 'object' || container === null) return [];
  return Object.values(container).flatMap(tensorsIn);
}

type Shaped = { readonly shape: readonly number[] };

/** @throws SHAPE_MISMATCH if the number or the shapes of the inputs, batch first, don't match the model's. */
function requireInputs(entries: readonly Shaped[], model: LayersModel): void {
  const shapes = model.inputs.map(({ shape }) => shape);
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
  const inBrackets = (all: readonly (readonly (number | null)[])[]) =>
    all.map((shape) => `[${shape.map((length) => length ?? 'any')}]`).join(', ');
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `Training inputs of ${inBrackets(entries.map(({ shape }) => shape)) || 'nothing'} came where the model reads ${inBrackets(shapes)}.`,
  );
}

/**
 * The number of samples.
 *
 * @throws SHAPE_MISMATCH if inputs and labels differ in their number of samples.
 * @throws ARGUMENT_INVALID if there are none.
 */
function requireCount(entries: readonly Shaped[]): number {
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

/** Whether all numbers of tensors are finite, computed on the device. */
export async function allFinite(tf: TensorFlow, tensors: readonly Tensor[]): Promise<boolean> {
  const found = tf.tidy(() => tensors.map((tensor) => tf.isFinite(tensor.reshape([-1])).all()));
  try {
    const values = await Promise.all(found.map((one) => one.data()));
    return values.every(([finite]) => Boolean(finite));
  } finally {
    tf.dispose(found);
  }
}
