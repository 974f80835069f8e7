import { FuseInitError } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import { isTensor } from '../calibration/calibration-data.js';
import { namesOf } from '../network/layer-internals.js';
import type { LayersModel, Tensor } from '../tensorflow.js';
import { requireCount, requireInputs } from './require-samples.js';
import type { TrainingBatch, TrainingSource } from './training-source.js';

/**
 * A source of the batches of a dataset; what it yields is disposed here.
 *
 * @throws ARGUMENT_INVALID for a dataset without an end.
 */
export function datasetSource(
  data: tfjs.data.Dataset<tfjs.TensorContainer>,
  model: LayersModel,
): TrainingSource {
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

/** Tensors in the model's order: of an object by its names, as `fitDataset` takes them. */
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
