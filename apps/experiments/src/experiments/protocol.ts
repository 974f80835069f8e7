import { arms, type Experiment, type LayerSpec } from '../experiment.js';

/** The names of all arms. */
export const allArms = arms.map(({ name }) => name);

/** The seeds of trials; the seeds that rates are chosen by are others. */
export const tenSeeds = {
  tuning: [1001],
  trials: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
} as const satisfies Experiment['seeds'];

/**
 * Neighbouring rates differ by a factor of five, so that the grid suits good starts as well as random
 * weights.
 */
export const rateGrid = [2e-4, 1e-3, 5e-3] as const;

/** The published schedule in shares of the epochs: 1e-3, 5e-4 after 15 and 3e-4 after 25 of 50. */
export const publishedSchedule = [
  { from: 0, factor: 1 },
  { from: 0.3, factor: 0.5 },
  { from: 0.5, factor: 0.3 },
] as const satisfies Experiment['schedule'];

export const constantRate = [{ from: 0, factor: 1 }] as const satisfies Experiment['schedule'];

/**
 * Specifies a convolution that keeps lengths, its batch normalisation and its activation: `conv1`, `norm1`,
 * `relu1`.
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
    // With tfjs's momentum of 0.99, moving moments need more steps than these trainings have. Networks drawn
    // at random would be measured with outdated moments and lose for that reason alone.
    ...(normalized
      ? [{ className: 'BatchNormalization', config: { name: `norm${number}`, momentum: 0.9 } }]
      : []),
    { className: activation, config: { name: `${activation.toLowerCase()}${number}` } },
  ];
}

/** Specifies a max-pooling by 2, and a dropout if there is a rate. */
export function pooling(rank: 1 | 2, number: number, dropout = 0): LayerSpec[] {
  return [
    {
      className: rank === 1 ? 'MaxPooling1D' : 'MaxPooling2D',
      config: { name: `pool${number}`, poolSize: 2 },
    },
    ...(dropout > 0 ? [{ className: 'Dropout', config: { name: `dropout${number}`, rate: dropout } }] : []),
  ];
}

/** Specifies the classifier at the end of a convolutional network. */
export function classifier(classes: number): LayerSpec[] {
  return [
    { className: 'Flatten', config: { name: 'flatten' } },
    { className: 'Dense', config: { name: 'output', units: classes, activation: 'softmax' } },
  ];
}

/** Specifies dense layers with relus, `dense1`, `dense2`, and a last one: softmax classes, or one number. */
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
