import { FuseInitError, type Network, type NetworkNode, type TensorType, tensorKey } from '@fuseinit/core';
import { typesAfter } from './read-network.js';

/**
 * What an open length is taken for where no data say it: long enough for most windows, and a multiple of most
 * strides.
 */
const assumedLength = 256;

/** Whether a network leaves a length of its inputs open, beside the batch. */
export function hasOpenLengths({ nodes, inputs }: Network): boolean {
  return nodes.some(({ name, outputs }) => inputs.includes(name) && outputs.some(isOpen));
}

function isOpen({ shape }: TensorType): boolean {
  return shape.includes(null);
}

/**
 * A network with the lengths that its inputs leave open settled, and all shapes that follow from them; the
 * same network where none is open. It computes the same.
 *
 * @param shapes Of one sample of each input, in the network's order. Default {@link assumedLength} for every
 * open length.
 * @throws LAYER_UNSUPPORTED for lengths on which a layer can't be run, with TensorFlow.js's own words.
 */
export function withInputShapes(network: Network, shapes?: readonly (readonly number[])[]): Network {
  if (!hasOpenLengths(network)) return network;
  const types = new Map<string, TensorType>();
  const nodes = network.nodes.map((node): NetworkNode => {
    const place = network.inputs.indexOf(node.name);
    const outputs =
      place >= 0
        ? node.outputs.map(({ shape, dtype }) => ({
            dtype,
            shape: shapes?.[place] ?? shape.map((length) => length ?? assumedLength),
          }))
        : outputsOf(node, types);
    outputs.forEach((type, output) => void types.set(tensorKey({ node: node.name, output }), type));
    return { ...node, outputs };
  });
  return { ...network, nodes };
}

function outputsOf(
  { name, layer, inputs, outputs }: NetworkNode,
  types: ReadonlyMap<string, TensorType>,
): readonly TensorType[] {
  const read = inputs.map((input) => types.get(tensorKey(input))!);
  try {
    return typesAfter(layer, read, outputs);
  } catch (cause) {
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `The layer ${JSON.stringify(name)} (${layer.className}) can't be run on ${read.map(({ shape }) => `[${shape}]`).join(', ')}: ${(cause as Error).message}`,
      { layerName: name, cause },
    );
  }
}

/**
 * A network with its inputs as another one has them, whose lengths may be open; all shapes follow once it is
 * written.
 */
export function withInputsOf(network: Network, { nodes, inputs }: Network): Network {
  const own = new Map(network.inputs.map((name, index) => [name, inputs[index]!]));
  return {
    ...network,
    nodes: network.nodes.map((node) => {
      const other = nodes.find(({ name }) => name === own.get(node.name));
      return other ? { ...node, outputs: other.outputs } : node;
    }),
  };
}
