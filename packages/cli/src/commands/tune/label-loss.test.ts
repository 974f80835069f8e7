import { tf } from '@fuseinit/test-inputs/seeded-models';
import type { LabelTask } from '@fuseinit/tfjs/internal';
import { describe, expect, test } from 'vitest';
import { type LossName, labelLoss, lossTask } from './label-loss.js';

type Activation = 'softmax' | 'sigmoid' | 'linear' | 'relu';
const L = tf.layers;
const ending = (units: number, activation: Activation, ...after: unknown[]) =>
  tf.sequential({
    layers: [L.dense({ units, activation, inputShape: [2] }), ...(after as ReturnType<typeof L.dense>[])],
  });
const head = () => tf.sequential({ layers: [L.dense({ units: 3, activation: 'softmax', inputShape: [4] })] });
const classes = [0, 1, 2];
const binary = [0, 1, 1];

/** The loss of labels [3, 1] on outputs of one model. */
function lossAt(
  model: ReturnType<typeof ending>,
  labels: number[],
  outputs: number[][],
  asked?: LossName,
  task: LabelTask = 'classification',
): number {
  const { loss } = labelLoss(tf, model, task, asked);
  return tf.tidy(() => {
    const ys = tf.tensor(labels, [outputs.length, labels.length / outputs.length]);
    const predictions = tf.tensor2d(outputs);
    if (typeof loss === 'function') return loss(ys, predictions).mean().dataSync()[0]!;
    const compiled = tf.sequential({
      layers: [L.activation({ activation: 'linear', inputShape: [outputs[0]!.length] })],
    });
    compiled.compile({ optimizer: 'rmsprop', loss });
    return ([compiled.evaluate(predictions, ys)].flat()[0] as ReturnType<typeof tf.scalar>).dataSync()[0]!;
  });
}

const rows = [
  [0.5, 0.3, 0.2],
  [0.1, 0.8, 0.1],
  [0.25, 0.25, 0.5],
];

describe('the loss suits what stands before the output', () => {
  test.each([
    ['softmax', ending(3, 'softmax'), 'classification', 'sparseCategoricalCrossentropy'],
    [
      'softmax before dropout',
      ending(3, 'softmax', L.dropout({ rate: 0.5 })),
      'classification',
      'sparseCategoricalCrossentropy',
    ],
    [
      'softmax in a nested model',
      ending(4, 'relu', head()),
      'classification',
      'sparseCategoricalCrossentropy',
    ],
    ['linear classes', ending(3, 'linear'), 'classification', 'sparseCategoricalCrossentropyFromLogits'],
    ['several sigmoids', ending(3, 'sigmoid'), 'classification', 'binaryCrossentropy'],
    ['sigmoids of labels', ending(3, 'sigmoid'), 'multiLabel', 'binaryCrossentropy'],
    ['logits of labels', ending(3, 'linear'), 'multiLabel', 'binaryCrossentropyFromLogits'],
    ['one sigmoid', ending(1, 'sigmoid'), 'classification', 'binaryCrossentropy'],
    ['one logit', ending(1, 'linear'), 'classification', 'binaryCrossentropyFromLogits'],
    ['one number', ending(1, 'linear'), 'regression', 'meanSquaredError'],
    ['several numbers', ending(3, 'linear'), 'regression', 'meanSquaredError'],
  ] as const)('%s', (_name, model, task, expected) => {
    expect(labelLoss(tf, model, task).name).toBe(expected);
  });

  test('where that does not tell, --loss is asked for', () => {
    expect(() => labelLoss(tf, ending(1, 'relu'), 'classification')).toThrow(
      /--loss binaryCrossentropy for a probability/,
    );
    expect(() => labelLoss(tf, ending(3, 'relu'), 'classification')).toThrow(
      /say --loss sparseCategoricalCrossentropy/,
    );
    const sparse = 'sparseCategoricalCrossentropy';
    expect(() => labelLoss(tf, ending(1, 'linear'), 'classification', sparse)).toThrow(
      /an output for each class/,
    );
    expect(() => labelLoss(tf, ending(3, 'linear'), 'regression', sparse)).toThrow(/indices of classes/);
  });

  test('a loss tells the task of its labels, where it is of one', () => {
    expect(lossTask('binaryCrossentropy', ending(1, 'linear'))).toBe('classes');
    expect(lossTask('binaryCrossentropy', ending(3, 'linear'))).toBeUndefined();
    expect(lossTask('meanSquaredError', ending(1, 'linear'))).toBe('regression');
    expect(lossTask('meanSquaredError', ending(3, 'linear'))).toBeUndefined();
    expect(lossTask(undefined, ending(1, 'linear'))).toBeUndefined();
  });
});

describe('the value is that worked out by hand', () => {
  const log = Math.log;
  test('probabilities of classes, and their logits', () => {
    const expected = -(log(0.5) + log(0.8) + log(0.5)) / 3;
    expect(lossAt(ending(3, 'softmax'), classes, rows)).toBeCloseTo(expected, 6);
    // Logits may be off by any constant.
    const logits = rows.map((row) => row.map((value) => log(value) + 1.5));
    expect(lossAt(ending(3, 'linear'), classes, logits)).toBeCloseTo(expected, 6);
  });

  test('each sigmoid for its own class against the rest', () => {
    const own = [0.5, 0.8, 0.5];
    const others = [0.3, 0.2, 0.1, 0.1, 0.25, 0.25];
    const expected =
      -(own.reduce((sum, p) => sum + log(p), 0) + others.reduce((sum, p) => sum + log(1 - p), 0)) / 9;
    expect(lossAt(ending(3, 'sigmoid'), classes, rows)).toBeCloseTo(expected, 6);
  });

  test('each sigmoid for its own label', () => {
    const labels = [1, 1, 0, 0, 0, 0, 1, 0, 1];
    const expected = -labels.reduce((sum, label, index) => {
      const p = rows.flat()[index]!;
      return sum + log(label === 1 ? p : 1 - p);
    }, 0);
    const at = (model: ReturnType<typeof ending>, outputs: number[][]) =>
      lossAt(model, labels, outputs, undefined, 'multiLabel');
    expect(at(ending(3, 'sigmoid'), rows)).toBeCloseTo(expected / 9, 6);
    const logits = rows.map((row) => row.map((p) => log(p / (1 - p))));
    expect(at(ending(3, 'linear'), logits)).toBeCloseTo(expected / 9, 6);
  });

  test('one probability, one logit, one number', () => {
    const expected = -(log(1 - 0.2) + log(0.7) + log(0.9)) / 3;
    const probabilities = [0.2, 0.7, 0.9];
    expect(
      lossAt(
        ending(1, 'sigmoid'),
        binary,
        probabilities.map((p) => [p]),
      ),
    ).toBeCloseTo(expected, 6);
    const logits = probabilities.map((p) => [log(p / (1 - p))]);
    expect(lossAt(ending(1, 'linear'), binary, logits, 'binaryCrossentropy')).toBeCloseTo(expected, 6);
    const numbers = [[2], [2], [2]];
    const at = (asked?: LossName) => lossAt(ending(1, 'linear'), [1, 2, 4], numbers, asked, 'regression');
    expect(at()).toBeCloseTo(5 / 3, 6);
    expect(at('meanAbsoluteError')).toBeCloseTo(1, 6);
  });

  test('rows of numbers', () => {
    const numbers = [
      [1, 2],
      [3, 4],
    ];
    // The squares of 1, 0, -2 and 1.
    expect(lossAt(ending(2, 'linear'), [0, 2, 5, 3], numbers, undefined, 'regression')).toBeCloseTo(6 / 4, 6);
  });
});
