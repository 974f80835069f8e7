import type { LayerDescription } from '@fuseinit/core';
import type { Scalar, Tensor, Tensor4D, Tensor5D, TensorFlow } from '../tensorflow.js';
import { broadcastingBatchNorm, normalizesOtherAxis } from './batch-norm-axis.js';
import { conv3dBackpropFilter } from './conv3d-backprop-filter.js';
import { conv3dBackpropInput } from './conv3d-backprop-input.js';
import { cropsWholeRows, resamplingCrop } from './crop-whole-rows.js';
import { type KernelFault, valuesOf } from './kernel-fault.js';
import { maxPool3d } from './max-pool3d.js';
import { broadcastingPrelu, sharesInnerAxis } from './prelu-alpha.js';
import { leavesUnread, withoutUnread } from './same-padding.js';
import { perAxis } from './sliding-axes.js';

const images = ['Conv1D', 'Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'];
const ranks: Readonly<Record<string, number>> = { Conv1D: 1 };

const ofClass = ({ className }: LayerDescription, ...classNames: readonly string[]) =>
  classNames.includes(className);

/** A volume of shape [1, depth, 1, 1, 1]. */
const column = (tf: TensorFlow, values: readonly number[]) =>
  tf.tensor(Array.from(values), [1, values.length, 1, 1, 1]) as Tensor5D;

/**
 * All known operations that backends compute incorrectly without an error, as found by `npm run layer-sweep`.
 * Nothing else in FuseInit contains knowledge of faults of backends.
 */
export const kernelFaults: readonly KernelFault[] = [
  {
    what: "with padding 'same' and a stride longer than the kernel it gives zeros",
    issues: [8405, 5907, 6629],
    backends: ['wasm'],
    kernelNames: ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'],
    concerns: (layer) =>
      ofClass(layer, ...images) &&
      perAxis(layer.config.kernelSize, ranks[layer.className] ?? 2).some((size) => size > 1) &&
      leavesUnread(layer, ranks[layer.className] ?? 2),
    // With two rows and a stride of 2, one row isn't read; the 1x3 window sums all of the other row.
    occurs: (tf) =>
      valuesOf(tf, () =>
        tf.conv2d(tf.ones([1, 2, 3, 1]) as Tensor4D, tf.ones([1, 3, 1, 1]) as Tensor4D, [2, 3], 'same'),
      )[0] !== 3,
    repair: withoutUnread,
  },
  {
    what: "with padding 'same' and a stride longer than the window it begins each window too late",
    issues: [],
    backends: ['cpu', 'wasm', 'webgl'],
    kernelNames: ['Conv3D', 'AvgPool3D', 'AvgPool3DGrad', 'MaxPool3DGrad'],
    concerns: (layer) => ofClass(layer, 'Conv3D', 'AveragePooling3D') && leavesUnread(layer, 3),
    occurs: (tf) => valuesOf(tf, () => tf.avgPool3d(column(tf, [1, 2]), 1, 2, 'same'))[0] !== 1,
    repair: withoutUnread,
  },
  {
    what: "with padding 'same' and a stride longer than the kernel its gradient is that of other windows",
    issues: [],
    backends: ['cpu', 'webgl'],
    kernelNames: ['Conv3DBackpropFilterV2'],
    inTraining: true,
    concerns: (layer) => ofClass(layer, 'Conv3D') && leavesUnread(layer, 3),
    occurs: (tf) => filterGradient(tf, [1, 2], 'same') !== 1,
    repair: withoutUnread,
  },
  {
    what: 'with strides its gradient is that of other windows',
    issues: [],
    backends: ['wasm'],
    kernelNames: ['Conv3DBackpropFilterV2'],
    inTraining: true,
    concerns: (layer) =>
      ofClass(layer, 'Conv3D') && perAxis(layer.config.strides ?? 1, 3).some((stride) => stride > 1),
    // The windows read 1 and 3.
    occurs: (tf) => filterGradient(tf, [1, 2, 3], 'valid') !== 4,
    repair: conv3dBackpropFilter,
  },
  {
    what: "with padding 'same' and a stride longer than the window it takes the maximum of other positions",
    issues: [],
    backends: ['cpu', 'webgl'],
    kernelNames: ['MaxPool3D'],
    concerns: (layer) => ofClass(layer, 'MaxPooling3D') && leavesUnread(layer, 3),
    occurs: (tf) => valuesOf(tf, () => tf.maxPool3d(column(tf, [1, 2]), 1, 2, 'same'))[0] !== 1,
    repair: withoutUnread,
  },
  {
    what: "with padding 'same' and a stride longer than the window by 2 or more it takes the maximum of other positions",
    issues: [],
    backends: ['tensorflow'],
    kernelNames: ['MaxPool3D'],
    concerns: (layer) => ofClass(layer, 'MaxPooling3D') && leavesUnread(layer, 3, 2),
    occurs: (tf) => valuesOf(tf, () => tf.maxPool3d(column(tf, [1, 2, 3]), 1, 3, 'same'))[0] !== 1,
    repair: withoutUnread,
  },
  {
    what: 'of values that are all negative it gives 0',
    issues: [],
    backends: ['wasm'],
    kernelNames: ['MaxPool3D'],
    concerns: (layer) => ofClass(layer, 'MaxPooling3D'),
    occurs: (tf) => valuesOf(tf, () => tf.maxPool3d(column(tf, [-1, -2]), [2, 1, 1], 2, 'valid'))[0] !== -1,
    repair: maxPool3d,
  },
  {
    what: "with padding 'same' and a stride longer than the kernel it writes to the wrong places",
    issues: [],
    backends: ['cpu', 'webgl'],
    kernelNames: ['Conv3DBackpropInputV2'],
    concerns: (layer) => ofClass(layer, 'Conv3DTranspose') && transposedLeavesUnread(layer),
    occurs: (tf) =>
      valuesOf(tf, () =>
        tf.conv3dTranspose(column(tf, [1, 2]), column(tf, [1]), [1, 4, 1, 1, 1], [2, 1, 1], 'same'),
      ).join() !== '1,0,2,0',
    repair: conv3dBackpropInput,
  },
  {
    what: 'it fills a part of the output only',
    issues: [],
    backends: ['wasm'],
    kernelNames: ['Conv3DBackpropInputV2'],
    concerns: (layer) => ofClass(layer, 'Conv3DTranspose'),
    occurs: (tf) =>
      valuesOf(tf, () =>
        tf.conv3dTranspose(
          tf.ones([1, 2, 1, 1, 2]) as Tensor5D,
          tf.ones([1, 1, 1, 1, 2]) as Tensor5D,
          [1, 2, 1, 1, 1],
          1,
          'valid',
        ),
      ).join() !== '2,2',
    repair: (tf) => conv3dBackpropInput(tf),
  },
  {
    what: 'over another axis than the last it takes the statistics of other positions',
    issues: [1106],
    backends: ['cpu', 'wasm'],
    kernelNames: ['FusedBatchNorm'],
    concerns: normalizesOtherAxis,
    occurs: (tf) =>
      valuesOf(tf, () => {
        const mean = tf.tensor([1, 2], [1, 2, 1, 1]) as Tensor4D;
        return tf.batchNorm(
          tf.zeros([1, 2, 2, 1]) as Tensor4D,
          mean,
          tf.onesLike(mean),
          undefined,
          undefined,
          0,
        );
      }).join() !== '-1,-1,-2,-2',
    repair: broadcastingBatchNorm,
  },
  {
    what: 'an alpha that is shared along the last axis or an inner one is multiplied with other positions',
    issues: [7458],
    backends: ['wasm'],
    kernelNames: ['Prelu'],
    concerns: sharesInnerAxis,
    occurs: (tf) => valuesOf(tf, () => tf.prelu(tf.fill([2, 2], -1), tf.tensor2d([[1], [2]])))[1] !== -1,
    repair: broadcastingPrelu,
  },
  {
    what: 'of a crop that keeps the whole width it rounds the rows down, not to the nearest',
    issues: [],
    backends: ['wasm'],
    kernelNames: ['CropAndResize'],
    concerns: cropsWholeRows,
    occurs: (tf) =>
      valuesOf(tf, () => {
        const image = tf.tensor([1, 1, 2, 2], [1, 2, 2, 1]) as Tensor4D;
        return tf.image.cropAndResize(image, [[0.8, 0, 0.8, 1]], [0], [1, 2], 'nearest');
      })[0] !== 2,
    repair: resamplingCrop,
  },
];

/** Whether a Conv3DTranspose leaves gaps in its output because its stride is longer than its kernel. */
function transposedLeavesUnread({ config }: LayerDescription): boolean {
  const size = perAxis(config.kernelSize, 3);
  const strides = perAxis(config.strides ?? 1, 3);
  return config.padding === 'same' && strides.some((stride, axis) => stride > size[axis]!);
}

/**
 * The gradient of the sum of a column's convolution, with stride 2, with respect to a kernel with one value.
 */
function filterGradient(tf: TensorFlow, values: readonly number[], pad: 'same' | 'valid'): number {
  const [gradient] = valuesOf(tf, () => {
    const input = column(tf, values);
    const sum = (kernel: Tensor) => tf.conv3d(input, kernel as Tensor5D, 2, pad).sum() as Scalar;
    return tf.grad(sum)(column(tf, [1]));
  });
  return gradient!;
}

/**
 * The faults that affect a layer, or a layer that it wraps, on any backend.
 *
 * @param training Whether to include faults of gradients.
 */
export function faultsOf(layer: LayerDescription, training = false): KernelFault[] {
  const layers = [layer, ...wrappedBy(layer)];
  return kernelFaults.filter(
    (fault) => (training || !fault.inTraining) && layers.some((each) => fault.concerns(each)),
  );
}

/** The layers that a wrapper applies, or the convolution of a ConvLSTM2D. */
function wrappedBy(layer: LayerDescription): LayerDescription[] {
  const { className, config, inputShape, name } = layer;
  if (className === 'ConvLSTM2D') return [{ ...layer, className: 'Conv2D', inputShape: inputShape.slice(1) }];
  const inner = config.layer as { className?: string; config?: Record<string, unknown> } | undefined;
  if (!inner?.className || !inner.config) return [];
  const shape = className === 'TimeDistributed' ? inputShape.slice(1) : inputShape;
  const wrapped = { name, className: inner.className, config: inner.config, inputShape: shape };
  return [wrapped, ...wrappedBy(wrapped)];
}
