import type { Network, NetworkLayer } from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';

/** A call of a layer in a model. tfjs-layers keeps it, but its types don't declare it. */
export interface LayerCall {
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
  readonly callArgs: Record<string, unknown> | null;
}

/** The call of a layer that created a symbolic tensor. */
export function callOf(symbolic: SymbolicTensor): LayerCall {
  const { sourceLayer, nodeIndex } = symbolic as unknown as { sourceLayer: Layer; nodeIndex: number };
  return (sourceLayer as unknown as { inboundNodes: LayerCall[] }).inboundNodes[nodeIndex]!;
}

/** The index of a symbolic tensor among the outputs of its call. */
export function outputIndexOf(symbolic: SymbolicTensor): number {
  return (symbolic as unknown as { tensorIndex?: number }).tensorIndex ?? 0;
}

/** Whether a value, such as a field of a layer, is a layer. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'inboundNodes' in value && 'getClassName' in value;
}

/** Whether a layer is a nested model. */
export function isNestedModel(layer: Layer): layer is Layer & LayersModel {
  return 'layers' in layer && 'inputs' in layer && 'outputs' in layer;
}

/**
 * The layer that was given as another layer's `activation`, which Keras allows. TensorFlow.js runs it, but
 * doesn't include its weights in those of the outer layer, and the `getConfig()` of the outer layer loses its
 * parameters.
 */
export function activationLayerOf(layer: Layer): Layer | undefined {
  const { activation } = layer as unknown as { activation?: unknown };
  return isLayer(activation) ? activation : undefined;
}

/**
 * The layers that a layer consists of: the layers that it wraps, the cells of a recurrent layer, or the
 * layers of a model.
 */
export function partsOf(layer: Layer): ReadonlyMap<string, Layer> {
  const fields = layer as unknown as Record<string, unknown>;
  const parts = new Map<string, Layer>();
  for (const name of ['layer', 'forwardLayer', 'backwardLayer', 'cell']) {
    const part = fields[name];
    if (isLayer(part)) parts.set(name, part);
  }
  for (const name of ['cells', 'layers']) {
    const list = fields[name];
    if (Array.isArray(list))
      for (const [at, part] of list.entries()) if (isLayer(part)) parts.set(`${name}.${at}`, part);
  }
  return parts;
}

/**
 * The names of a model's inputs or outputs. They are read from the tensors, since a `Sequential` has none
 * before it is first run.
 */
export function namesOf(tensors: readonly SymbolicTensor[]): string[] {
  return tensors.map(({ sourceLayer }) => sourceLayer.name);
}

/** The layer instances that a network was read from, each with the name of its first node. */
export function liveLayersOf({ nodes }: Network): ReadonlyMap<Layer, string> {
  const layers = new Map<Layer, string>();
  for (const { name, layer } of nodes) {
    const live = sourceOf(layer);
    if (live && !layers.has(live)) layers.set(live, name);
  }
  return layers;
}

/** The layer instance that a layer of a network was read from; undefined if a rewriting created the layer. */
export function sourceOf({ source }: NetworkLayer): Layer | undefined {
  return source as Layer | undefined;
}

/**
 * A layer's weights in an order that doesn't depend on which of them are trainable; `layer.weights` lists the
 * trainable ones first. For a layer that consists of other layers, the order is that of `layer.weights`.
 */
export function weightsOf(layer: Layer): Layer['weights'] {
  if (partsOf(layer).size > 0) return layer.weights;
  const own = layer as unknown as Record<'_trainableWeights' | '_nonTrainableWeights', Layer['weights']>;
  return [...own._trainableWeights, ...own._nonTrainableWeights];
}
