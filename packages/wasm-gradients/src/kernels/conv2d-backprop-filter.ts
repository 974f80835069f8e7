import type { Tensor, TensorFlow } from '../tensorflow.js';
import { convolutionInfo, type KernelArguments } from './kernel-arguments.js';
import { inputPhases, outputColumns, sharedPitch, shifted } from './shared-pitch.js';

/**
 * Gradient of a convolution's kernel, [height, width, inputs, outputs]: for each kernel position one plain
 * product, the only kind that the WASM backend computes fast, of the shifted output gradient with the input
 * as it lies.
 */
export function conv2dBackpropFilter(tf: TensorFlow, args: KernelArguments): Tensor {
  const { x, dy } = args.inputs;
  const info = convolutionInfo(tf, args, false);
  const pitch = sharedPitch(info);
  const phases = inputPhases(tf, x!, info, pitch);
  const columns = outputColumns(tf, dy!, info, pitch);
  const products = pitch.positions.map(({ phase, shift }) =>
    tf.tidy(() => tf.matMul(shifted(tf, columns, shift, pitch), phases[phase]!)),
  );
  return tf.stack(products).transpose([0, 2, 1]).reshape(info.filterShape);
}
