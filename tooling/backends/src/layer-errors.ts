import { type BackendAdapter, ndArray, sizeOf } from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { sequentialOf } from '@fuseinit/golden';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import { layerCases } from '@fuseinit/registry/testing';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';

/** How far a backend's own layer is from what FuseInit takes it to compute. */
export interface LayerError {
  readonly className: string;
  /** Settings that were tried. */
  readonly cases: number;
  /** The largest error over the largest output, of any setting. */
  readonly relativeError: number;
}

/** Runs every built-in layer in each of its settings, by TensorFlow.js and by the float64 reference. */
export async function layerErrors(tf: TensorFlow, backend: BackendAdapter<Tensor>): Promise<LayerError[]> {
  const registry = createRegistry({ layers: builtinLayers });
  const worst = new Map<string, { cases: number; relativeError: number }>();
  for (const [, layer] of layerCases) {
    const { className } = layer;
    const inputShape = layer.inputShape.map(Number);
    const input = randomArray(7, [3, ...inputShape]);
    const model = await sequentialOf(tf, [layer], inputShape);
    const output = tf.tidy(
      () => model.predict(tf.tensor(Float32Array.from(input.data), [...input.shape])) as Tensor,
    );
    const theirs = await backend.read(output);
    tf.dispose(output);
    model.dispose();
    const held = ndArray(input.shape, Float32Array.from(input.data));
    const ours = registry.plugin(className)!.apply(layer, held);
    const relativeError = largestDifference(ours.data, theirs, sizeOf(ours.shape));
    const { cases, relativeError: before } = worst.get(className) ?? { cases: 0, relativeError: 0 };
    worst.set(className, { cases: cases + 1, relativeError: Math.max(before, relativeError) });
  }
  return [...worst].map(([className, error]) => ({ className, ...error }));
}

function largestDifference(expected: ArrayLike<number>, actual: ArrayLike<number>, size: number): number {
  let difference = 0;
  let magnitude = 0;
  for (let index = 0; index < size; index++) {
    difference = Math.max(difference, Math.abs(expected[index]! - actual[index]!));
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
  }
  return difference / (magnitude || 1);
}
