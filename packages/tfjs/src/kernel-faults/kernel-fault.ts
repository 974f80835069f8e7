import type { LayerDescription } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { TensorFlow } from '../tensorflow.js';

export type KernelFunc = tfjs.KernelFunc;

/** What a backend of TensorFlow.js 4.22 computes wrongly without an error of its own. */
export interface KernelFault {
  /** What is wrong, as the end of the sentence "computes this layer wrongly: ...". */
  readonly what: string;
  /** Numbers of tensorflow/tfjs issues; none where none was found. */
  readonly issues: readonly number[];
  /** As `tf.getBackend()` names them. */
  readonly backends: readonly string[];
  readonly kernelNames: readonly string[];
  /** Whether gradients alone meet it: what is computed at inference is right. Default false. */
  readonly inTraining?: boolean;
  /** Whether a layer meets the fault; where a length isn't known, whether it may. */
  concerns(layer: LayerDescription): boolean;
  /**
   * Whether the backend that `tf` runs on still has the fault: one that was repaired, or mended by tfjs,
   * hasn't.
   */
  occurs(tf: TensorFlow): boolean;
  /** A kernel that computes rightly, from what the backend has. */
  repair(tf: TensorFlow, original: KernelFunc): KernelFunc;
}

/** The values of a few numbers that a kernel computes. */
export function valuesOf(tf: TensorFlow, compute: () => tfjs.Tensor): number[] {
  const output = tf.tidy(compute);
  const values = Array.from(output.dataSync());
  output.dispose();
  return values;
}
