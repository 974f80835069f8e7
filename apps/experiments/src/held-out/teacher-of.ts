import { shuffledIndices, uniformStream } from '@fuseinit/core';
import type { Dataset, Samples } from '@fuseinit/datasets';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/** A trained network, the samples that it was trained on, and others that it never saw. */
export interface TrainedTeacher {
  readonly model: LayersModel;
  readonly seen: Samples;
  /** Samples that it never saw: twice as many. */
  readonly unseen: Samples;
}

/** The most samples to train on. */
const most = 3000;

/**
 * Trains a small network on a third of a data set's samples, or on 3,000: three convolutions and a dense
 * layer for images, four dense layers for tables.
 */
export async function teacherOf(tf: TensorFlow, set: Dataset, seed: number): Promise<TrainedTeacher> {
  const { task } = set;
  const isImage = isOfImages(set);
  // A table's test set is only a fifth of it, which would measure the true error hardly better than held-out
  // samples do.
  const all = isImage ? set.train : joined(set.train, set.test);
  const order = shuffledIndices(all.count, uniformStream(seed));
  const third = Math.min(most, Math.floor(all.count / 3));
  const seen = pickSamples(all, order.subarray(0, third));
  const unseen = pickSamples(all, order.subarray(third, 3 * third));
  const outputs = task.kind === 'classification' ? task.classes.length : 1;
  const model = isImage
    ? imageNetwork(tf, seen.inputShape, outputs, seed)
    : tableNetwork(tf, seen.inputShape, outputs, seed);
  model.compile({
    optimizer: tf.train.adam(isImage ? 2e-3 : 5e-3),
    loss: outputs > 1 ? 'sparseCategoricalCrossentropy' : 'meanSquaredError',
  });
  const inputs = tf.tensor(seen.inputs, [seen.count, ...seen.inputShape]);
  const targets = tf.tensor2d(seen.targets, [seen.count, 1]);
  try {
    await model.fit(inputs, targets, {
      epochs: isImage ? 3 : 30,
      batchSize: 32,
      shuffle: false,
      verbose: 0,
    });
  } finally {
    inputs.dispose();
    targets.dispose();
  }
  return { model, seen, unseen };
}

export function isOfImages({ train }: Dataset): boolean {
  return train.inputShape.length === 3;
}

function joined(first: Samples, second: Samples): Samples {
  const both = (of: 'inputs' | 'targets') => {
    const values = new Float32Array(first[of].length + second[of].length);
    values.set(first[of]);
    values.set(second[of], first[of].length);
    return values;
  };
  return { ...first, inputs: both('inputs'), targets: both('targets'), count: first.count + second.count };
}

/** Returns the samples with these indices, in this order. */
export function pickSamples(samples: Samples, indices: ArrayLike<number>): Samples {
  const size = samples.inputs.length / samples.count;
  const inputs = new Float32Array(indices.length * size);
  const targets = new Float32Array(indices.length);
  Array.from(indices).forEach((index, at) => {
    inputs.set(samples.inputs.subarray(index * size, (index + 1) * size), at * size);
    targets[at] = samples.targets[index]!;
  });
  return { ...samples, inputs, targets, count: indices.length };
}

function imageNetwork(tf: TensorFlow, inputShape: readonly number[], outputs: number, seed: number) {
  const conv = (name: string, filters: number, at: number, more = {}) =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: tf.initializers.heNormal({ seed: seed + at }),
      ...more,
    });
  return tf.sequential({
    layers: [
      conv('conv1', 8, 1, { inputShape: [...inputShape] }),
      tf.layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
      conv('conv2', 8, 2),
      conv('conv3', 16, 3),
      tf.layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
      tf.layers.flatten({ name: 'flatten' }),
      dense(tf, 'dense', outputs, seed + 4, outputs > 1 ? 'softmax' : 'linear'),
    ],
  });
}

function tableNetwork(tf: TensorFlow, inputShape: readonly number[], outputs: number, seed: number) {
  return tf.sequential({
    layers: [
      dense(tf, 'dense1', 32, seed + 1, 'relu', { inputShape: [...inputShape] }),
      dense(tf, 'dense2', 32, seed + 2, 'tanh'),
      dense(tf, 'dense3', 16, seed + 3, 'relu'),
      dense(tf, 'output', outputs, seed + 4, outputs > 1 ? 'softmax' : 'linear'),
    ],
  });
}

function dense(
  tf: TensorFlow,
  name: string,
  units: number,
  seed: number,
  activation: 'relu' | 'tanh' | 'softmax' | 'linear',
  more = {},
) {
  const kernelInitializer = tf.initializers.heNormal({ seed });
  return tf.layers.dense({ name, units, activation, kernelInitializer, ...more });
}
