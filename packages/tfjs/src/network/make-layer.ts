import { FuseInitError, type NetworkLayer } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { Layer, TensorFlow } from '../tensorflow.js';
import { completeGetConfig } from './layer-config.js';
import { activationLayerOf, isLayer, partsOf, sourceOf, weightsOf } from './layer-internals.js';
import { requireDeclaredActivation } from './pre-activation.js';

/**
 * Creates a layer instance that computes and trains as a network's layer does, with its own name. It has no
 * weights until it is built or applied; {@link setWeights} then sets them.
 *
 * @throws MODEL_UNSUPPORTED if a layer of the caller's can't be recreated from its own config, or has a part
 *   whose activation has weights.
 * @throws LAYER_UNSUPPORTED if TensorFlow.js doesn't know the class or rejects the config, or if a layer's
 *   config omits its activation.
 */
export function makeLayer(tf: TensorFlow, layer: NetworkLayer, name: string): Layer {
  const source = sourceOf(layer);
  for (const part of source ? partsOf(source).values() : []) requireNoActivationWeights(source!, part);
  if (source) requireDeclaredActivation(source);
  const config = { ...layer.config, name };
  try {
    const made = source
      ? fromConfigOf(source.constructor, config)
      : fromClassName(tf, layer.className, config);
    completeGetConfig(made);
    return made;
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
    if (!source) {
      throw new FuseInitError(
        'LAYER_UNSUPPORTED',
        `The layer ${JSON.stringify(name)} is to be a ${layer.className} of {${Object.keys(layer.config).join(', ')}}, which TensorFlow.js can't build: ${reason}`,
        { layerName: name, cause },
      );
    }
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The layer ${JSON.stringify(source.name)} (${layer.className}) can't be made again from its getConfig() (${reason}): a custom layer must return there what its constructor takes, and custom activations, constraints, regularizers and initializers must be registered by tf.serialization.registerClass.`,
      { layerName: source.name, cause },
    );
  }
}

/**
 * Sets the weights of a built layer instance, and which of them are trainable, to those of a network's layer.
 * Weights of a layer that was read from a model are copied on the device.
 */
export function setWeights(tf: TensorFlow, layer: NetworkLayer, live: Layer): void {
  const source = sourceOf(layer);
  // This comes first, since tfjs-layers lists the trainable weights of a layer's parts before the others.
  if (source) copyTrainableOfParts(source, live);
  live.trainable = layer.trainable;
  const trained = new Set(
    (live as unknown as { _trainableWeights?: Layer['weights'] })._trainableWeights ?? [],
  );
  requireShapes(layer, live);
  for (const [index, weight] of weightsOf(live).entries()) {
    const own = layer.weights[index]!;
    // The flags of a frozen layer's weights are kept, so that unfreezing the layer unfreezes them.
    if (layer.trainable && trained.has(weight)) weight.trainable = own.trainable;
    // Layer.setWeights isn't used, since it projects weights onto constraints, which changes the last bits
    // even of weights that satisfy them.
    const variable = weight.read() as tfjs.Variable;
    if (source) variable.assign(weightsOf(source)[index]!.read() as tfjs.Variable);
    else
      tf.tidy(() =>
        variable.assign(tf.tensor(Float32Array.from(own.data), [...own.shape], own.dtype as 'float32')),
      );
  }
}

/**
 * Requires weights of the shapes that the layer has.
 *
 * @throws SHAPE_MISMATCH if a shape differs.
 */
function requireShapes({ name, className, weights }: NetworkLayer, live: Layer): void {
  const expected = weightsOf(live).map(({ shape }) => shape.join());
  const given = weights.map(({ shape }) => shape.join());
  if (expected.join(' ') === given.join(' ')) return;
  throw new FuseInitError(
    'SHAPE_MISMATCH',
    `The weights of ${JSON.stringify(name)} are of shapes [${given.join('] [')}] where a ${className} of its config has [${expected.join('] [')}].`,
    { layerName: name },
  );
}

/** Layer instances for running a network. */
export interface LiveLayers {
  /**
   * Returns the instance that a network's layer was read from, or one that is created and kept until
   * `dispose`.
   */
  of(layer: NetworkLayer, inputShapes: readonly (readonly number[])[]): Layer;
  dispose(): void;
}

/** Creates layer instances on demand, once for each layer of a network. */
export function createLiveLayers(tf: TensorFlow): LiveLayers {
  const made = new Map<NetworkLayer, Layer>();
  return {
    of(layer, inputShapes) {
      const known = sourceOf(layer) ?? made.get(layer);
      if (known) return known;
      const live = makeLayer(tf, withZeroInitializers(layer), layer.name);
      made.set(layer, live);
      const shapes = inputShapes.map(([, ...shape]) => [null, ...shape]);
      // Disposes the tensors that initializers leave behind, but not the variables.
      tf.tidy(() => live.build(shapes.length === 1 ? shapes[0]! : shapes));
      live.built = true;
      if (hasWeights(layer, live)) setWeights(tf, layer, live);
      return live;
    },
    dispose() {
      for (const live of made.values()) for (const weight of live.weights) weight.dispose();
      made.clear();
    },
  };
}

/**
 * Whether the weights of a network's layer are known. A network without them can be inspected or timed, with
 * arbitrary weights.
 */
export function hasWeights({ weights }: NetworkLayer, live: Layer): boolean {
  return weights.length > 0 || live.weights.length === 0;
}

/** Replaces the initializers, since the weights are set right away and needn't be drawn. */
function withZeroInitializers(layer: NetworkLayer): NetworkLayer {
  const config = Object.entries(layer.config).map(([key, value]) => [
    key,
    key.endsWith('Initializer') ? 'zeros' : value,
  ]);
  return { ...layer, config: Object.fromEntries(config) };
}

function fromConfigOf(layerClass: unknown, config: Record<string, unknown>): Layer {
  return (layerClass as { fromConfig(cls: unknown, config: unknown): Layer }).fromConfig(layerClass, config);
}

function fromClassName(tf: TensorFlow, className: string, config: Record<string, unknown>): Layer {
  const entry = tf.serialization.SerializationMap.getMap().classNameMap[className];
  if (!entry) throw new Error(`tfjs knows no class ${JSON.stringify(className)}.`);
  const [layerClass, fromConfig] = entry;
  const made: unknown = fromConfig(layerClass as never, config as never);
  if (!isLayer(made)) throw new Error(`${className} is no class of layers.`);
  return made;
}

function copyTrainableOfParts(original: Layer, copy: Layer): void {
  const parts = partsOf(copy);
  for (const [name, part] of partsOf(original)) {
    const own = parts.get(name);
    if (own) copyTrainable(part, own);
  }
}

interface Trainable {
  readonly _trainableWeights?: readonly { trainable: boolean }[];
}

function copyTrainable(original: Layer, copy: Layer): void {
  copy.trainable = original.trainable;
  const own = (original as unknown as Trainable)._trainableWeights ?? [];
  for (const [index, weight] of ((copy as unknown as Trainable)._trainableWeights ?? []).entries()) {
    weight.trainable = own[index]!.trainable;
  }
  copyTrainableOfParts(original, copy);
}

/**
 * Requires that no part of a layer has an activation with weights.
 *
 * @throws MODEL_UNSUPPORTED if a part has such an activation.
 */
function requireNoActivationWeights(outer: Layer, part: Layer): void {
  for (const inner of partsOf(part).values()) requireNoActivationWeights(outer, inner);
  const activation = activationLayerOf(part);
  if (!activation || activation.weights.length === 0) return;
  throw new FuseInitError(
    'MODEL_UNSUPPORTED',
    `The layer ${JSON.stringify(outer.name)} (${outer.getClassName()}) holds a layer with the activation ${JSON.stringify(activation.name)} (${activation.getClassName()}), whose weights TF.js neither trains nor saves there: put the activation into a layer of its own.`,
    { layerName: outer.name },
  );
}
