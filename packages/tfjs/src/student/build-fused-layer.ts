import { type FusedLayer, FuseInitError, type NdArray, pairFailed } from '@fuseinit/core';
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
 * @param plugin The layer-pair plugin that gave the fused layer, if one did.
 * @throws PLUGIN_FAILED when TensorFlow.js can't build what a plugin gave.
 * @throws LAYER_UNSUPPORTED when it can't build another fused layer, for an activation that it doesn't know.
 */
export function buildFusedLayer(
  tf: TensorFlow,
  fused: FusedLayer,
  input: SymbolicTensor,
  name: string,
  taken: ReadonlySet<string> = new Set(),
  plugin?: string,
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
  let layer: Layer | undefined;
  try {
    layer = createLayer(tf, fused.className, config);
    return { layer, output: layer.apply(read) as SymbolicTensor };
  } catch (cause) {
    // The weights are there before the output's shape is known.
    for (const weight of layer?.weights ?? []) weight.dispose();
    const reason = `a ${fused.className} of {${Object.keys(fused.config).join(', ')}} that TensorFlow.js can't build: ${cause instanceof Error ? cause.message : cause}`;
    if (plugin !== undefined) throw pairFailed(plugin, 'fuse', name, `gave ${reason}`, cause);
    throw new FuseInitError('LAYER_UNSUPPORTED', `The span ${JSON.stringify(name)} becomes ${reason}`, {
      layerName: name,
      cause,
    });
  }
}

/**
 * Sets a built layer's weights.
 *
 * @throws PLUGIN_FAILED when a plugin's `toWeights` gave other shapes than the layer has.
 */
export function setFusedWeights(
  tf: TensorFlow,
  layer: Layer,
  weights: readonly NdArray[],
  plugin: string | undefined,
): void {
  const expected = layer.weights.map(({ shape }) => shape.join());
  const given = weights.map(({ shape }) => shape.join());
  if (plugin !== undefined && expected.join(' ') !== given.join(' ')) {
    throw pairFailed(
      plugin,
      'toWeights',
      layer.name,
      `gave shapes [${given.join('] [')}] for a ${layer.getClassName()} of its config, which has [${expected.join('] [')}]`,
    );
  }
  tf.tidy(() =>
    layer.setWeights(weights.map(({ shape, data }) => tf.tensor(Float32Array.from(data), [...shape]))),
  );
}

function createLayer(tf: TensorFlow, className: string, config: Record<string, unknown>): Layer {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) throw new Error(`tfjs knows no class ${JSON.stringify(className)}.`);
  const [layerClass, fromConfig] = entry;
  return fromConfig(layerClass as never, config as never) as unknown as Layer;
}
