import { FuseInitError, type NetworkNode, type NetworkWeight } from '@fuseinit/core';
import { activated, fusedActivations } from './activation-operations.js';
import {
  type Attribute,
  type GraphBuilder,
  type GraphTensor,
  integer,
  integers,
  texts,
} from './graph-builder.js';

/** A layer that is being written as operations. */
export interface WrittenLayer {
  readonly graph: GraphBuilder;
  readonly node: NetworkNode;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: readonly NetworkWeight[];
  /** The inputs, whose shapes have the batch axis first. */
  readonly inputs: readonly GraphTensor[];
  /** Returns a name for an operation of this layer: the layer's own, or one with a suffix. */
  name(suffix?: string): string;
}

/** Writes the layers of one class, and returns the tensor of the layer's output. */
export type Writer = (layer: WrittenLayer) => GraphTensor;

/** Creates the error LAYER_UNSUPPORTED for a layer that no operations can compute. */
export function withoutOperation({ name, layer }: NetworkNode, detail = ''): FuseInitError {
  return new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(name)} (${layer.className}${detail}) can't be written to a GraphModel: TensorFlow.js has no graph operation for it. Write a LayersModel instead, or take the layer out of the model.`,
    { layerName: name },
  );
}

/**
 * Adds the activation of a layer after its pre-activation.
 *
 * @throws LAYER_UNSUPPORTED for an activation that the graph has no operation for.
 */
export function withActivation(
  { graph, node, name }: WrittenLayer,
  input: GraphTensor,
  activation: string,
): GraphTensor {
  const output = activated(graph, name(), activation, input);
  if (output) return output;
  throw withoutOperation(node, ` with the activation ${JSON.stringify(activation)}`);
}

/** A product that TensorFlow.js can compute in one kernel with its bias and activation. */
export interface FusedProduct {
  /** The operation that includes a bias, and the one without. */
  readonly operations: readonly [fused: string, plain: string];
  readonly input: GraphTensor;
  readonly kernel: Pick<NetworkWeight, 'shape' | 'data'>;
  readonly bias: Pick<NetworkWeight, 'shape' | 'data'> | undefined;
  readonly activation: string;
  readonly shape: GraphTensor['shape'];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** Adds a product with its bias and activation, in one operation if there is one for all of it. */
export function fusedProduct(layer: WrittenLayer, product: FusedProduct): GraphTensor {
  const { graph, name } = layer;
  const { operations, input, kernel, bias, activation, shape, attributes } = product;
  const [fused, plain] = operations;
  const within = bias && fusedActivations[activation];
  const parts = [
    input,
    graph.weight(name('kernel'), kernel),
    ...(bias ? [graph.weight(name('bias'), bias)] : []),
  ];
  const attr = bias
    ? { ...attributes, num_args: integer(1), fused_ops: texts(['BiasAdd', ...(within ? [within] : [])]) }
    : attributes;
  const isWhole = within !== undefined || activation === 'linear';
  const output = graph.add(name(isWhole ? '' : 'linear'), bias ? fused : plain, parts, shape, attr);
  return isWhole ? output : withActivation(layer, output, activation);
}

export function isChannelsFirst({ dataFormat }: Readonly<Record<string, unknown>>): boolean {
  return dataFormat === 'channelsFirst';
}

/** Expands a value to one number for each axis. A single number applies to all axes. */
export function perAxis(value: unknown, rank: number): number[] {
  return typeof value === 'number' ? Array.from({ length: rank }, () => value) : [...(value as number[])];
}

/**
 * The strides, sizes or rates of a 4-D operation, between those of batch and channels. If there is only one
 * axis, it becomes the columns of images with one row.
 */
export function ofImages(values: readonly number[]): Attribute {
  return integers([1, ...(values.length === 1 ? [1, ...values] : values), 1]);
}

/** Adds a reshape to a shape in which the first length, the batch, is open, and no other. */
export function reshaped(
  graph: GraphBuilder,
  name: string,
  input: GraphTensor,
  shape: GraphTensor['shape'],
): GraphTensor {
  const target = graph.integers(
    `${name}/shape`,
    shape.map((length) => length ?? -1),
  );
  return graph.add(name, 'Reshape', [input, target], shape, {}, input.dtype);
}

export function transposed(
  graph: GraphBuilder,
  name: string,
  input: GraphTensor,
  axes: readonly number[],
): GraphTensor {
  const permutation = graph.integers(`${name}/perm`, axes);
  const shape = axes.map((axis) => input.shape[axis]!);
  return graph.add(name, 'Transpose', [input, permutation], shape, {}, input.dtype);
}

/**
 * Computes an operation with a sliding window over one axis on images with one row; over two axes, the input
 * is used as it is.
 *
 * @param compute Adds the operation, given the input, and the name and shape of the output.
 */
export function onImages(
  { graph, node, name }: WrittenLayer,
  input: GraphTensor,
  rank: number,
  compute: (
    input: GraphTensor,
    name: (suffix?: string) => string,
    shape: GraphTensor['shape'],
  ) => GraphTensor,
): GraphTensor {
  const shape = [null, ...node.outputs[0]!.shape];
  if (rank > 1) return compute(input, name, shape);
  const [batch, length, channels] = input.shape as [null, number | null, number];
  const row = graph.add(
    name('row'),
    'ExpandDims',
    [input, graph.integers(name('row/axis'), 1)],
    [batch, 1, length, channels],
  );
  const within = (suffix = '') => name(suffix === '' ? 'image' : suffix);
  const output = compute(row, within, [null, 1, ...shape.slice(1)]);
  return graph.add(name(), 'Squeeze', [output], shape, { axis: integers([1]), squeeze_dims: integers([1]) });
}
