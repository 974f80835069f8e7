import { applyLayer, type LayerDescription } from '@fuseinit/core';
import { checkLayer, randomArray } from '@fuseinit/core/testing';
import { describe, expect, test } from 'vitest';
import { builtinLayers } from '../builtin-layers.js';
import { createRegistry } from '../create-registry.js';
import { refusalOf } from '../testing-support/refusal-of.test-support.js';

const registry = createRegistry({ layers: builtinLayers });
const conv2d = { filters: 2, kernelSize: 3 };
const image = [6, 6, 2];

const layer = (className: string, config: object, inputShape: LayerDescription['inputShape']) => ({
  name: 'the_layer',
  className,
  config: { ...config },
  inputShape,
});

describe('a config that fusion cannot honour is refused by name', () => {
  test.each([
    ['Conv2D', { ...conv2d, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['DepthwiseConv2D', { kernelSize: 3, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['SeparableConv2D', { ...conv2d, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['MaxPooling2D', { poolSize: 2, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['AveragePooling2D', { poolSize: 2, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['GlobalMaxPooling2D', { dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['GlobalAveragePooling2D', { dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['ZeroPadding2D', { padding: 1, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['Cropping2D', { cropping: 1, dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['Flatten', { dataFormat: 'channelsFirst' }, image, 'dataFormat'],
    ['Conv1D', { filters: 2, kernelSize: 3, padding: 'causal' }, [6, 2], 'padding'],
    ['MaxPooling1D', { poolSize: 2, padding: 'full' }, [6, 2], 'padding'],
    ['ZeroPadding2D', { padding: [1, 2, 3] }, image, 'padding'],
    ['Cropping2D', { cropping: 'most' }, image, 'cropping'],
    ['Conv2D', { ...conv2d, groups: 2 }, image, 'groups'],
    ['Conv2D', { filters: 2, kernelSize: [3] }, image, 'kernelSize'],
    ['Conv2D', { ...conv2d, strides: '2' }, image, 'strides'],
    ['Conv2D', { ...conv2d, strides: 1.5 }, image, 'strides'],
    ['Conv2D', { ...conv2d, strides: [1, Number.NaN] }, image, 'strides'],
    ['Conv2D', { ...conv2d, dilationRate: -1 }, image, 'dilationRate'],
    ['Conv1D', { filters: 2, kernelSize: 0 }, [6, 2], 'kernelSize'],
    ['Conv2D', { filters: 2, kernelSize: 9 }, image, 'kernel of extent 9'],
    ['MaxPooling2D', { poolSize: 7 }, image, 'kernel of extent 7'],
    ['ZeroPadding2D', { padding: 0.5 }, image, 'padding'],
    [
      'Cropping2D',
      {
        cropping: [
          [1, -1],
          [0, 0],
        ],
      },
      image,
      'cropping',
    ],
    ['Cropping2D', { cropping: 3 }, image, 'kernel of extent 1'],
    ['DepthwiseConv2D', { kernelSize: 3, dilationRate: [2, 1] }, image, 'dilationRate'],
    ['BatchNormalization', { axis: 1 }, image, 'axis'],
    ['BatchNormalization', { axis: [1, 3] }, image, 'axis'],
    ['Softmax', { axis: 2 }, image, 'axis'],
    ['Softmax', {}, image, 'axis'],
    ['Activation', { activation: 'exotic' }, [4], 'activation'],
    ['LayerNormalization', { axis: 1 }, image, 'axis'],
    ['LayerNormalization', { axis: [2, 3] }, image, 'axis'],
    ['Reshape', { targetShape: [5, -1] }, image, 'targetShape'],
    ['Reshape', { targetShape: [7] }, image, 'targetShape'],
    ['Dense', { units: 2 }, [2, 2, 2, 2], 'input'],
    ['Conv2D', conv2d, [null, 6, 2], 'input shape'],
    ['MaxPooling1D', { poolSize: 2 }, [null, 2], 'input shape'],
    ['GlobalAveragePooling1D', {}, [null, 2], 'input shape'],
    ['Flatten', {}, [null, 2], 'input shape'],
    ['Dense', { units: 2 }, [null, 2], 'input shape'],
    ['BatchNormalization', {}, [null, 2], 'input shape'],
  ] as const)('%s %j on %j: %s', (className, config, inputShape, key) => {
    const refusal = refusalOf(() => registry.lower(layer(className, config, inputShape)));
    expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'the_layer' });
    expect(refusal?.message).toContain(key);
    expect(refusal?.message).toContain(className);
  });
});

describe('a layer that no span can hold is refused with the reason', () => {
  const volume = [4, 4, 4, 2];
  const reasons: readonly (readonly [string, object, readonly number[], string])[] = [
    ['Conv3D', { filters: 2, kernelSize: 2 }, volume, 'slides over 3 axes'],
    ['MaxPooling3D', {}, volume, 'slides over 3 axes'],
    ['AveragePooling3D', {}, volume, 'slides over 3 axes'],
    ['Conv2DTranspose', conv2d, image, 'transposed'],
    ['Conv3DTranspose', { filters: 2, kernelSize: 2 }, volume, 'transposed'],
    ['UpSampling2D', {}, image, 'more positions than its input'],
    ['Resizing', { height: 3, width: 3 }, image, 'resizes'],
    ['CenterCrop', { height: 3, width: 3 }, image, 'by sampling'],
    ['RandomWidth', { factor: 0.5 }, image, 'random width'],
    ['Embedding', { inputDim: 4, outputDim: 2 }, [3], 'categories'],
    ['CategoryEncoding', { numTokens: 4 }, [3], 'categories'],
    ['Masking', {}, [4, 2], 'makes a mask'],
    ['Dot', { axes: 1 }, [4], 'multiplies two inputs'],
    ['SimpleRNN', { units: 2 }, [4, 2], 'recurrent'],
    ['GRU', { units: 2 }, [4, 2], 'recurrent'],
    ['LSTM', { units: 2 }, [4, 2], 'recurrent'],
    ['RNN', { cell: { className: 'GRUCell', config: { units: 2 } } }, [4, 2], 'recurrent'],
    ['ConvLSTM2D', conv2d, volume, 'recurrent'],
    ['Bidirectional', {}, [4, 2], 'recurrent'],
    ['TimeDistributed', {}, [4, 2], 'wraps another layer'],
  ];
  test.each(reasons)('%s', (className, config, inputShape, reason) => {
    const refusal = refusalOf(() => registry.lower(layer(className, config, inputShape)));
    expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'the_layer' });
    expect(refusal?.message).toContain(reason);
  });

  test('each of them', () => {
    const outside = builtinLayers
      .filter(({ roles }) => !roles.begins && !roles.inside && !roles.ends)
      .flatMap(({ classNames }) => classNames);
    expect(reasons.map(([className]) => className).sort()).toEqual(outside.sort());
  });
});

describe('a merging layer', () => {
  const joining = (className: string, config: object, ...[first, ...others]: readonly number[][]) => ({
    ...layer(className, config, first!),
    otherInputShapes: others,
  });

  test.each([
    [
      'Add',
      {},
      [
        [2, 3, 2],
        [2, 3, 2],
      ],
      [2, 3, 2],
      ['element', 'element'],
    ],
    [
      'Average',
      {},
      [
        [4, 3],
        [4, 3],
        [4, 3],
      ],
      [4, 3],
      ['element', 'element', 'element'],
    ],
    ['Maximum', {}, [[4], [4]], [4], ['element', 'element']],
    [
      'Minimum',
      {},
      [
        [3, 2],
        [1, 2],
      ],
      [3, 2],
      ['element', 'everything'],
    ],
    [
      'Multiply',
      {},
      [
        [2, 3, 2],
        [1, 1, 2],
      ],
      [2, 3, 2],
      ['element', 'everything'],
    ],
    [
      'Concatenate',
      { axis: -1 },
      [
        [2, 2, 3],
        [2, 2, 1],
      ],
      [2, 2, 4],
      ['element', 'element'],
    ],
    [
      'Concatenate',
      { axis: 2 },
      [
        [4, 3],
        [4, 2],
      ],
      [4, 5],
      ['element', 'element'],
    ],
  ] as const)('%s %j of %j', (className, config, shapes, outputShape, reads) => {
    const described = joining(className, config, ...shapes.map((shape) => [...shape]));
    const lowered = registry.lower(described);
    expect(lowered.outputShape).toEqual(outputShape);
    const lowerings = [lowered.lowering, ...lowered.otherLowerings!];
    expect(lowerings).toEqual(reads.map((what) => ({ reads: what })));
    const [input, ...otherInputs] = shapes.map((shape, index) => randomArray(index + 1, [2, ...shape]));
    const weighted = { ...described, weights: [] };
    checkLayer(registry.plugin(className)!, { layer: weighted, input: input!, otherInputs });
  });

  test.each([
    [
      'Add',
      {},
      [
        [1, 3, 2],
        [4, 1, 2],
      ],
      'joins inputs at the positions [1,3] and [4,3]',
    ],
    [
      'Concatenate',
      { axis: 1 },
      [
        [4, 3],
        [5, 3],
      ],
      'joins its inputs along the axis 1',
    ],
  ])('%s %j of %j is refused', (className, config, shapes, reason) => {
    const refusal = refusalOf(() => registry.lower(joining(className, config, ...shapes)));
    expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'the_layer' });
    expect(refusal?.message).toContain(reason);
  });
});

describe('an unknown activation is refused where it would be computed', () => {
  test.each([
    ['Dense', { units: 2 }, [3], [[3, 2], [2]]],
    ['Conv1D', { filters: 2, kernelSize: 2 }, [4, 3], [[2, 3, 2]]],
    ['Conv2D', { filters: 2, kernelSize: 1 }, [2, 2, 3], [[1, 1, 3, 2]]],
    ['DepthwiseConv2D', { kernelSize: 1 }, [2, 2, 3], [[1, 1, 3, 1]]],
    [
      'SeparableConv2D',
      { filters: 2, kernelSize: 1 },
      [2, 2, 3],
      [
        [1, 1, 3, 1],
        [1, 1, 3, 2],
      ],
    ],
    ['Activation', {}, [3], []],
  ])('%s', (className, config, inputShape, shapes) => {
    for (const activation of ['exotic', 7]) {
      const weights = shapes.map((shape, index) => randomArray(index, shape));
      const described = { ...layer(className, { ...config, activation }, inputShape), weights };
      const refusal = refusalOf(() =>
        applyLayer(registry.plugin(className), described, [randomArray(5, [1, ...inputShape])]),
      );
      expect(refusal).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'the_layer' });
      expect(refusal?.message).toContain(`activation ${JSON.stringify(activation)}`);
    }
  });
});
