import type { LayerSpec } from '../experiment.js';

/**
 * A convolution that keeps lengths, its batch normalisation and its activation: `conv1`, `norm1`, `relu1`.
 */
export function convolution(
  rank: 1 | 2,
  number: number,
  filters: number,
  options: {
    readonly inputShape?: readonly number[];
    readonly normalized?: boolean;
    readonly activation?: 'ReLU' | 'ELU';
  } = {},
): LayerSpec[] {
  const { inputShape, normalized = true, activation = 'ReLU' } = options;
  return [
    {
      className: rank === 1 ? 'Conv1D' : 'Conv2D',
      config: {
        name: `conv${number}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        ...(inputShape ? { inputShape } : {}),
      },
    },
    // With tfjs's 0.99, moving moments need more steps than these trainings have: networks drawn at random
    // would be measured with moments that they have long left, and lose for that alone.
    ...(normalized
      ? [{ className: 'BatchNormalization', config: { name: `norm${number}`, momentum: 0.9 } }]
      : []),
    { className: activation, config: { name: `${activation.toLowerCase()}${number}` } },
  ];
}

/** A max-pooling by 2, and a dropout where there is a rate. */
export function pooling(rank: 1 | 2, number: number, dropout = 0): LayerSpec[] {
  return [
    {
      className: rank === 1 ? 'MaxPooling1D' : 'MaxPooling2D',
      config: { name: `pool${number}`, poolSize: 2 },
    },
    ...(dropout > 0 ? [{ className: 'Dropout', config: { name: `dropout${number}`, rate: dropout } }] : []),
  ];
}

/** What tells classes apart at the end of a convolutional network. */
export function classifier(classes: number): LayerSpec[] {
  return [
    { className: 'Flatten', config: { name: 'flatten' } },
    { className: 'Dense', config: { name: 'output', units: classes, activation: 'softmax' } },
  ];
}

/** Dense layers of relus, `dense1`, `dense2`, and the last one: softmax classes, or one number. */
export function perceptron(
  inputs: number,
  hidden: readonly number[],
  last: { readonly units: number; readonly activation: 'softmax' | 'linear' },
): LayerSpec[] {
  return [
    ...hidden.map((units, index) => ({
      className: 'Dense',
      config: {
        name: `dense${index + 1}`,
        units,
        activation: 'relu',
        ...(index === 0 ? { inputShape: [inputs] } : {}),
      },
    })),
    { className: 'Dense', config: { name: `dense${hidden.length + 1}`, ...last } },
  ];
}
