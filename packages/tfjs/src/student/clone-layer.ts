import { FuseInitError } from '@fuseinit/core';
import type * as tfjs from '@tensorflow/tfjs';
import { completeGetConfig, layerConfig } from '../graph/layer-config.js';
import { activationLayerOf, partsOf } from '../graph/layer-internals.js';
import type { Layer, SymbolicTensor, TensorFlow } from '../tensorflow.js';

/** A layer's copy: the layer, and its activation where that is a layer of its own. */
export interface ClonedLayer {
  readonly layer: Layer;
  readonly activation: Layer | undefined;
}

/** The names that a copy of a layer goes by. */
export interface CloneNames {
  readonly layer: string;
  /** Of a layer for the activation, where that comes off. */
  readonly activation: string;
}

/**
 * A copy of a layer under another name, without weights until it is applied.
 *
 * An activation that is a layer of its own comes off into a layer beside, since tfjs doesn't save its weights.
 *
 * @throws MODEL_UNSUPPORTED when the layer can't be made from its own config, or has a part whose activation has weights.
 */
export function cloneLayer(original: Layer, names: CloneNames): ClonedLayer {
  for (const part of partsOf(original).values()) requireNoActivationWeights(original, part);
  const activation = activationLayerOf(original);
  const changes = activation ? { activation: 'linear' } : {};
  return {
    layer: fromConfig(original, { ...changes, name: names.layer }),
    activation: activation && fromConfig(activation, { name: names.activation }),
  };
}

/** Applies a clone to a symbolic tensor, or to several. */
export function applyClone(
  tf: TensorFlow,
  { layer, activation }: ClonedLayer,
  inputs: readonly SymbolicTensor[],
  callArgs: Record<string, unknown> | null = null,
): SymbolicTensor[] {
  // Symbolic tensors among the arguments belong to the original's graph; tfjs lists them among the inputs too. Layers
  // write into the object, which the original keeps.
  const ownArgs = Object.fromEntries(
    Object.entries(callArgs ?? {}).filter(([, value]) => ![value].flat().some(isSymbolic)),
  );
  let outputs: SymbolicTensor[] = [];
  // The initializer of an LSTM's bias leaves tensors behind.
  tf.tidy(() => {
    outputs = [
      layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs], ownArgs),
    ].flat() as SymbolicTensor[];
    if (activation) outputs = outputs.map((output) => activation.apply(output) as SymbolicTensor);
  });
  return outputs;
}

/**
 * Gives a clone, once applied, its original's weights and what of them is trainable; data is shared until either is
 * written.
 */
export function copyWeights(original: Layer, { layer, activation }: ClonedLayer): void {
  copyTo(original, layer);
  if (activation) copyTo(activationLayerOf(original)!, activation);
}

function copyTo(original: Layer, clone: Layer): void {
  // First, since tfjs lists the trainable weights before the others.
  copyTrainable(original, clone);
  for (const [index, weight] of clone.weights.entries()) {
    // Not by setWeights, which projects weights onto constraints: that changes the last bits of those that meet them.
    (weight.read() as tfjs.Variable).assign(original.weights[index]!.read() as tfjs.Variable);
  }
}

interface Trainable {
  readonly _trainableWeights?: readonly { trainable: boolean }[];
}

function copyTrainable(original: Layer, clone: Layer): void {
  clone.trainable = original.trainable;
  const own = (original as unknown as Trainable)._trainableWeights ?? [];
  for (const [index, weight] of ((clone as unknown as Trainable)._trainableWeights ?? []).entries()) {
    weight.trainable = own[index]!.trainable;
  }
  const parts = partsOf(clone);
  for (const [name, part] of partsOf(original)) {
    const own = parts.get(name);
    if (own) copyTrainable(part, own);
  }
}

function fromConfig(original: Layer, changes: Record<string, unknown>): Layer {
  const layerClass = original.constructor as unknown as {
    fromConfig(cls: unknown, config: Record<string, unknown>): Layer;
  };
  const config = { ...layerConfig(original), ...changes };
  try {
    const layer = layerClass.fromConfig(layerClass, config);
    completeGetConfig(layer);
    return layer;
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The layer ${JSON.stringify(original.name)} (${original.getClassName()}) can't be made again from its getConfig() (${(cause as Error)?.message?.split('\n')[0]}): a custom layer must return there what its constructor takes, and custom activations, constraints, regularizers and initializers must be registered by tf.serialization.registerClass.`,
      { layerName: original.name, cause },
    );
  }
}

function isSymbolic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'sourceLayer' in value;
}

/** @throws MODEL_UNSUPPORTED */
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
