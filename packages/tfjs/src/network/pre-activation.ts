import { FuseInitError, type NetworkNode } from '@fuseinit/core';
import type { Layer, Tensor } from '../tensorflow.js';
import { activationLayerOf } from './layer-internals.js';

interface Activation {
  apply(input: Tensor): Tensor;
  getClassName(): string;
}

interface Activated {
  activation?: Activation | null;
}

/** An identity whose name makes tfjs-layers choose the kernel without an activation. */
const linear: Activation = { apply: (input) => input, getClassName: () => 'linear' };

/**
 * Runs a layer without its own activation, using its own variables, so that gradients reach them.
 *
 * tfjs-layers fuses products and activations into one kernel, so the activation is replaced during the call.
 */
export function applyBefore(layer: Layer, inputs: Tensor[], callArgs: Record<string, unknown>): Tensor {
  const activated = layer as unknown as Activated;
  const { activation } = activated;
  if (!activation) return layer.apply(inputs, callArgs) as Tensor;
  activated.activation = linear;
  try {
    return layer.apply(inputs, callArgs) as Tensor;
  } finally {
    activated.activation = activation;
  }
}

/** Applies a layer's activation to its pre-activation. Returns the latter if the layer has no activation. */
export function applyActivation(layer: Layer, before: Tensor): Tensor {
  return (layer as unknown as Activated).activation?.apply(before) ?? before;
}

/**
 * Requires a layer whose activation can be separated from it. Otherwise the layer would be treated as if it
 * had none.
 *
 * @throws LAYER_UNSUPPORTED with the name of the layer.
 */
export function requireSeparableActivation(layer: Layer): void {
  if (hasSeparableActivation(layer)) return;
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(layer.name)} (${layer.getClassName()}) has an activation by its getConfig(), but not as its property activation, an object with apply(tensor): so it can't be put aside.`,
    { layerName: layer.name },
  );
}

/** Whether a layer has no activation, or one that can be separated from it. */
export function hasSeparableActivation(layer: Layer): boolean {
  if ((layer as unknown as Activated).activation) return true;
  const { activation } = layer.getConfig() as { activation?: unknown };
  return !activation || activation === 'linear';
}

/**
 * Requires a layer whose `getConfig()` includes its activation, since copies of it and the fused layer that
 * replaces it get their activation from there.
 *
 * @throws LAYER_UNSUPPORTED with the name of the layer.
 */
export function requireDeclaredActivation(layer: Layer): void {
  const { activation } = layer as unknown as Activated;
  // An activation that is a layer of its own is recreated separately.
  if (!activation || activationLayerOf(layer)) return;
  const name = activation.getClassName?.() ?? 'unnamed';
  const { activation: declared } = layer.getConfig() as { activation?: unknown };
  if (name === 'linear' || (declared !== undefined && declared !== null)) return;
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(layer.name)} (${layer.getClassName()}) has the activation ${JSON.stringify(name)}, but not by its getConfig(): return it there, by its name, so that a copy or a fused layer can have it.`,
    { layerName: layer.name },
  );
}

/**
 * Whether a node is exactly a softmax along the last axis. Such a layer has no activation that could be
 * separated.
 */
export function isSoftmax({ layer: { className, config }, outputs }: NetworkNode): boolean {
  if (className !== 'Softmax') return false;
  const { axis } = config as { readonly axis?: number };
  return axis === -1 || (axis ?? 1) === outputs[0]!.shape.length;
}
