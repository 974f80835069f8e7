import { type Config, combine, type LayerSetting, settings } from './layer-setting.js';

const paddings = ['valid', 'same'];

/** Windows on one axis: odd, even, shorter than the stride, and at 5 longer than half of the input. */
const windows1d = combine({ kernelSize: [1, 2, 3, 5], strides: [1, 2, 3], padding: paddings });
const dilated1d = combine({ kernelSize: [2, 3], dilationRate: [2], padding: paddings });

const sizes2d = [1, 2, 3, [1, 3], [3, 1], [2, 1], [2, 3], [5, 2]];
const strides2d = [1, 2, 3, [1, 2], [3, 1]];
const windows2d = combine({ kernelSize: sizes2d, strides: strides2d, padding: paddings });
const dilated2d = combine({
  kernelSize: [1, 2, 3, [1, 3]],
  dilationRate: [2, [1, 2], [3, 1]],
  padding: paddings,
});
/** Kernels longer than the input, which only 'same' padding allows. */
const beyondInput = combine({ kernelSize: [7, [9, 2]], strides: [1, 2, 9], padding: ['same'] });

const windows3d = combine({
  kernelSize: [1, 2, 3, [1, 2, 3], [3, 1, 1]],
  strides: [1, 2, 3, [1, 2, 1]],
  padding: paddings,
});

/**
 * The lengths have different remainders modulo 2 and 3, so that the last window ends at, before or beyond the
 * edge.
 */
const rows = [
  [2, 8, 3],
  [1, 6, 2],
  [2, 7, 1],
];
const images = [
  [2, 7, 8, 3],
  [1, 8, 6, 2],
  [2, 9, 7, 1],
];
const volumes = [
  [2, 5, 6, 4, 2],
  [1, 6, 4, 5, 1],
  [1, 4, 5, 6, 3],
];
/** Numbers of channels that fill registers and texels, for which backends have separate code. */
const wide = [[2, 10, 11, 16]];
const ordinary = combine({ kernelSize: [1, 2, 3, [1, 3]], strides: [1, 2], padding: paddings });
const channelsFirst = { dataFormat: 'channelsFirst' };
const firstFormats = combine({ kernelSize: [1, 2, [1, 3]], strides: [1, 2], padding: paddings }).map(
  (config) => ({ ...config, ...channelsFirst }),
);

const activations = ['relu', 'relu6', 'elu', 'sigmoid', 'tanh', 'softmax', 'selu', 'swish', 'softplus'];
const activated = activations.map((activation) => ({ kernelSize: 2, activation, padding: 'same' }));
const unbiased = combine({ useBias: [false], kernelSize: [1, 3], padding: paddings, strides: [1, 2] });

const withFilters = (configs: readonly Config[], filters = 4): Config[] =>
  configs.map((config) => ({ filters, ...config }));

const convolutions: LayerSetting[] = [
  ...settings('Conv1D', withFilters([...windows1d, ...dilated1d]), rows),
  ...settings('Conv1D', withFilters([...activated, ...unbiased]), [[1, 7, 2]]),
  ...settings('Conv1D', withFilters(combine({ kernelSize: [9, 11], strides: [1, 2], padding: ['same'] })), [
    [2, 5, 2],
  ]),
  ...settings('Conv2D', withFilters([...windows2d, ...dilated2d]), images),
  ...settings('Conv2D', withFilters(ordinary, 8), wide),
  ...settings('Conv2D', withFilters(beyondInput), [[2, 4, 5, 2]]),
  ...settings('Conv2D', withFilters([...activated, ...unbiased]), [[1, 6, 5, 1]]),
  ...settings('Conv2D', withFilters(firstFormats), [[2, 3, 6, 7]]),
  ...settings(
    'Conv2D',
    withFilters(combine({ kernelSize: [1, 2, 3], strides: [1, 4], padding: paddings }), 1),
    [[3, 9, 4, 1]],
  ),
  ...settings('DepthwiseConv2D', windows2d, images),
  ...settings('DepthwiseConv2D', ordinary, wide),
  // tfjs-layers ignores the dilationRate of these.
  ...settings('DepthwiseConv2D', dilated2d, [[1, 8, 6, 2]]),
  ...settings('Conv2DTranspose', withFilters(dilated2d, 2), [[1, 4, 5, 3]]),
  ...settings('DepthwiseConv2D', beyondInput, [[2, 4, 5, 2]]),
  ...settings(
    'DepthwiseConv2D',
    combine({ kernelSize: [1, 2, 3], strides: [1, 2, 3], padding: paddings, depthMultiplier: [2, 3] }),
    images,
  ),
  ...settings('DepthwiseConv2D', [...activated, ...unbiased], [[1, 6, 5, 1]]),
  ...settings('DepthwiseConv2D', firstFormats, [[2, 3, 6, 7]]),
  ...settings('SeparableConv2D', withFilters(windows2d, 2), images),
  ...settings('SeparableConv2D', withFilters(ordinary, 8), wide),
  ...settings('SeparableConv2D', withFilters(dilated2d, 2), images),
  ...settings(
    'SeparableConv2D',
    withFilters(combine({ kernelSize: [2, 3], strides: [1, 2], padding: paddings, depthMultiplier: [2] })),
    [[1, 6, 5, 2]],
  ),
  ...settings('SeparableConv2D', withFilters([...activated, ...unbiased]), [[1, 6, 5, 1]]),
  ...settings('SeparableConv2D', withFilters(firstFormats), [[2, 3, 6, 7]]),
  ...settings('Conv3D', withFilters(windows3d, 2), volumes),
  ...settings(
    'Conv3D',
    withFilters(combine({ kernelSize: [1, 2], dilationRate: [2, 3], padding: paddings })),
    volumes,
  ),
  ...settings(
    'Conv3D',
    withFilters([
      { kernelSize: 2, activation: 'relu' },
      { kernelSize: 2, useBias: false },
    ]),
    volumes,
  ),
  ...settings('Conv3D', withFilters([{ kernelSize: 2, ...channelsFirst }]), [[1, 2, 4, 5, 4]]),
  ...settings('Conv2DTranspose', withFilters(windows2d, 2), [[2, 4, 5, 3]]),
  ...settings('Conv2DTranspose', withFilters(ordinary, 8), [[2, 5, 6, 16]]),
  ...settings('Conv2DTranspose', withFilters([...activated, ...unbiased]), [[1, 3, 4, 2]]),
  ...settings('Conv2DTranspose', withFilters(firstFormats), [[2, 3, 4, 5]]),
  ...settings('Conv3DTranspose', withFilters(windows3d, 2), [[2, 3, 4, 3, 2]]),
  ...settings(
    'Conv3DTranspose',
    withFilters([
      { kernelSize: 2, activation: 'relu' },
      { kernelSize: 2, ...channelsFirst },
    ]),
    [[1, 2, 3, 4, 3]],
  ),
];

const pooling = (configs: readonly Config[]): Config[] =>
  configs.map(({ kernelSize, ...config }) => ({ poolSize: kernelSize, ...config }));

const poolings: LayerSetting[] = ['Max', 'Average'].flatMap((kind) => [
  ...settings(`${kind}Pooling1D`, [{}, ...pooling(windows1d)], rows),
  ...settings(`${kind}Pooling1D`, pooling(combine({ kernelSize: [9], strides: [1, 2], padding: ['same'] })), [
    [1, 5, 2],
  ]),
  ...settings(`${kind}Pooling2D`, [{}, ...pooling(windows2d)], [...images, ...wide]),
  ...settings(`${kind}Pooling2D`, pooling(beyondInput), [[2, 4, 5, 2]]),
  ...settings(`${kind}Pooling2D`, pooling(firstFormats), [[2, 3, 6, 7]]),
  ...settings(`${kind}Pooling3D`, [{}, ...pooling(windows3d)], volumes),
  ...settings(`${kind}Pooling3D`, [{ poolSize: 2, ...channelsFirst }], [[1, 2, 4, 5, 4]]),
  ...settings(`Global${kind}Pooling1D`, [{}], [[2, 5, 3]]),
  ...settings(`Global${kind}Pooling2D`, [{}, channelsFirst], [[2, 3, 4, 5]]),
]);

/** Layers whose window slides. */
export const slidingSettings: readonly LayerSetting[] = [...convolutions, ...poolings];
