import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, test } from 'vitest';
import type { Layer } from '../tensorflow.js';
import {
  applyActivation,
  applyBefore,
  requireDeclaredActivation,
  requireSeparableActivation,
} from './pre-activation.js';

/** A layer whose activation can't be separated from it. */
class Secretive extends tf.layers.Layer {
  static className = 'Secretive';
  override call(inputs: Parameters<Layer['call']>[0]) {
    return tf.relu(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
  override getConfig() {
    return { ...super.getConfig(), activation: 'relu' };
  }
}

test('an activation put aside makes the output of the pre-activation, and is back afterwards', () => {
  const layer = tf.layers.dense({ units: 3, activation: 'relu', inputShape: [2] });
  const { activation } = layer as unknown as { activation: unknown };
  tf.tidy(() => {
    const input = tf.tensor2d([
      [1, -2],
      [-3, 1],
    ]);
    const before = applyBefore(layer, [input], {});
    const after = applyActivation(layer, before);
    expect(before.min().dataSync()[0]).toBeLessThan(0);
    expect([...after.dataSync()]).toEqual([...before.dataSync()].map((value) => Math.max(0, value)));
    expect([...after.dataSync()]).toEqual([...(layer.apply(input) as typeof after).dataSync()]);
  });
  expect((layer as unknown as { activation: unknown }).activation).toBe(activation);
  layer.dispose();
});

test('an activation that cannot be put aside is refused, not taken for none', async () => {
  const error = await refusalOf(async () => requireSeparableActivation(new Secretive({ name: 'odd' })));
  expect(error).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'odd' });
});

test('an activation that getConfig() leaves out is refused, since a fused layer would do without it', async () => {
  const own = (activation: unknown, config = {}) => {
    const layer = new Secretive({ name: 'odd' });
    return Object.assign(layer, { activation, getConfig: () => ({ name: 'odd', ...config }) });
  };
  const relu = { apply: tf.relu, getClassName: () => 'relu' };
  const error = await refusalOf(async () => requireDeclaredActivation(own(relu)));
  expect(error).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'odd' });
  expect(error.message).toMatch(/has the activation "relu", but not by its getConfig\(\)/);
  requireDeclaredActivation(own(relu, { activation: 'relu' }));
  requireDeclaredActivation(own({ ...relu, getClassName: () => 'linear' }));
  requireDeclaredActivation(own(undefined));
  requireDeclaredActivation(tf.layers.dense({ units: 1, activation: 'relu' }));
  requireDeclaredActivation(tf.layers.dense({ units: 1 }));
});
