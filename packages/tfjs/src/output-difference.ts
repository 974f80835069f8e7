import type { DrawnInputs } from './drawn-inputs.js';
import { readNetwork } from './network/read-network.js';
import { toLayersModel } from './network/write-layers-model.js';
import { type RunnableModel, runnableLayers } from './runnable-model.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/**
 * The largest difference of any number that two models give, relative to the largest number that the first
 * one gives in that output. Where both give NaN or the same infinity, they don't differ.
 */
export function outputDifference(
  tf: TensorFlow,
  first: RunnableModel,
  second: RunnableModel,
  drawn: readonly DrawnInputs[],
): number {
  const found: { largest: number; difference: number }[] = [];
  for (const { tensors } of drawn) {
    const expected = valuesOf(tf, first, tensors);
    const actual = valuesOf(tf, second, tensors);
    for (const [output, values] of expected.entries()) {
      found[output] ??= { largest: 0, difference: 0 };
      const other = actual[output]!;
      for (const [index, value] of values.entries()) {
        if (Number.isFinite(value)) found[output].largest = Math.max(found[output].largest, Math.abs(value));
        if (Object.is(value, other[index])) continue;
        const difference = Math.abs(value - other[index]!);
        found[output].difference = Math.max(
          found[output].difference,
          Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
        );
      }
    }
  }
  return Math.max(
    ...found.map(({ largest, difference }) => (largest > 0 ? difference / largest : difference)),
  );
}

function valuesOf(tf: TensorFlow, model: RunnableModel, inputs: DrawnInputs['tensors']): Float32Array[] {
  const outputs = model.run(inputs);
  try {
    return outputs.map((tensor) => tensor.dataSync<'float32'>());
  } finally {
    tf.dispose(outputs);
  }
}

type Variable = InstanceType<TensorFlow['Variable']>;

/**
 * What float32 explains: how far the model's own outputs move, by {@link outputDifference}, when each of its
 * weights becomes the next float32 and what each of its layers gives is rounded once more, times a factor for
 * what sums in another order add.
 *
 * Folding rounds each weight that it changes once, by half of that at most, and has other numbers between
 * layers. A model that amplifies it amplifies both alike: one with a batch norm of almost no variance, or one
 * in which a small number is added to a large one that a normalisation then takes out again.
 */
export function float32Explains(tf: TensorFlow, model: LayersModel, drawn: readonly DrawnInputs[]): number {
  const given = runnableLayers(model);
  const moved = runnableLayers(moveLayers(tf, withNextWeights(tf, model)));
  try {
    return atLeast + factor * outputDifference(tf, given, moved, drawn);
  } finally {
    moved.dispose();
  }
}

/** Sums of a few hundred products in another order. */
const atLeast = 2e-6;
const factor = 4;

/** A copy of a model, each float32 weight moved by one unit in its last place, up or down in turns. */
function withNextWeights(tf: TensorFlow, model: LayersModel): LayersModel {
  const moved = toLayersModel(tf, readNetwork(model));
  for (const weight of moved.weights) {
    if (weight.dtype !== 'float32') continue;
    tf.tidy(() => {
      const values = weight.read();
      // As a variable: a layer's constraint would change the values.
      (values as Variable).assign(tf.tensor(Float32Array.from(values.dataSync(), next), values.shape));
    });
  }
  return moved;
}

function next(value: number, index: number): number {
  return value * (1 + (index % 2 === 0 ? 1 : -1) * 2 ** -23);
}

/** Has each layer of a model give its numbers moved by two units in the last place at most. */
function moveLayers(tf: TensorFlow, model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) =>
      tf.tidy(() => {
        const outputs = call(inputs, kwargs);
        return Array.isArray(outputs) ? outputs.map(roundedAgain) : roundedAgain(outputs);
      });
  }
  return model;
}

/**
 * Numbers that are equal move alike, as the same sum is rounded alike; others as if by chance, so that they
 * don't all add up. Infinity stays.
 */
function roundedAgain(x: Tensor): Tensor {
  if (x.dtype !== 'float32') return x;
  const chance = x.clipByValue(-1e3, 1e3).mul(1e4).cos();
  return x.mul(chance.mul(2 ** -22).add(1));
}
