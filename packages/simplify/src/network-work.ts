import { type Network, type NetworkNode, sizeOf, type TensorRef } from '@fuseinit/core';
import { elementsOf, type SampleShape } from './affine-steps.js';

/**
 * What a network takes for one sample, by a model of it that rewritings must lower: lengths that it leaves
 * open count as 64, and shapes alone are read, never the numbers of weights.
 */
export interface NetworkWork {
  /** Calls of layers, inputs not counted. */
  readonly layers: number;
  /** Numbers in weights; those of a shared layer once. */
  readonly parameters: number;
  /** Each weight of a kernel once for each position that it is used at. */
  readonly multiplyAdds: number;
  /** Numbers that layers read and write, weights included. */
  readonly elementsMoved: number;
}

/** Returns the work of a network, which the rules of simplification must lower. */
export function networkWork(network: Network): NetworkWork {
  const byName = new Map(network.nodes.map((node) => [node.name, node]));
  const shapeOf: ShapeOf = ({ node, output }) => byName.get(node)!.outputs[output]!.shape;
  const nodes = network.nodes.filter(({ layer }) => layer.className !== 'InputLayer');
  const layers = new Set(nodes.map(({ layer }) => layer));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    layers: nodes.length,
    parameters: sum([...layers].map(({ weights }) => sum(weights.map(({ shape }) => sizeOf(shape))))),
    multiplyAdds: sum(nodes.map((node) => multiplyAddsOf(node, shapeOf))),
    elementsMoved: sum(nodes.map((node) => elementsMovedBy(node, shapeOf))),
  };
}

/**
 * Whether a network takes less than another one: fewer multiply-adds and elements moved together, and a file
 * that is no larger. A layer's description counts as 64 numbers there, which is less than its JSON takes.
 */
export function isCheaper(after: NetworkWork, before: NetworkWork): boolean {
  const work = ({ multiplyAdds, elementsMoved }: NetworkWork) => multiplyAdds + elementsMoved;
  const size = ({ parameters, layers }: NetworkWork) => parameters + 64 * layers;
  return work(after) < work(before) && size(after) <= size(before);
}

/** What one network takes more than another. */
export function difference(before: NetworkWork, after: NetworkWork): NetworkWork {
  return {
    layers: before.layers - after.layers,
    parameters: before.parameters - after.parameters,
    multiplyAdds: before.multiplyAdds - after.multiplyAdds,
    elementsMoved: before.elementsMoved - after.elementsMoved,
  };
}

type ShapeOf = (tensor: TensorRef) => SampleShape;

function multiplyAddsOf({ layer, inputs, outputs }: NetworkNode, shapeOf: ShapeOf): number {
  if (layer.className === 'Embedding') return 0;
  const positions = (of: SampleShape) => elementsOf(of.slice(0, -1));
  const read = inputs[0] ? positions(shapeOf(inputs[0])) : 1;
  const written = positions(outputs[0]!.shape);
  // A strided or 'valid' window is used where it writes, a transposed one or a recurrent cell where it reads.
  const uses = /^(Dense|Conv\dD|DepthwiseConv2D|SeparableConv2D)$/.test(layer.className)
    ? written
    : Math.max(read, written);
  const weights = layer.weights.filter(({ shape }) => shape.length > 1);
  return weights.reduce((sum, { shape }) => sum + sizeOf(shape) * uses, 0);
}

function elementsMovedBy({ layer, inputs, outputs }: NetworkNode, shapeOf: ShapeOf): number {
  const read = inputs.reduce((sum, input) => sum + elementsOf(shapeOf(input)), 0);
  const written = outputs.reduce((sum, { shape }) => sum + elementsOf(shape), 0);
  const weights = layer.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  // A separable convolution writes and reads what its two convolutions hand on.
  const between =
    layer.className === 'SeparableConv2D'
      ? 2 * elementsOf([...outputs[0]!.shape.slice(0, -1), layer.weights[1]?.shape.at(-2) ?? 0])
      : 0;
  return read + written + weights + between;
}
