import { applyLayer } from '@fuseinit/core';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import { layerCases } from '@fuseinit/registry/testing';
import { beforeAll, expect, test } from 'vitest';
import { seededData, tf } from './testing-support/seeded.test-support.js';
import { stockModel } from './testing-support/stock-layer.test-support.js';

beforeAll(() => tf.setBackend('cpu'));

const registry = createRegistry({ layers: builtinLayers });

test.each(layerCases)('%s computes what tfjs computes', (_title, layer) => {
  const inputShape = layer.inputShape.map(Number);
  const input = seededData([3, ...inputShape], 7);
  const model = stockModel([layer], inputShape);
  const output = model.predict(tf.tensor(input.data, [...input.shape])) as ReturnType<typeof tf.tensor>;
  const inputs = [{ shape: input.shape, data: Float64Array.from(input.data) }];
  const ours = applyLayer(registry.plugin(layer.className), layer, inputs)[0]!;
  expect(ours.shape).toEqual(output.shape);
  expect(registry.lower(layer).outputShape).toEqual(output.shape.slice(1));
  const theirs = output.dataSync();
  // Sums of a few dozen float32 products of numbers near 1: some roundings of 6e-8 each, of values up to ten.
  ours.data.forEach((value, index) => {
    expect(Math.abs(value - theirs[index]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
  });
});
