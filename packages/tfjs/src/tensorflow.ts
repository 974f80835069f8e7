import type * as tfjs from '@tensorflow/tfjs';

/**
 * The caller's own `tf`: this package never imports TensorFlow.js, so that one program has one copy of it.
 */
export type TensorFlow = Omit<typeof tfjs, 'default'>;

export type Layer = tfjs.layers.Layer;
export type LayersModel = tfjs.LayersModel;
export type SymbolicTensor = tfjs.SymbolicTensor;
export type Tensor = tfjs.Tensor;
export type Tensor1D = tfjs.Tensor1D;
export type Tensor2D = tfjs.Tensor2D;
export type Tensor4D = tfjs.Tensor4D;
export type Tensor5D = tfjs.Tensor5D;
export type Scalar = tfjs.Scalar;
