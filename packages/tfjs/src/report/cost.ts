import { sizeOf } from '@fuseinit/core';
import { type GraphNode, readGraph } from '../graph/model-graph.js';
import type { LayersModel } from '../tensorflow.js';

/** What a network costs to hold and to run. */
export interface ModelCost {
  /** Layers that hold weights and multiply: what fusion makes fewer. */
  readonly depth: number;
  readonly parameters: number;
  /** Per sample, of layers that hold kernels; the rest (activations, pooling, batch norm) isn't counted. */
  readonly multiplyAdds: number;
  /** Of the weights as they lie in memory. */
  readonly bytes: number;
}

/** Parameters, multiply-adds and bytes of a model; weights of a layer used twice count once, its work twice. */
export function costOf(model: LayersModel): ModelCost {
  const { nodes } = readGraph(model);
  const work = nodes.map(multiplyAddsOf);
  return {
    depth: work.filter((multiplyAdds) => multiplyAdds > 0).length,
    parameters: model.countParams(),
    multiplyAdds: work.reduce((sum, multiplyAdds) => sum + multiplyAdds, 0),
    bytes: model.weights.reduce(
      (sum, weight) => sum + sizeOf(weight.shape as number[]) * (weight.dtype === 'bool' ? 1 : 4),
      0,
    ),
  };
}

/**
 * Multiply-adds per sample of one call of a layer: each kernel is used once at every output position (for a recurrent
 * layer, at every step). 0 where lengths are open.
 */
export function multiplyAddsOf({ layer, call }: GraphNode): number {
  if (layer.getClassName() === 'Embedding') return 0;
  const kernels = layer.weights.filter((weight) => weight.shape.length > 1);
  const output = call.outputShapes[0] ?? [];
  const positions = sizeOf(output.slice(1, -1).map((length) => length ?? 0));
  return kernels.reduce((sum, kernel) => sum + positions * sizeOf(kernel.shape as number[]), 0);
}
