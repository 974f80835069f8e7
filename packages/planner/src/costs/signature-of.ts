import type { LayersModel } from '@fuseinit/tfjs';

/** What decides how long a model takes: its layers' classes, sizes and activations, and the shapes that they read. */
export function signatureOf(model: LayersModel): unknown {
  return model.layers.map((layer) => [
    layer.getClassName(),
    layer.outputShape,
    Object.entries(layer.getConfig())
      .filter(([key]) => !/name|initializer|regularizer|constraint|trainable/i.test(key))
      .sort(([first], [second]) => (first < second ? -1 : 1)),
  ]);
}
