import { sizeOf } from '../array/nd-array.js';
import type { Network, NetworkNode } from './network.js';

/** The memory and the computation that a network needs. */
export interface NetworkCost {
  /** The number of layers that multiply by weights, which fusion reduces. */
  readonly depth: number;
  readonly parameters: number;
  /**
   * The multiply-adds per sample of all layers with kernels. Activations, pooling and batch norm aren't
   * counted.
   */
  readonly multiplyAdds: number;
  /** The size of the weights in memory, at four bytes per number. */
  readonly bytes: number;
}

/**
 * The depth, parameters, multiply-adds and bytes of a network. A layer that is called twice counts once for
 * its weights and twice for its multiply-adds.
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
 * The multiply-adds per sample of one call of a layer. Each kernel is applied once at every output position
 * (for a recurrent layer, at every time step). 0 where lengths are open.
 */
export function multiplyAddsOf({ layer, outputs: [type] }: NetworkNode): number {
  if (layer.className === 'Embedding') return 0;
  const positions = sizeOf((type?.shape ?? []).slice(0, -1).map((length) => length ?? 0));
  const kernels = layer.weights.filter(({ shape }) => shape.length > 1);
  return kernels.reduce((sum, { shape }) => sum + positions * sizeOf(shape), 0);
}
