import type { Tensor, Tensor4D, Tensor5D, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';
import { unreadOf } from './same-padding.js';
import { perAxis } from './sliding-axes.js';

interface BackpropAttributes {
  readonly strides: number | number[];
  readonly pad: 'same' | 'valid';
  readonly inputShape: [number, number, number, number, number];
}

/**
 * A Conv3DBackpropInputV2 kernel, which computes a transposed convolution, by one transposed 2-D convolution
 * for each depth of the filter.
 *
 * @param original The backend's kernel, which is used where it is correct. Without it, everything is computed
 *   here.
 */
export function conv3dBackpropInput(tf: TensorFlow, original?: KernelFunc): KernelFunc {
  return (args) => {
    const { dy, filter } = args.inputs as unknown as { dy: Tensor5D; filter: Tensor5D };
    const attrs = args.attrs as unknown as BackpropAttributes;
    const { inputShape, pad } = attrs;
    if (original) {
      const unread = unreadOf(inputShape.slice(1, -1), filter.shape, { strides: attrs.strides });
      if (pad !== 'same' || unread.every((positions) => positions === 0)) return original(args);
    }
    return tf.tidy(() => composed(tf, dy, filter, attrs));
  };
}

function composed(
  tf: TensorFlow,
  dy: Tensor5D,
  filter: Tensor5D,
  { strides, pad, inputShape }: BackpropAttributes,
): Tensor {
  const [batch, depth, height, width, channels] = inputShape;
  const [, layers, rows, columns, filters] = dy.shape;
  const [kernelDepth, kernelHeight, kernelWidth] = filter.shape;
  const [down, along, across] = perAxis(strides, 3) as [number, number, number];
  const before = pad === 'same' ? Math.floor(Math.max(0, (layers - 1) * down + kernelDepth - depth) / 2) : 0;
  const images = dy.reshape([batch * layers, rows, columns, filters]) as Tensor4D;
  const parts = Array.from({ length: kernelDepth }, (_, place) => {
    const kernel = filter
      .slice([place, 0, 0, 0, 0], [1, kernelHeight, kernelWidth, channels, filters])
      .reshape([kernelHeight, kernelWidth, channels, filters]) as Tensor4D;
    const spread = tf
      .conv2dTranspose(images, kernel, [batch * layers, height, width, channels], [along, across], pad)
      .reshape([batch, layers, 1, height * width * channels])
      .pad([
        [0, 0],
        [0, 0],
        [0, down - 1],
        [0, 0],
      ])
      .reshape([batch, layers * down, height * width * channels]);
    return spread
      .pad([
        [0, 0],
        [place, depth],
        [0, 0],
      ])
      .slice([0, before, 0], [batch, depth, height * width * channels]);
  });
  return tf.addN(parts).reshape(inputShape);
}
