import { type FusedLayer, FuseInitError, type NdArray } from '@fuseinit/core';
import { unusedName } from '../graph/unused-name.js';
import type { Layer, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { padForGeometry } from './pad-for-geometry.js';

/** A fused layer in a student, with its weights still to be set. */
export interface BuiltLayer {
  readonly output: SymbolicTensor;
  readonly layer: Layer;
}

/**
 * Applies the fused layer, with what padding or flattening it needs before it, to a symbolic input: stock layers only.
 *
 * @param taken Names of other layers, which those before the fused one don't take.
 * @throws LAYER_UNSUPPORTED when a plugin's fused layer isn't of a class that tfjs knows.
 */
export function buildFusedLayer(
  tf: TensorFlow,
  fused: FusedLayer,
  input: SymbolicTensor,
  name: string,
  taken: ReadonlySet<string> = new Set(),
): BuiltLayer {
  const config: Record<string, unknown> = { ...fused.config, name };
  let read = input;
  if (fused.geometry && fused.className !== 'Dense') {
    const padded = padForGeometry(tf, input, fused.geometry, name, taken);
    read = padded.input;
    config.padding = padded.padding;
  } else if (!fused.geometry && input.shape.length > 2) {
    const flatten = tf.layers.flatten({ name: unusedName(`${name}_flatten`, taken) });
    read = flatten.apply(input) as SymbolicTensor;
  }
  const layer = createLayer(tf, fused.className, config);
  return { layer, output: layer.apply(read) as SymbolicTensor };
}

/**
 * Sets a built layer's weights.
 *
 * @throws SHAPE_MISMATCH when a plugin's `toWeights` gives other shapes than the layer has.
 */
export function setFusedWeights(tf: TensorFlow, layer: Layer, weights: readonly NdArray[]): void {
  const expected = layer.weights.map(({ shape }) => shape.join());
  const given = weights.map(({ shape }) => shape.join());
  if (expected.join(' ') !== given.join(' ')) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `toWeights gave shapes [${given.join('] [')}] for ${JSON.stringify(layer.name)} (${layer.getClassName()}), which has [${expected.join('] [')}].`,
      { layerName: layer.name },
    );
  }
  tf.tidy(() =>
    layer.setWeights(weights.map(({ shape, data }) => tf.tensor(Float32Array.from(data), [...shape]))),
  );
}

function createLayer(tf: TensorFlow, className: string, config: Record<string, unknown>): Layer {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) {
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `A fused layer of class ${JSON.stringify(className)} can't be built: tfjs knows no such class.`,
      { layerName: String(config.name) },
    );
  }
  const [layerClass, fromConfig] = entry;
  return fromConfig(layerClass as never, config as never) as unknown as Layer;
}
