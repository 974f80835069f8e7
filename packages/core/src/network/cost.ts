import { sizeOf } from '../array/nd-array.js';
import type { Network, NetworkNode } from './network.js';

/** What a network costs to hold and to run. */
export interface NetworkCost {
  /** Layers that hold weights and multiply: what fusion makes fewer. */
  readonly depth: number;
  readonly parameters: number;
  /** Per sample, of layers that hold kernels; the rest (activations, pooling, batch norm) isn't counted. */
  readonly multiplyAdds: number;
  /** Of the weights as they lie in memory, four bytes for each number. */
  readonly bytes: number;
}

/**
 * Parameters, multiply-adds and bytes of a network; weights of a layer used twice count once, its work twice.
 */
export function costOf({ nodes }: Pick<Network, 'nodes'>): NetworkCost {
  const work = nodes.map(multiplyAddsOf);
  const weights = [...new Set(nodes.map(({ layer }) => layer))].flatMap((layer) => layer.weights);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    depth: work.filter((multiplyAdds) => multiplyAdds > 0).length,
    parameters: sum(weights.map(({ shape }) => sizeOf(shape))),
    multiplyAdds: sum(work),
    bytes: sum(weights.map(({ shape, dtype }) => sizeOf(shape) * (dtype === 'bool' ? 1 : 4))),
  };
}

/**
 * Multiply-adds per sample of one call of a layer: each kernel is used once at every output position (for a
 * recurrent layer, at every step). 0 where lengths are open.
 */
export function multiplyAddsOf({ layer, outputs: [type] }: NetworkNode): number {
  if (layer.className === 'Embedding') return 0;
  const positions = sizeOf((type?.shape ?? []).slice(0, -1).map((length) => length ?? 0));
  const kernels = layer.weights.filter(({ shape }) => shape.length > 1);
  return kernels.reduce((sum, { shape }) => sum + positions * sizeOf(shape), 0);
}
