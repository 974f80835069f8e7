import type { NdArray } from '@fuseinit/core';
import type { CheckBackendOptions } from '@fuseinit/core/testing';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** The tensor functions that `checkBackend` needs, for any adapter that works on tensors of `tf`. */
export function tensorsOf(tf: TensorFlow): CheckBackendOptions<Tensor> {
  return {
    toTensor: ({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]),
    fromTensor: async (tensor): Promise<NdArray> => ({
      shape: tensor.shape,
      data: Float64Array.from(await tensor.data()),
    }),
    dispose: (tensor) => tensor.dispose(),
    liveTensors: () => tf.memory().numTensors,
  };
}
