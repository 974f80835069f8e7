import type * as tfjs from '@tensorflow/tfjs';

/**
 * The caller's own `tf`: this package never imports TensorFlow.js, so that one program has one copy of it.
 */
export type TensorFlow = Omit<typeof tfjs, 'default'>;

export type Tensor = tfjs.Tensor;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;
