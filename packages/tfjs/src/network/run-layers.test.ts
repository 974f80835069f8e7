import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels } from '@fuseinit/test-inputs/training-networks';
import { expect, test } from 'vitest';
import type { SymbolicTensor } from '../tensorflow.js';
import { runLayers } from './run-layers.js';

const keep = keepingModels();

test('outputs are those of predict, and an activation makes them of the pre-activations', () => {
  const model = keep(denseNet(3, { activation: 'sigmoid' }));
  tf.tidy(() => {
    const { data, shape } = seededData([7, 4], 5);
    const input = tf.tensor(data, [...shape]);
    const { outputs, preActivations } = runLayers(model, [input], ['out', 'hidden']);
    const expected = model.predict(input) as typeof input;
    expect(outputs[0]!.sub(expected).abs().max().dataSync()[0]).toBe(0);
    expect(preActivations.map((tensor) => tensor.shape)).toEqual([
      [7, 3],
      [7, 5],
    ]);
    // The tolerance is one rounding to float32.
    expect(preActivations[0]!.sigmoid().sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  });
});

test('a layer of a nested model goes by its path', () => {
  const inner = denseNet(4);
  const front = tf.layers.dense({ name: 'front', units: 4, inputShape: [4] });
  const model = keep(seedWeights(tf.sequential({ layers: [front, inner] }), 6));
  tf.tidy(() => {
    const { preActivations } = runLayers(model, [tf.zeros([2, 4])], [`${inner.name}/hidden`]);
    expect(preActivations[0]!.shape).toEqual([2, 5]);
  });
});

test('a layer that is not there is refused with those that are', async () => {
  const model = keep(denseNet(3));
  const error = await refusalOf(() => tf.tidy(() => void runLayers(model, [tf.zeros([1, 4])], ['nowhere'])));
  expect(error).toMatchObject({ code: 'LAYER_UNKNOWN', layerName: 'nowhere' });
  expect(error.message).toMatch(/hidden, out/);
});

test('the first of several outputs is there after other layers read it', () => {
  const input = tf.input({ shape: [3, 4] });
  const layer = tf.layers.gru({ units: 5 }) as never;
  const both = tf.layers.bidirectional({ name: 'both', layer, mergeMode: null as never });
  const [forward] = both.apply(input) as SymbolicTensor[];
  const output = tf.layers.dense({ name: 'out', units: 2 }).apply(forward!) as SymbolicTensor;
  const model = keep(seedWeights(tf.model({ inputs: input, outputs: output }), 6));
  tf.tidy(() => {
    const { data, shape } = seededData([7, 3, 4], 5);
    const { outputs, preActivations } = runLayers(model, [tf.tensor(data, [...shape])], ['both']);
    const again = model.getLayer('out').apply(preActivations[0]!) as (typeof preActivations)[0];
    expect(again!.sub(outputs[0]!).abs().max().dataSync()[0]).toBe(0);
  });
});
