import type { Tensor, Tensor4D, TensorFlow } from '../tensorflow.js';
import { convolutionInfo, type KernelArguments } from './kernel-arguments.js';
import { spreadOutput } from './spread-output.js';

/** Gradient of a convolution's input, [batch, height, width, inputs]: a convolution itself. */
export function conv2dBackpropInput(tf: TensorFlow, args: KernelArguments): Tensor {
  const { dy, filter } = args.inputs;
  const info = convolutionInfo(tf, args, false);
  const turned = tf.reverse(filter!, [0, 1]).transpose([0, 1, 3, 2]) as Tensor4D;
  return tf.conv2d(spreadOutput(tf, dy!, info), turned, 1, 'valid');
}
