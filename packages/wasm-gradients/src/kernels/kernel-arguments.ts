import { FuseInitError } from '@fuseinit/core';
import type { Tensor4D, TensorFlow } from '../tensorflow.js';

/** What TensorFlow.js hands to a kernel. */
export interface KernelArguments {
  readonly inputs: { readonly [name: string]: Tensor4D };
  readonly attrs: ConvolutionAttributes;
}

type Shape4D = [number, number, number, number];

interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly dilations?: [number, number] | number;
  readonly pad: ConvolutionParameters[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: string;
  readonly filterShape?: Shape4D;
  readonly inputShape?: Shape4D;
}

type ConvolutionParameters = Parameters<TensorFlow['backend_util']['computeConv2DInfo']>;

export type ConvolutionInfo = ReturnType<TensorFlow['backend_util']['computeConv2DInfo']>;

/**
 * The geometry of the convolution whose gradient is asked for.
 *
 * @throws ARGUMENT_INVALID when the channels come first or the values aren't float32.
 */
export function convolutionInfo(
  tf: TensorFlow,
  { inputs, attrs }: KernelArguments,
  depthwise: boolean,
): ConvolutionInfo {
  const { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' } = attrs;
  if (dataFormat !== 'NHWC') {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `The data format is ${dataFormat}: the WASM backend convolves NHWC only. Build the model with channelsLast.`,
    );
  }
  for (const [name, { dtype }] of Object.entries(inputs)) {
    if (dtype !== 'float32') {
      throw new FuseInitError('ARGUMENT_INVALID', `${name} is ${dtype}: gradients are of float32. Cast it.`);
    }
  }
  const inputShape = attrs.inputShape ?? inputs.x!.shape;
  const filterShape = attrs.filterShape ?? inputs.filter!.shape;
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
}
