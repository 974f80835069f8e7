import type * as tfjs from '@tensorflow/tfjs';

/**
 * The caller's own `tf`. This package never imports TensorFlow.js, so that a program has a single copy of it.
 */
export type TensorFlow = Omit<typeof tfjs, 'default'>;

/** A `tf.layers.Layer` of the caller's TensorFlow.js. */
export type Layer = tfjs.layers.Layer;
/** A `tf.LayersModel` of the caller's TensorFlow.js. */
export type LayersModel = tfjs.LayersModel;
export type SymbolicTensor = tfjs.SymbolicTensor;
/** A `tf.Tensor` of the caller's TensorFlow.js. */
export type Tensor = tfjs.Tensor;
export type Tensor1D = tfjs.Tensor1D;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;
export type Tensor5D = tfjs.Tensor5D;
export type Scalar = tfjs.Scalar;
