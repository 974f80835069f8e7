import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { predictionDistance, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, describe as suite, test } from 'vitest';
import { describe } from '../describe.js';
import type { Layer, LayersModel } from '../tensorflow.js';
import { fuse } from './fuse.js';

const dense = (name: string, more = {}) => tf.layers.dense({ name, units: 4, activation: 'relu', ...more });
const calibrationData = seededData([40, 6, 3], 31);

class Lambda extends tf.layers.Layer {
  static className = 'Lambda';
}
tf.serialization.registerClass(Lambda as never);

/** A layer whose getConfig() omits an argument of its constructor. */
class Forgetful extends tf.layers.Layer {
  static className = 'Forgetful';
  readonly factor: number;
  constructor(config: { factor: number; name?: string }) {
    super(config);
    if (config.factor === undefined) throw new Error('factor is missing');
    this.factor = config.factor;
  }
}
tf.serialization.registerClass(Forgetful as never);

const sandwich = (middle: Layer) =>
  tf.sequential({ layers: [dense('a', { inputShape: [6, 3] }), middle, dense('b')] });

suite('a span over a layer that fusion does not know', () => {
  test.each([
    [
      'a Lambda',
      () => new Lambda({ name: 'odd' }),
      /"odd" is a Lambda, which no plugin speaks for: write one with defineLayer/,
    ],
    [
      'a recurrent layer',
      () => tf.layers.gru({ name: 'odd', units: 4, returnSequences: true }) as Layer,
      /"odd" \(GRU\) can't be fused: it is recurrent/,
    ],
    [
      'a wrapper',
      () => tf.layers.timeDistributed({ name: 'odd', layer: tf.layers.dense({ units: 3 }) as Layer }),
      /"odd" \(TimeDistributed\) can't be fused: it wraps another layer/,
    ],
  ] as const)('is refused with the layer named: %s', async (_name, middle, message) => {
    const model = sandwich(middle());
    const error = await refusalOf(() =>
      fuse(model, { tf, spans: [{ from: 'a', to: 'b' }], calibrationData }),
    );
    expect(error).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: 'odd' });
    expect(error.message).toMatch(message);
    model.dispose();
  });

  test('and is carried over where it stands outside', async () => {
    const model = seedWeights(
      tf.sequential({
        layers: [
          dense('a', { inputShape: [6, 3] }),
          dense('b'),
          tf.layers.gru({ name: 'gru', units: 2 }),
          dense('c'),
        ],
      }) as LayersModel,
      32,
    );
    const { student, report } = await fuse(model, { tf, spans: [{ from: 'a', to: 'b' }], calibrationData });
    expect(describe(student).layers.map(({ name }) => name)).toEqual(['a_input', 'a_b', 'gru', 'c']);
    expect(report.refits.map(({ name }) => name)).toEqual(['c']);
    student.dispose();
    model.dispose();
  });
});

suite('a span over layers that only move or scale numbers', () => {
  test('is refused where positions stand after them', async () => {
    const model = sandwich(tf.layers.permute({ name: 'moved', dims: [2, 1] }));
    const error = await refusalOf(() =>
      fuse(model, { tf, spans: [{ from: 'a', to: 'b' }], calibrationData }),
    );
    expect(error).toMatchObject({ code: 'SPAN_ILLEGAL', layerName: 'b' });
    expect(error.message).toMatch(/"moved" \(Permute\) reads all positions, so only a dense layer could/);
    model.dispose();
  });

  test('is exact where nothing else stands in it', async () => {
    const model = seedWeights(
      tf.sequential({
        layers: [
          tf.layers.conv2d({ name: 'a', filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
          tf.layers.permute({ dims: [3, 1, 2] }),
          tf.layers.rescaling({ scale: 0.5, offset: -1 }),
          tf.layers.reshape({ targetShape: [9, 3] }),
          tf.layers.reshape({ targetShape: [27] }),
          tf.layers.dense({ name: 'b', units: 4, activation: 'tanh' }),
        ],
      }) as LayersModel,
      33,
    );
    const images = seededData([200, 4, 4, 2], 34);
    const { student, report } = await fuse(model, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: images,
      ridge: 0,
    });
    expect(describe(student).layers.map(({ className }) => className)).toEqual([
      'InputLayer',
      'Flatten',
      'Dense',
    ]);
    // The error is a difference of moments, which are summed in float32 with a rounding error of about 1e-7
    // of the variance.
    expect(report.spans[0]!.relativeMse).toBeLessThan(1e-6);
    expect(predictionDistance(model, student, [20, 4, 4, 2], 35)).toBeLessThan(1e-5);
    student.dispose();
    model.dispose();
  });
});

test('a custom layer that cannot be made again is named, and nothing is left behind', async () => {
  const model = tf.sequential({
    layers: [
      dense('a', { inputShape: [6, 3] }),
      dense('b'),
      new Forgetful({ name: 'odd', factor: 2 }),
      dense('c'),
    ],
  });
  const before = tf.memory().numTensors;
  const error = await refusalOf(() => fuse(model, { tf, spans: [{ from: 'a', to: 'b' }], calibrationData }));
  expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', layerName: 'odd' });
  expect(error.cause).toMatchObject({ message: 'factor is missing' });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

suite('models that cannot be fused', () => {
  const options = { tf, spans: [{ from: 'a', to: 'b' }], calibrationData };
  test('a GraphModel is told what to do instead', async () => {
    const error = await refusalOf(() => fuse(new tf.GraphModel('model.json') as never, options));
    expect(error.code).toBe('MODEL_UNSUPPORTED');
    expect(error.message).toMatch(/GraphModel.*tfjs_layers_model/);
  });

  test('an unbuilt model, a disposed one', async () => {
    expect((await refusalOf(() => fuse(tf.sequential(), options))).code).toBe('MODEL_UNBUILT');
    const model = sandwich(dense('middle'));
    model.dispose();
    expect((await refusalOf(() => fuse(model, options))).code).toBe('MODEL_DISPOSED');
  });
});
