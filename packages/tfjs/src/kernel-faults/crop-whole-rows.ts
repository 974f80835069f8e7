import type { LayerDescription } from '@fuseinit/core';
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Tensor2D, Tensor4D, TensorFlow } from '../tensorflow.js';
import type { KernelFunc } from './kernel-fault.js';

/** Whether a crop keeps the whole width but not the whole height. */
export function cropsWholeRows({ className, config, inputShape }: LayerDescription): boolean {
  const [height, width] = inputShape.slice(-3);
  return className === 'CenterCrop' && config.width === (width ?? config.width) && config.height !== height;
}

/**
 * A CropAndResize kernel that also resamples rows when every column is read. In that case the backend copies
 * whole rows, without rounding to the nearest row or interpolating. The kernel requests an additional column
 * between every two, and then drops these.
 */
export function resamplingCrop(tf: TensorFlow, original: KernelFunc): KernelFunc {
  return (args) => {
    const { image, boxes } = args.inputs as unknown as { image: Tensor4D; boxes: Tensor2D };
    const attrs = args.attrs as unknown as { cropSize: readonly [number, number] };
    const [height, width] = attrs.cropSize;
    if (!boxes.arraySync().some((box) => readsEachColumn(box, image.shape[2], width))) return original(args);
    const cropSize = [height, 2 * width - 1];
    const info = original({ ...args, attrs: { ...attrs, cropSize } as never }) as TensorInfo;
    return tf.tidy(() =>
      tf.stridedSlice(tf.engine().makeTensorFromTensorInfo(info), [0, 0, 0, 0], info.shape, [1, 1, 2, 1]),
    );
  };
}

/** Whether the columns of a box are exactly one image column apart. The backend compares in float32. */
function readsEachColumn([, left, , right]: readonly number[], imageWidth: number, width: number): boolean {
  return width > 1 && Math.abs(((right! - left!) * (imageWidth - 1)) / (width - 1) - 1) < 1e-5;
}
