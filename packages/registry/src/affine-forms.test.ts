import { applyAffineForm, applyLayer, type NdArray, type WeightedLayer } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from './builtin-layers.js';
import { createRegistry } from './create-registry.js';

const registry = createRegistry({ layers: builtinLayers });

function layer(
  className: string,
  config: Record<string, unknown>,
  inputShape: readonly number[],
  weights: readonly (readonly number[])[] = [],
): WeightedLayer {
  const arrays = weights.map((shape, index) => randomArray(index, shape));
  const described = { name: 'it', className, config, inputShape, weights: arrays };
  const output = outputOf(described, randomArray(9, [1, ...inputShape]));
  return { ...described, outputShape: output.shape.slice(1) };
}

const outputOf = (described: WeightedLayer, input: NdArray) =>
  applyLayer(registry.plugin(described.className), described, [input])[0]!;
const formOf = (described: WeightedLayer) => registry.plugin(described.className)!.affine!(described);

const kernel = [[3, 2, 4, 3], [4]];

describe('the affine form computes what the layer does', () => {
  // Layers that checkLayer doesn't see, since they can't be fused, or whose form hangs on the output's shape.
  test.each<[string, Record<string, unknown>, readonly number[], (readonly (readonly number[])[])?]>([
    [
      'Conv2DTranspose',
      { filters: 4, kernelSize: [3, 2], strides: [2, 2], padding: 'same' },
      [3, 4, 3],
      kernel,
    ],
    [
      'Conv2DTranspose',
      { filters: 4, kernelSize: [3, 2], strides: [1, 3], activation: 'relu' },
      [3, 4, 3],
      kernel,
    ],
    ['Conv2DTranspose', { filters: 4, kernelSize: [3, 2], useBias: false }, [3, 4, 3], kernel.slice(0, 1)],
    ['Reshape', { targetShape: [4, 3] }, [4, 3]],
    ['Flatten', {}, [5]],
    ['Permute', { dims: [1, 2] }, [4, 3]],
    ['UpSampling2D', { size: [1, 1] }, [4, 3, 2]],
    ['ZeroPadding2D', { padding: 0 }, [4, 3, 2]],
    [
      'Cropping2D',
      {
        cropping: [
          [0, 0],
          [0, 0],
        ],
      },
      [4, 3, 2],
    ],
    ['MaxPooling2D', { poolSize: [1, 1] }, [4, 3, 2]],
    ['AveragePooling1D', { poolSize: 1, strides: 1 }, [4, 3]],
    ['ReLU', { maxValue: 6 }, [4, 3]],
  ])('%s %j on %j', (className, config, inputShape, weights) => {
    const described = layer(className, config, inputShape, weights);
    // Large enough for limits to show.
    const small = randomArray(7, [2, ...inputShape]);
    const input = { ...small, data: small.data.map((value) => 5 * value) };
    const form = formOf(described);
    expect(form).not.toBeNull();
    const expected = outputOf(described, input);
    const actual = applyAffineForm(form!, input);
    expect(actual.shape).toEqual(expected.shape);
    // Sums in another order round otherwise.
    for (const [index, value] of expected.data.entries()) expect(actual.data[index]).toBeCloseTo(value, 10);
  });
});

test.each<[string, Record<string, unknown>, readonly number[], (readonly (readonly number[])[])?]>([
  ['Reshape', { targetShape: [12] }, [4, 3]],
  ['Permute', { dims: [2, 1] }, [3, 3]],
  ['UpSampling2D', { size: [1, 2] }, [4, 3, 2]],
  ['ZeroPadding2D', {}, [4, 3, 2]],
  ['AveragePooling2D', { poolSize: [1, 1], strides: [2, 2] }, [4, 3, 2]],
  ['ReLU', { maxValue: 0.5 }, [3]],
  ['Conv2DTranspose', { filters: 4, kernelSize: [3, 2], dilationRate: [2, 2] }, [3, 4, 3], kernel],
])('%s %j on %j has none', (className, config, inputShape, weights) => {
  expect(formOf(layer(className, config, inputShape, weights))).toBeNull();
});
