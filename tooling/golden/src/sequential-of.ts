import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

interface PlainArray {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A layer of tfjs-layers by the name of its class, as plain data. */
export interface PlainLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights?: readonly PlainArray[];
}

/** A sequential model of stock layers with their weights, on inputs of [batch, ...inputShape]. */
export async function sequentialOf(
  tf: TensorFlow,
  layers: readonly PlainLayer[],
  inputShape: readonly number[],
): Promise<LayersModel> {
  const topology = layers.map(({ className, config }, index) => ({
    class_name: className,
    config: { ...config, ...(index === 0 && { batch_input_shape: [null, ...inputShape] }) },
  }));
  const model = await tf.models.modelFromJSON({
    modelTopology: { class_name: 'Sequential', config: { layers: topology } },
  } as unknown as Parameters<typeof tf.models.modelFromJSON>[0]);
  tf.tidy(() => {
    // Layer by layer: a model's own order of weights puts those that aren't trained last.
    layers.forEach(({ weights = [] }, index) => {
      model.layers[index]!.setWeights(
        weights.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape])),
      );
    });
  });
  return model;
}
