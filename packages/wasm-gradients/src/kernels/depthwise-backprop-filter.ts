import type { Tensor, TensorFlow } from '../tensorflow.js';
import { convolutionInfo, type KernelArguments } from './kernel-arguments.js';
import { inputPhases, outputColumns, sharedPitch, shifted } from './shared-pitch.js';

/** Gradient of a depthwise convolution's kernel, [height, width, inputs, multiplier]. */
export function depthwiseBackpropFilter(tf: TensorFlow, args: KernelArguments): Tensor {
  const { x, dy } = args.inputs;
  const info = convolutionInfo(tf, args, true);
  const { inChannels, outChannels } = info;
  const pitch = sharedPitch(info);
  // Every input channel beside each of the output channels that it gives.
  const phases = inputPhases(tf, x!, info, pitch).map((phase) =>
    phase
      .transpose()
      .reshape([inChannels, 1, pitch.length])
      .tile([1, outChannels / inChannels, 1])
      .reshape([outChannels, pitch.length]),
  );
  const columns = outputColumns(tf, dy!, info, pitch);
  const sums = pitch.positions.map(({ phase, shift }) =>
    tf.tidy(() => shifted(tf, columns, shift, pitch).mul(phases[phase]!).sum(1)),
  );
  return tf.stack(sums).reshape(info.filterShape);
}
