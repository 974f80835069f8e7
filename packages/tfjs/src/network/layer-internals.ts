import type { Network, NetworkLayer } from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';

/** One call of a layer in a model; tfjs keeps it, but doesn't type it for the outside. */
export interface LayerCall {
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
  readonly inputShapes: readonly (readonly (number | null)[])[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
  readonly callArgs: Record<string, unknown> | null;
}

/** The call of a layer that made a symbolic tensor. */
export function callOf(symbolic: SymbolicTensor): LayerCall {
  const { sourceLayer, nodeIndex } = symbolic as unknown as { sourceLayer: Layer; nodeIndex: number };
  return (sourceLayer as unknown as { inboundNodes: LayerCall[] }).inboundNodes[nodeIndex]!;
}

/** Which of its call's outputs a symbolic tensor is. */
export function outputIndexOf(symbolic: SymbolicTensor): number {
  return (symbolic as unknown as { tensorIndex?: number }).tensorIndex ?? 0;
}

/** Whether a value, such as a field of a layer, is a layer. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'inboundNodes' in value && 'getClassName' in value;
}

/** Whether a layer is a model of its own, nested in another. */
export function isNestedModel(layer: Layer): layer is Layer & LayersModel {
  return 'layers' in layer && 'inputs' in layer && 'outputs' in layer;
}

/**
 * A layer given as another layer's `activation`, as Keras allows. tfjs runs it, but keeps its weights out of
 * those of the outer layer, and `getConfig()` of the outer layer loses its parameters.
 */
export function activationLayerOf(layer: Layer): Layer | undefined {
  const { activation } = layer as unknown as { activation?: unknown };
  return isLayer(activation) ? activation : undefined;
}

/**
 * The layers that a layer is made of: what it wraps, the cells of a recurrent layer, the layers of a model.
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

/** The names of a model's inputs or outputs; a `Sequential` has none of its own before it is first run. */
export function namesOf(tensors: readonly SymbolicTensor[]): string[] {
  return tensors.map(({ sourceLayer }) => sourceLayer.name);
}

/** The live layers that a network was read from, each with the name of its first node. */
export function liveLayersOf({ nodes }: Network): ReadonlyMap<Layer, string> {
  const layers = new Map<Layer, string>();
  for (const { name, layer } of nodes) {
    const live = sourceOf(layer);
    if (live && !layers.has(live)) layers.set(live, name);
  }
  return layers;
}

/** The live layer that a layer of a network was read from; undefined for one that a rewriting made. */
export function sourceOf({ source }: NetworkLayer): Layer | undefined {
  return source as Layer | undefined;
}

/**
 * A layer's weights in an order that doesn't depend on which of them train: `layer.weights` lists those that
 * do before the others. A layer made of other layers lists theirs.
 */
export function weightsOf(layer: Layer): Layer['weights'] {
  if (partsOf(layer).size > 0) return layer.weights;
  const own = layer as unknown as Record<'_trainableWeights' | '_nonTrainableWeights', Layer['weights']>;
  return [...own._trainableWeights, ...own._nonTrainableWeights];
}
