import type { Tensor, Tensor4D, TensorFlow } from '../tensorflow.js';
import { convolutionInfo, type KernelArguments } from './kernel-arguments.js';
import { spreadOutput } from './spread-output.js';

/**
 * Gradient of a depthwise convolution's input, [batch, height, width, inputs]: a depthwise convolution
 * itself.
 */
export function depthwiseBackpropInput(tf: TensorFlow, args: KernelArguments): Tensor {
  const { dy, filter } = args.inputs;
  const info = convolutionInfo(tf, args, true);
  const { filterHeight, filterWidth, inChannels, outChannels, dilationHeight, dilationWidth } = info;
  const turned = tf.reverse(filter!, [0, 1]).reshape([filterHeight, filterWidth, outChannels, 1]) as Tensor4D;
  const each = tf.depthwiseConv2d(spreadOutput(tf, dy!, info), turned, 1, 'valid', 'NHWC', [
    dilationHeight,
    dilationWidth,
  ]);
  const multiplier = outChannels / inChannels;
  if (multiplier === 1) return each;
  return each.reshape([...info.inShape, multiplier]).sum(-1);
}
