import { FuseInitError, type Network, type NetworkNode, type TensorType, tensorKey } from '@fuseinit/core';
import { typesAfter } from './read-network.js';

/**
 * The length assumed for an open length if there are no data to determine it: long enough for most windows,
 * and a multiple of most strides.
 */
const assumedLength = 256;

/** Whether the inputs of a network have open lengths apart from the batch. */
export function hasOpenLengths({ nodes, inputs }: Network): boolean {
  return nodes.some(({ name, outputs }) => inputs.includes(name) && outputs.some(isOpen));
}

function isOpen({ shape }: TensorType): boolean {
  return shape.includes(null);
}

/**
 * Resolves the open lengths of a network's inputs and all shapes that depend on them. Returns the same
 * network if no length is open. The network computes the same as before.
 *
 * @param shapes The shape of one sample of each input, in the network's order. Defaults to {@link
 *   assumedLength} for every open length.
 * @throws LAYER_UNSUPPORTED for lengths at which a layer can't be run, with the message of TensorFlow.js.
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
 * Gives a network the input shapes of another one, whose lengths may be open. All other shapes are computed
 * when it is written.
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
