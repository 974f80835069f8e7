import type { Layer } from '../tensorflow.js';
import type { LayerCall } from './layer-internals.js';

/** One output of one node. */
export interface TensorRef {
  readonly node: GraphNode;
  readonly index: number;
}

/** One call of one layer. */
export interface GraphNode {
  /** The layer's name, after the names of the models it is nested in; calls after the first add `:1`, `:2`, ... */
  readonly id: string;
  readonly layer: Layer;
  readonly call: LayerCall;
  readonly inputs: readonly TensorRef[];
}
