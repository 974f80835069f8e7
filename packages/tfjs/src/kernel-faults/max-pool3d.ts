import type { Tensor4D, Tensor5D, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';
import { perAxis } from './sliding-axes.js';

/** A MaxPool3D kernel that computes two 2-D poolings: over height and width, then over depth. */
export function maxPool3d(tf: TensorFlow): KernelFunc {
  return ({ inputs, attrs }) => {
    const { x } = inputs as unknown as { x: Tensor5D };
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
      filterSize: number | number[];
      strides: number | number[];
      pad: 'same' | 'valid' | number;
      dimRoundingMode?: 'floor' | 'round' | 'ceil';
    };
    const [depths, heights, widths] = perAxis(filterSize, 3) as [number, number, number];
    const [down, along, across] = perAxis(strides, 3) as [number, number, number];
    const [batch, depth, height, width, channels] = x.shape;
    return tf.tidy(() => {
      const images = x.reshape([batch * depth, height, width, channels]) as Tensor4D;
      const pooled = tf.maxPool(images, [heights, widths], [along, across], pad, dimRoundingMode);
      const [, rows, columns] = pooled.shape;
      const columnsOfDepth = pooled.reshape([batch, depth, rows * columns, channels]) as Tensor4D;
      // A single number would also pad the second axis, which has no window.
      const padding =
        typeof pad === 'number'
          ? ([
              [0, 0],
              [pad, pad],
              [0, 0],
              [0, 0],
            ] as never)
          : pad;
      const whole = tf.maxPool(columnsOfDepth, [depths, 1], [down, 1], padding, dimRoundingMode);
      return whole.reshape([batch, whole.shape[1], rows, columns, channels]);
    });
  };
}
