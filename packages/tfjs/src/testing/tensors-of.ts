import type { NdArray } from '@fuseinit/core';
import type { CheckBackendOptions } from '@fuseinit/core/testing';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/** What `checkBackend` needs to know of the tensors of a `tf`: for adapters of tensors, yours and ours. */
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
