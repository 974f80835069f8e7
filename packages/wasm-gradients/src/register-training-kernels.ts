import { FuseInitError } from '@fuseinit/core';
import { conv2dBackpropFilter } from './kernels/conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './kernels/conv2d-backprop-input.js';
import { depthwiseBackpropFilter } from './kernels/depthwise-backprop-filter.js';
import { depthwiseBackpropInput } from './kernels/depthwise-backprop-input.js';
import type { KernelArguments } from './kernels/kernel-arguments.js';
import type { Tensor, TensorFlow } from './tensorflow.js';

/** Options of {@link registerTrainingKernels}. */
export interface TrainingKernelsOptions {
  /**
   * Whether the backend's own gradient of a convolution's input, `Conv2DBackpropInput`, gives way to one that
   * computes the same several times as fast. False without it.
   */
  readonly replaceInputGradient?: boolean;
}

const backendName = 'wasm';
const inputGradient = 'Conv2DBackpropInput';

type Kernel = (tf: TensorFlow, args: KernelArguments) => Tensor;

const missing: readonly (readonly [string, Kernel])[] = [
  ['Conv2DBackpropFilter', conv2dBackpropFilter],
  ['DepthwiseConv2dNativeBackpropFilter', depthwiseBackpropFilter],
  ['DepthwiseConv2dNativeBackpropInput', depthwiseBackpropInput],
];

/**
 * Registers the gradients of convolutions that the WASM backend of `tf` lacks; those that it has by now are
 * left as they are, so a second call does nothing.
 *
 * @returns The names of the kernels that were registered.
 * @throws ARGUMENT_INVALID when `tf` has no WASM backend.
 */
export function registerTrainingKernels(
  tf: TensorFlow,
  { replaceInputGradient = false }: TrainingKernelsOptions = {},
): string[] {
  if (!tf.getKernel('Conv2D', backendName)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      "This tf has no WASM backend: import '@tensorflow/tfjs-backend-wasm' first, and see that one copy of TensorFlow.js is installed.",
    );
  }
  const wanted = missing.filter(([name]) => !tf.getKernel(name, backendName));
  const replaced = replaceInputGradient && !isOurs(tf.getKernel(inputGradient, backendName)?.kernelFunc);
  if (replaced) {
    // Registering over another kernel would warn.
    tf.unregisterKernel(inputGradient, backendName);
    wanted.push([inputGradient, conv2dBackpropInput]);
  }
  for (const [kernelName, kernel] of wanted) {
    // Inside a kernel nothing is taped, and the inputs are tensors already.
    const kernelFunc = (args: unknown) => tf.tidy(() => kernel(tf, args as KernelArguments));
    Object.defineProperty(kernelFunc, marker, { value: true });
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
  return wanted.map(([name]) => name);
}

const marker = Symbol.for('fuseinit.kernel');

function isOurs(kernelFunc: object | undefined): boolean {
  return kernelFunc !== undefined && marker in kernelFunc;
}
