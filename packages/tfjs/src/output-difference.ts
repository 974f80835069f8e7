import type { DrawnInputs } from './drawn-inputs.js';
import { readNetwork } from './network/read-network.js';
import { toLayersModel } from './network/write-layers-model.js';
import { type RunnableModel, runnableLayers } from './runnable-model.js';
import type { LayersModel, Tensor, TensorFlow } from './tensorflow.js';

/**
 * The largest difference between any two values that two models output, relative to the largest value of the
 * first model in that output. Two NaNs, or two infinities of the same sign, don't differ.
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
 * The difference between outputs that float32 rounding can explain: the {@link outputDifference} of the model
 * from a copy in which each weight is moved to the next float32 and each layer's output is rounded once more,
 * times a factor for sums in a different order.
 *
 * Folding rounds each weight that it changes once, by at most half of that, and changes the values between
 * layers. A model that amplifies rounding amplifies both alike: one with a batch norm of almost no variance,
 * or one that adds a small number to a large one which a normalization then removes.
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

/** The rounding of sums of a few hundred products in a different order. */
const atLeast = 2e-6;
const factor = 4;

/** Copies a model with each float32 weight moved by one unit in the last place, up and down in turns. */
function withNextWeights(tf: TensorFlow, model: LayersModel): LayersModel {
  const moved = toLayersModel(tf, readNetwork(model));
  for (const weight of moved.weights) {
    if (weight.dtype !== 'float32') continue;
    tf.tidy(() => {
      const values = weight.read();
      // The variable is assigned directly, since a layer's constraint would change the values.
      (values as Variable).assign(tf.tensor(Float32Array.from(values.dataSync(), next), values.shape));
    });
  }
  return moved;
}

function next(value: number, index: number): number {
  return value * (1 + (index % 2 === 0 ? 1 : -1) * 2 ** -23);
}

/** Changes each layer of a model such that its outputs move by at most two units in the last place. */
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
 * Equal values move by the same amount, as equal sums are rounded alike; others move pseudo-randomly, so that
 * the changes don't add up. Infinities stay.
 */
function roundedAgain(x: Tensor): Tensor {
  if (x.dtype !== 'float32') return x;
  const chance = x.clipByValue(-1e3, 1e3).mul(1e4).cos();
  return x.mul(chance.mul(2 ** -22).add(1));
}
