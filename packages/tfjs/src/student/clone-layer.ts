import { FuseInitError } from '@fuseinit/core';
import { activationLayerOf } from '../graph/layer-internals.js';
import type { Layer, SymbolicTensor } from '../tensorflow.js';

/** A layer's copy: the layer, and its activation where that is a layer of its own. */
export interface ClonedLayer {
  readonly layer: Layer;
  readonly activation: Layer | undefined;
}

/**
 * A copy of a layer under a name, without weights until it is applied.
 *
 * An activation that is a layer of its own comes off into a layer beside, since `getConfig()` (and so a saved file)
 * would lose its parameters.
 *
 * @throws MODEL_UNSUPPORTED when the layer can't be made from its own config.
 */
export function cloneLayer(
  original: Layer,
  name: string,
  changes: Record<string, unknown> = {},
): ClonedLayer {
  const activation = activationLayerOf(original);
  const layer = fromConfig(original, { ...(activation ? { activation: 'linear' } : {}), ...changes, name });
  if (!activation || changes.activation === 'linear') return { layer, activation: undefined };
  return { layer, activation: fromConfig(activation, { name: `${name}_activation` }) };
}

/** Applies a clone to a symbolic tensor, or to several. */
export function applyClone(
  { layer, activation }: ClonedLayer,
  inputs: readonly SymbolicTensor[],
  callArgs: Record<string, unknown> | null = null,
): SymbolicTensor[] {
  const applied = layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs], callArgs ?? {}) as
    | SymbolicTensor
    | SymbolicTensor[];
  const outputs = Array.isArray(applied) ? applied : [applied];
  return activation ? outputs.map((output) => activation.apply(output) as SymbolicTensor) : outputs;
}

/** Gives a clone, once applied, its original's weights; data is shared until either is written. */
export function copyWeights(original: Layer, { layer, activation }: ClonedLayer): void {
  layer.setWeights(original.getWeights());
  if (activation) activation.setWeights(activationLayerOf(original)!.getWeights());
}

function fromConfig(original: Layer, changes: Record<string, unknown>): Layer {
  const layerClass = original.constructor as unknown as {
    fromConfig(cls: unknown, config: Record<string, unknown>): Layer;
  };
  try {
    return layerClass.fromConfig(layerClass, { ...original.getConfig(), ...changes });
  } catch (cause) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The layer ${JSON.stringify(original.name)} (${original.getClassName()}) can't be made again from its getConfig(): a custom layer must return there what its constructor takes.`,
      { layerName: original.name, cause },
    );
  }
}
