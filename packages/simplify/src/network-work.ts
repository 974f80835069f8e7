import { type Network, type NetworkNode, sizeOf, type TensorRef } from '@fuseinit/core';
import { elementsOf, type SampleShape } from './affine-steps.js';

/**
 * The estimated work of a network for one sample, which rewritings must lower. Open lengths count as 64. The
 * estimate depends on shapes only, never on the values of weights.
 */
export interface NetworkWork {
  /** The number of calls of layers, without inputs. */
  readonly layers: number;
  /** The number of parameters; those of a shared layer count once. */
  readonly parameters: number;
  /**
   * The number of multiply-adds: each weight of a kernel counts once for each position at which it is used.
   */
  readonly multiplyAdds: number;
  /** The number of elements that layers read and write, including weights. */
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
 * Whether a network is cheaper than another one: the sum of its multiply-adds and moved elements is smaller,
 * and its file is no larger. In the file size, a layer's description counts as 64 numbers, which is less than
 * its JSON takes.
 */
export function isCheaper(after: NetworkWork, before: NetworkWork): boolean {
  const work = ({ multiplyAdds, elementsMoved }: NetworkWork) => multiplyAdds + elementsMoved;
  const size = ({ parameters, layers }: NetworkWork) => parameters + 64 * layers;
  return work(after) < work(before) && size(after) <= size(before);
}

/** The difference in work between two networks. */
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
  // A convolution's kernel is used at each output position, that of a transposed convolution or a recurrent
  // cell at each input position.
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
  // A separable convolution writes and reads the intermediate result of its two convolutions.
  const between =
    layer.className === 'SeparableConv2D'
      ? 2 * elementsOf([...outputs[0]!.shape.slice(0, -1), layer.weights[1]?.shape.at(-2) ?? 0])
      : 0;
  return read + written + weights + between;
}
