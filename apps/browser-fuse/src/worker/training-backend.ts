import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/** Kernels of gradients that tfjs's WASM backend doesn't have, by the layers that need them. */
const gradientKernels: Record<string, string> = {
  Conv1D: 'Conv2DBackpropFilter',
  Conv2D: 'Conv2DBackpropFilter',
  Conv2DTranspose: 'Conv2DBackpropFilter',
  SeparableConv2D: 'DepthwiseConv2dNativeBackpropFilter',
  DepthwiseConv2D: 'DepthwiseConv2dNativeBackpropFilter',
};

/** Runs work on a backend that can train a model: the one that is set, or the plain CPU backend. */
export async function onTrainingBackend<T>(
  tf: TensorFlow,
  model: LayersModel,
  work: () => Promise<T>,
): Promise<T> {
  const backend = tf.getBackend();
  const kernels = model.layers.flatMap((layer) => gradientKernels[layer.getClassName()] ?? []);
  if (kernels.every((kernel) => tf.getKernel(kernel, backend))) return work();
  await tf.setBackend('cpu');
  try {
    return await work();
  } finally {
    await tf.setBackend(backend);
  }
}
