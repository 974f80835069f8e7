import { describe, expect, test } from 'vitest';
import { tf } from '../../../../tfjs/src/testing-support/seeded.test-support.js';
import { type LossName, labelLoss } from './label-loss.js';

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
): number {
  const { loss } = labelLoss(tf, model, labels, asked);
  return tf.tidy(() => {
    const ys = tf.tensor(labels, [labels.length, 1]);
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
    ['softmax', ending(3, 'softmax'), classes, 'sparseCategoricalCrossentropy'],
    [
      'softmax before dropout',
      ending(3, 'softmax', L.dropout({ rate: 0.5 })),
      classes,
      'sparseCategoricalCrossentropy',
    ],
    ['softmax in a nested model', ending(4, 'relu', head()), classes, 'sparseCategoricalCrossentropy'],
    ['linear classes', ending(3, 'linear'), classes, 'sparseCategoricalCrossentropyFromLogits'],
    ['several sigmoids', ending(3, 'sigmoid'), classes, 'binaryCrossentropy'],
    ['one sigmoid', ending(1, 'sigmoid'), binary, 'binaryCrossentropy'],
    ['one number', ending(1, 'linear'), [0.5, 2, 3], 'meanSquaredError'],
  ] as const)('%s', (_name, model, labels, expected) => {
    expect(labelLoss(tf, model, [...labels]).name).toBe(expected);
  });

  test('where that does not tell, --loss is asked for', () => {
    expect(() => labelLoss(tf, ending(1, 'linear'), binary)).toThrow(
      /--loss binaryCrossentropy if it is a logit/,
    );
    expect(() => labelLoss(tf, ending(3, 'relu'), classes)).toThrow(
      /say --loss sparseCategoricalCrossentropy/,
    );
    expect(labelLoss(tf, ending(1, 'linear'), binary, 'meanSquaredError').name).toBe('meanSquaredError');
    expect(labelLoss(tf, ending(1, 'linear'), binary, 'binaryCrossentropy').name).toBe(
      'binaryCrossentropyFromLogits',
    );
    expect(() => labelLoss(tf, ending(1, 'linear'), binary, 'sparseCategoricalCrossentropy')).toThrow(
      /an output for each class/,
    );
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
    expect(lossAt(ending(1, 'linear'), [1, 2, 4], [[2], [2], [2]])).toBeCloseTo(5 / 3, 6);
    expect(lossAt(ending(1, 'linear'), [1, 2, 4], [[2], [2], [2]], 'meanAbsoluteError')).toBeCloseTo(1, 6);
  });
});
