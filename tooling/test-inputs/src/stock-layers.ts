import type { NdArray, WeightedLayer } from '@fuseinit/core';
import { tf } from './seeded-models.js';

type Layer = ReturnType<typeof tf.layers.dense>;
type Factory = (config: Record<string, unknown>) => Layer;

const irregular: Record<string, string> = { PReLU: 'prelu', ELU: 'elu', Cropping2D: 'cropping2D' };

/** A layer of tfjs-layers by the name of its class, unbuilt. */
function stockLayer({
  name,
  className,
  config,
}: Pick<WeightedLayer, 'name' | 'className' | 'config'>): Layer {
  const regular = className.replace(/^./, (first) => first.toLowerCase()).replace(/([123])D$/, '$1d');
  const factories = tf.layers as unknown as Record<string, Factory>;
  return factories[irregular[className] ?? regular]!({ ...config, name });
}

/** A sequential model of these layers, with their weights. */
export function stockModel(
  layers: readonly Omit<WeightedLayer, 'inputShape'>[],
  inputShape: readonly number[],
): ReturnType<typeof tf.sequential> {
  const model = tf.sequential();
  layers.forEach((layer, index) => {
    const added = stockLayer(
      index === 0 ? { ...layer, config: { ...layer.config, inputShape: [...inputShape] } } : layer,
    );
    model.add(added);
    tf.tidy(() => added.setWeights(layer.weights.map(tensorOf)));
  });
  return model;
}

function tensorOf({ data, shape }: NdArray): ReturnType<typeof tf.tensor> {
  return tf.tensor(Float32Array.from(data), [...shape]);
}
