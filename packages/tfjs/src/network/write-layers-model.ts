import type { Network, NetworkLayer, NetworkNode, TensorRef } from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { hasWeights, makeLayer, setWeights } from './make-layer.js';

/**
 * A network as a LayersModel of layers of its own, with the network's weights and what of them trains. It shares nothing with
 * the model that the network was read from, and is the caller's to save, train and dispose.
 *
 * A layer's name is that of the first node that calls it. Slashes stay: they are legal in TensorFlow.js.
 *
 * @throws MODEL_UNSUPPORTED, LAYER_UNSUPPORTED when a layer can't be made; nothing is left behind then.
 */
export function toLayersModel(tf: TensorFlow, network: Network): LayersModel {
  const made = new Map<NetworkLayer, Layer>();
  try {
    const model = assemble(tf, network, made);
    // A layer that no weights were given keeps those that TensorFlow.js draws.
    for (const [layer, live] of made) if (hasWeights(layer, live)) setWeights(tf, layer, live);
    if (network.frozen) model.trainable = false;
    return model;
  } catch (error) {
    for (const live of made.values()) for (const weight of live.weights) weight.dispose();
    throw error;
  }
}

/** Every layer is added to `made` as it is made. */
function assemble(tf: TensorFlow, network: Network, made: Map<NetworkLayer, Layer>): LayersModel {
  const tensors = new Map<string, readonly SymbolicTensor[]>();
  const read = ({ node, output }: TensorRef): SymbolicTensor => tensors.get(node)![output]!;
  for (const node of network.nodes) {
    if (network.inputs.includes(node.name)) {
      tensors.set(node.name, [inputLike(tf, node)]);
      continue;
    }
    const live = made.get(node.layer) ?? makeLayer(tf, node.layer, node.name);
    made.set(node.layer, live);
    tensors.set(node.name, applied(tf, live, node.inputs.map(read), node.callArgs));
  }
  return tf.model({
    name: network.name,
    inputs: network.inputs.map((name) => tensors.get(name)![0]!),
    outputs: network.outputs.map(read),
  });
}

function applied(
  tf: TensorFlow,
  live: Layer,
  inputs: readonly SymbolicTensor[],
  callArgs: NetworkNode['callArgs'] = {},
): SymbolicTensor[] {
  let outputs: SymbolicTensor[] = [];
  // The initializer of an LSTM's bias leaves tensors behind. Layers write into the arguments, which the network keeps.
  tf.tidy(() => {
    const read = inputs.length === 1 ? inputs[0]! : [...inputs];
    outputs = [live.apply(read, { ...callArgs })].flat() as SymbolicTensor[];
  });
  return outputs;
}

function inputLike(
  tf: TensorFlow,
  { name, outputs: [type], layer: { config } }: NetworkNode,
): SymbolicTensor {
  const { sparse = false, batchInputShape } = config as {
    readonly sparse?: boolean;
    readonly batchInputShape?: readonly (number | null)[];
  };
  const batch = batchInputShape?.[0] ?? null;
  return tf.input({ name, batchShape: [batch, ...type!.shape], dtype: type!.dtype as 'float32', sparse });
}

/**
 * Disposes a model that nobody else has seen, all of it: `model.dispose()` alone leaves the weights of a layer that is
 * called more than once.
 */
export function disposeModel(model: LayersModel): void {
  for (const layer of model.layers) {
    // The model around a nested one disposes it as often as it calls it.
    if ('layers' in layer) continue;
    const counted = layer as unknown as { _refCount: number | null };
    while (counted._refCount !== null && counted._refCount > 1) layer.dispose();
  }
  model.dispose();
}
