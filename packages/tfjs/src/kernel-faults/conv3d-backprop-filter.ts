import type { Tensor2D, Tensor5D, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';
import { perAxis } from './sliding-axes.js';

type Shape5D = [number, number, number, number, number];

/** A Conv3DBackpropFilterV2 kernel that computes one matrix product for each position of the filter. */
export function conv3dBackpropFilter(tf: TensorFlow): KernelFunc {
  return ({ inputs, attrs }) => {
    const { x, dy } = inputs as unknown as { x: Tensor5D; dy: Tensor5D };
    const { strides, pad, filterShape } = attrs as unknown as {
      strides: number | number[];
      pad: 'same' | 'valid';
      filterShape: Shape5D;
    };
    const [batch, ...outputs] = dy.shape;
    const [filters, channels] = [dy.shape[4], x.shape[4]];
    const steps = perAxis(strides, 3);
    const margins = steps.map((stride, axis): [number, number] => {
      const short = (outputs[axis]! - 1) * stride + filterShape[axis]! - x.shape[axis + 1]!;
      const before = pad === 'same' ? Math.floor(Math.max(0, short) / 2) : 0;
      return [before, Math.max(0, short - before)];
    });
    return tf.tidy(() => {
      const padded = tf.pad(x, [[0, 0], ...margins, [0, 0]]);
      const gradient = dy.reshape([-1, filters]) as Tensor2D;
      const [depths, heights, widths] = filterShape;
      const parts = Array.from({ length: depths * heights * widths }, (_, place) => {
        const first = [
          Math.floor(place / (heights * widths)),
          Math.floor(place / widths) % heights,
          place % widths,
        ];
        const end = first.map((start, axis) => start + (outputs[axis]! - 1) * steps[axis]! + 1);
        const read = tf.stridedSlice(padded, [0, ...first, 0], [batch, ...end, channels], [1, ...steps, 1]);
        return tf.matMul(read.reshape([-1, channels]) as Tensor2D, gradient, true);
      });
      return tf.stack(parts).reshape(filterShape);
    });
  };
}
