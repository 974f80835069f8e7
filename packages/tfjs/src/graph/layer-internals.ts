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

/** Whether a layer is a model of its own, nested in another. */
export function isNestedModel(layer: Layer): layer is Layer & LayersModel {
  return 'layers' in layer && 'inputs' in layer && 'outputs' in layer;
}

/**
 * A layer given as another layer's `activation`, as Keras allows. tfjs runs it, but `getConfig()` of the outer layer
 * then loses its parameters.
 */
export function activationLayerOf(layer: Layer): Layer | undefined {
  const { activation } = layer as unknown as { activation?: unknown };
  return typeof activation === 'object' && activation !== null && 'inboundNodes' in activation
    ? (activation as Layer)
    : undefined;
}
