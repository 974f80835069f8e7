import { applyLayer, type NdArray, ndArray } from '@fuseinit/core';
import { expect, test } from 'vitest';
import { builtinLayers } from '../builtin-layers.js';
import { createRegistry } from '../create-registry.js';

const registry = createRegistry({ layers: builtinLayers });

function run(className: string, config: object, input: NdArray, weights: readonly NdArray[] = []): number[] {
  const inputShape = input.shape.slice(1);
  const layer = { name: 'layer', className, config: { ...config }, inputShape, weights };
  return [...applyLayer(registry.plugin(className), layer, [input])[0]!.data];
}

const row = (...values: number[]) => ndArray([1, values.length], values);

// Worked out by hand from the layers' definitions in tfjs-layers.
test.each([
  ['ReLU', {}, [0, 0, 0.5, 3]],
  ['ReLU', { maxValue: 2 }, [0, 0, 0.5, 2]],
  ['LeakyReLU', {}, [-0.6, -0.3, 0.5, 3]],
  ['LeakyReLU', { alpha: 0.5 }, [-1, -0.5, 0.5, 3]],
  ['ELU', {}, [Math.exp(-2) - 1, Math.exp(-1) - 1, 0.5, 3]],
  ['ThresholdedReLU', {}, [0, 0, 0, 3]],
  ['ThresholdedReLU', { theta: 0.25 }, [0, 0, 0.5, 3]],
  ['Dropout', { rate: 0.9 }, [-2, -1, 0.5, 3]],
  ['Activation', { activation: 'hard_sigmoid' }, [0.1, 0.3, 0.6, 1]],
] as const)('%s %j', (className, config, expected) => {
  const output = run(className, config, row(-2, -1, 0.5, 3));
  output.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, 12);
  });
});

test.each([
  [{ axis: -1 }, [0.25, 0.75, 0.8, 0.2]],
  [{ axis: [2] }, [0.25, 0.75, 0.8, 0.2]],
  [{ axis: 1 }, [0.2, 0.75, 0.8, 0.25]],
  // tfjs-layers' own default is the first axis after the batch.
  [{}, [0.2, 0.75, 0.8, 0.25]],
  [{ axis: [1, 2] }, [1 / 9, 3 / 9, 4 / 9, 1 / 9]],
])('Softmax %j is over the axes that it names', (config, expected) => {
  const output = run('Softmax', config, ndArray([1, 2, 2], [0, Math.log(3), Math.log(4), 0]));
  expected.forEach((value, index) => {
    expect(output[index]).toBeCloseTo(value, 12);
  });
});

test.each([
  [{}, [row(3, 4), row(10, 20), row(1, 2), row(4, 9)], [13, 20 + 4 / 3]],
  [{ scale: false }, [row(10, 20), row(1, 2), row(4, 9)], [11, 20 + 1 / 3]],
  [{ center: false }, [row(3, 4), row(1, 2), row(4, 9)], [3, 4 / 3]],
  [{ scale: false, center: false }, [row(1, 2), row(4, 9)], [1, 1 / 3]],
])('BatchNormalization %j takes its weights in order', (config, weights, expected) => {
  const output = run('BatchNormalization', { epsilon: 0, ...config }, row(3, 3), weights);
  expected.forEach((value, index) => {
    expect(output[index]).toBeCloseTo(value, 12);
  });
});

test('PReLU shares its slope along the axes of length 1', () => {
  const input = ndArray([1, 2, 2], [-1, -1, -1, 1]);
  expect(run('PReLU', {}, input, [ndArray([2, 2], [1, 2, 3, 4])])).toEqual([-1, -2, -3, 1]);
  expect(run('PReLU', { sharedAxes: [1] }, input, [ndArray([1, 2], [5, 6])])).toEqual([-5, -6, -5, 1]);
  expect(run('PReLU', { sharedAxes: [2] }, input, [ndArray([2, 1], [7, 8])])).toEqual([-7, -7, -8, 1]);
});

test('Cropping2D and ZeroPadding2D count rows first', () => {
  const input = ndArray([1, 2, 2, 1], [1, 2, 3, 4]);
  expect(
    run(
      'Cropping2D',
      {
        cropping: [
          [1, 0],
          [0, 1],
        ],
      },
      input,
    ),
  ).toEqual([3]);
  expect(
    run(
      'ZeroPadding2D',
      {
        padding: [
          [1, 0],
          [0, 1],
        ],
      },
      input,
    ),
  ).toEqual([0, 0, 0, 1, 2, 0, 3, 4, 0]);
});

test('AveragePooling1D counts no padding', () => {
  const output = run(
    'AveragePooling1D',
    { poolSize: 2, strides: 2, padding: 'same' },
    ndArray([1, 3, 1], [2, 4, 8]),
  );
  expect(output).toEqual([3, 8]);
});
