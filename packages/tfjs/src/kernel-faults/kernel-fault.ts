import type { LayerDescription } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../tensorflow.js';

export type KernelFunc = tfjs.KernelFunc;

/** A fault of a backend of TensorFlow.js 4.22, which computes incorrect results without an error. */
export interface KernelFault {
  /** A description of the fault, as the end of the sentence "computes this layer wrongly: ...". */
  readonly what: string;
  /** The numbers of tensorflow/tfjs issues; empty if none was found. */
  readonly issues: readonly number[];
  /** The backends that have the fault, by their names in `tf.getBackend()`. */
  readonly backends: readonly string[];
  readonly kernelNames: readonly string[];
  /** Whether the fault affects gradients only, while inference is correct. Defaults to false. */
  readonly inTraining?: boolean;
  /** Whether a layer is affected by the fault, or may be if a length isn't known. */
  concerns(layer: LayerDescription): boolean;
  /**
   * Whether the backend of `tf` still has the fault, which may have been repaired here or fixed in
   * TensorFlow.js.
   */
  occurs(tf: TensorFlow): boolean;
  /** Creates a correct kernel from those that the backend has. */
  repair(tf: TensorFlow, original: KernelFunc): KernelFunc;
}

/** Computes a small tensor and returns its values. */
export function valuesOf(tf: TensorFlow, compute: () => tfjs.Tensor): number[] {
  const output = tf.tidy(compute);
  const values = Array.from(output.dataSync());
  output.dispose();
  return values;
}
