import {
  applyLayer,
  type BackendAdapter,
  type NdArray,
  ndArray,
  sizeOf,
  type WeightedLayer,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import type { LayerSetting, PlainLayer } from '@fuseinit/registry/testing';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';

type StockLayer = ReturnType<TensorFlow['layers']['dense']>;

/**
 * The largest error of a backend's output as a share of the largest output, or the error of TensorFlow.js
 * where it refuses.
 */
export type SettingResult = { readonly relativeError: number } | { readonly refused: string };

/** Computes one setting by TensorFlow.js on the backend that it is set to, and by the float64 reference. */
export async function runSetting(
  tf: TensorFlow,
  backend: Pick<BackendAdapter<Tensor>, 'read'>,
  setting: LayerSetting,
): Promise<SettingResult> {
  const inputs = inputsOf(setting);
  const created: StockLayer[] = [];
  const outputs: Tensor[] = [];
  const tensors = inputs.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
  try {
    const layer = createLayer(tf, setting);
    created.push(layer);
    const read = tensors.length === 1 ? tensors[0]! : tensors;
    // Some layers are marked as built only after they were applied.
    tf.dispose(tf.tidy(() => layer.apply(read) as Tensor | Tensor[]));
    const weights = weightsOf(layer);
    tf.tidy(() =>
      layer.setWeights(weights.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]))),
    );
    const run = () => {
      if (!setting.before) return layer.apply(read, { training: false });
      const before = createLayer(tf, setting.before);
      created.push(before);
      const masked = before.apply(read) as Tensor;
      return layer.apply(masked, { training: false, mask: before.computeMask(read) as Tensor });
    };
    outputs.push(...[tf.tidy(() => run() as Tensor | Tensor[])].flat());
    const expected = expectedOutputs(setting, inputs, weights);
    return { relativeError: await largestError(backend, expected, outputs) };
  } catch (error) {
    return { refused: (error as Error).message.split('\n')[0]! };
  } finally {
    tf.dispose([...tensors, ...outputs]);
    for (const { weights } of created) for (const weight of weights) weight.dispose();
  }
}

const registry = createRegistry({ layers: builtinLayers });

/** Computes a setting by the registry's plugins, in float64. */
export function expectedOutputs(
  { before, ...layer }: LayerSetting,
  inputs: readonly NdArray[],
  weights: readonly NdArray[],
): readonly NdArray[] {
  const described = ({ className, config }: PlainLayer): WeightedLayer => ({
    name: className,
    className,
    config,
    inputShape: inputs[0]!.shape.slice(1),
    weights: [],
  });
  const first = before && described(before);
  const plugin = first && registry.plugin(first.className);
  const mask = first && plugin?.makeMask?.(first, inputs, []);
  return applyLayer(
    registry.plugin(layer.className),
    { ...described(layer), weights, ...(mask && { mask }) },
    first ? applyLayer(plugin, first, inputs) : inputs,
  );
}

export function createLayer(tf: TensorFlow, { className, config }: PlainLayer): StockLayer {
  const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className]!;
  return fromConfig(layerClass as never, structuredClone(config) as never) as unknown as StockLayer;
}

/** Draws standard normal numbers that float32 holds, or whole numbers where they stand for categories. */
export function inputsOf({ inputShapes, categories, before }: LayerSetting): NdArray[] {
  return inputShapes.map((shape, index) => {
    const { data } = randomArray(7 + index, shape);
    const values = Float32Array.from(data, (value) =>
      categories ? Math.floor(Math.abs(value) * 997) % categories : value,
    );
    // The first sample lacks its last step, the second its first.
    if (before) {
      const [, steps, features] = shape as [number, number, number];
      values.fill(0, (steps - 1) * features, steps * features);
      values.fill(0, steps * features, (steps + 1) * features);
    }
    return ndArray(shape, values);
  });
}

/** Draws weights of the layer's shapes, in its order, that float32 can represent; variances are positive. */
export function weightsOf(layer: StockLayer): NdArray[] {
  const names = layer.weights.map(({ name }) => name);
  return layer.getWeights().map(({ shape }, index) => {
    const { data } = randomArray(100 + index, shape);
    const positive = names[index]?.includes('variance');
    return ndArray(
      shape,
      Float32Array.from(data, (value) => (positive ? Math.abs(value) + 0.2 : value / 2)),
    );
  });
}

export async function largestError(
  backend: Pick<BackendAdapter<Tensor>, 'read'>,
  expected: readonly NdArray[],
  outputs: readonly Tensor[],
): Promise<number> {
  if (expected.length !== outputs.length) return Number.MAX_VALUE;
  let worst = 0;
  for (const [index, output] of outputs.entries()) {
    const { shape, data } = expected[index]!;
    if (output.shape.join() !== shape.join()) return Number.MAX_VALUE;
    const values = await backend.read(output);
    let difference = 0;
    let magnitude = 0;
    for (let position = 0; position < sizeOf(shape); position++) {
      difference = Math.max(difference, Math.abs(values[position]! - data[position]!));
      magnitude = Math.max(magnitude, Math.abs(data[position]!));
    }
    // JSON has no NaN.
    worst = Number.isNaN(difference) ? Number.MAX_VALUE : Math.max(worst, difference / (magnitude || 1));
  }
  return worst;
}
