import type { Tensor4D, TensorFlow } from '../tensorflow.js';
import type { ConvolutionInfo } from './kernel-arguments.js';
import { type Margins, padOrCrop } from './pad-or-crop.js';

/**
 * The output's gradient with zeros between its positions where there are strides, and with such margins that
 * a convolution of it with the kernel turned around, 'valid' and without strides, is the input's gradient.
 */
export function spreadOutput(tf: TensorFlow, dy: Tensor4D, info: ConvolutionInfo): Tensor4D {
  const { strideHeight: down, strideWidth: across, outHeight, outWidth, padInfo } = info;
  const rows = (info.filterHeight - 1) * info.dilationHeight;
  const columns = (info.filterWidth - 1) * info.dilationWidth;
  return padOrCrop(
    tf,
    betweenZeros(tf, dy, down, across),
    margins(rows, padInfo.top, info.inHeight - outHeight * down),
    margins(columns, padInfo.left, info.inWidth - outWidth * across),
  );
}

function margins(reach: number, padding: number, lacking: number): Margins {
  const before = reach - padding;
  return [before, lacking + reach - before];
}

function betweenZeros(tf: TensorFlow, dy: Tensor4D, down: number, across: number): Tensor4D {
  if (down * across === 1) return dy;
  const [batch, height, width, channels] = dy.shape;
  const after = (count: number): [number, number][] => [
    [0, 0],
    [0, count - 1],
    [0, 0],
  ];
  return tf
    .pad(
      tf
        .pad(dy.reshape([batch * height, 1, width * channels]), after(down))
        .reshape([batch * height * down * width, 1, channels]),
      after(across),
    )
    .reshape([batch, height * down, width * across, channels]);
}
