import {
  FuseInitError,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  type TensorRef,
} from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor, TensorFlow } from '../tensorflow.js';
import { sourceOf } from './layer-internals.js';
import { hasWeights, makeLayer, setWeights } from './make-layer.js';
import { misledByMasks } from './mask-flow.js';
import { unusedName } from './unused-name.js';

/**
 * Writes a network as a LayersModel with layers, weights and trainable flags of its own. It shares nothing
 * with the model that the network was read from, and is the caller's to save, train and dispose.
 *
 * A layer is named after the first node that calls it, with colons replaced by underscores. Slashes are kept,
 * since TensorFlow.js allows them.
 *
 * @throws MODEL_UNSUPPORTED, LAYER_UNSUPPORTED if a layer can't be created, or would receive a different mask
 *   than in the network, as layers of nested models may. Everything that was created is then disposed.
 */
export function toLayersModel(tf: TensorFlow, network: Network): LayersModel {
  const misled = misledByMasks(network);
  if (misled) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `The network ${JSON.stringify(network.name)} can't be written as a LayersModel: models that are written have no nested models, and without them the layer ${JSON.stringify(misled.name)} (${misled.layer.className}) would get another mask.`,
      { layerName: misled.name },
    );
  }
  const written = withRelu6Apart(network);
  const { model, made } = build(tf, written);
  const nodes = nodesAsLoaded(model, written, made);
  if (callsOf(nodes) === callsOf(written.nodes)) return model;
  disposeModel(model);
  return build(tf, { ...written, nodes }).model;
}

function build(tf: TensorFlow, network: Network): { model: LayersModel; made: Map<NetworkLayer, Layer> } {
  const made = new Map<NetworkLayer, Layer>();
  try {
    const model = assemble(tf, network, made);
    // A layer without known weights keeps those that TensorFlow.js initializes.
    for (const [layer, live] of made) if (hasWeights(layer, live)) setWeights(tf, layer, live);
    if (network.frozen) model.trainable = false;
    return { model, made };
  } catch (error) {
    for (const live of made.values()) for (const weight of live.weights) weight.dispose();
    throw error;
  }
}

/**
 * Orders nodes as `tf.loadLayersModel` creates the calls of a saved model: layer by layer, each call as soon
 * as its inputs exist, repeatedly. Files identify the calls of a shared layer by their index, so that calls
 * created in another order would be confused with each other once loaded.
 */
function nodesAsLoaded(
  { layers }: LayersModel,
  { nodes, inputs }: Network,
  made: ReadonlyMap<NetworkLayer, Layer>,
): NetworkNode[] {
  const calls = new Map<Layer, NetworkNode[]>();
  for (const node of nodes) {
    const live = made.get(node.layer);
    if (live) calls.set(live, [...(calls.get(live) ?? []), node]);
  }
  const ordered = nodes.filter(({ name }) => inputs.includes(name));
  const done = new Set(inputs);
  for (let before = -1; before < ordered.length; ) {
    before = ordered.length;
    for (const layer of layers) {
      const waiting = calls.get(layer) ?? [];
      const left = waiting.filter((node) => {
        if (!node.inputs.every((input) => done.has(input.node))) return true;
        done.add(node.name);
        ordered.push(node);
        return false;
      });
      calls.set(layer, left);
    }
  }
  // Nodes that no output depends on aren't saved.
  return [...ordered, ...nodes.filter(({ name }) => !done.has(name))];
}

/** Text that is equal for two lists of nodes if they call every shared layer in the same order. */
function callsOf(nodes: readonly NetworkNode[]): string {
  const shared = new Map<NetworkLayer, string[]>();
  for (const { name, layer } of nodes) shared.set(layer, [...(shared.get(layer) ?? []), name]);
  return JSON.stringify([...shared.values()].filter(({ length }) => length > 1).sort());
}

/**
 * Moves relu6 activations into layers of their own. TensorFlow.js computes relu6 in two slow operations if it
 * is the activation of a layer, and in fast ones with bit-identical results if it is a ReLU layer. Layers
 * that were read from a model are unchanged.
 */
function withRelu6Apart(network: Network): Network {
  const isJoined = ({ layer }: NetworkNode) => !sourceOf(layer) && layer.config.activation === 'relu6';
  const taken = new Set(network.nodes.map(({ name }) => name));
  const apart = new Map<string, string>();
  for (const { name, layer } of network.nodes.filter(isJoined)) {
    if (layer.className === 'Activation') continue;
    apart.set(name, unusedName(`${name}_relu6`, taken));
    taken.add(apart.get(name)!);
  }
  const follow = (ref: TensorRef) => ({ ...ref, node: apart.get(ref.node) ?? ref.node });
  const bare = new Map<NetworkLayer, NetworkLayer>();
  const nodes = network.nodes.flatMap((node): NetworkNode[] => {
    const moved = { ...node, inputs: node.inputs.map(follow) };
    if (!isJoined(node)) return [moved];
    const name = apart.get(node.name) ?? node.name;
    const { layer } = node;
    const relu = { name, className: 'ReLU', config: { maxValue: 6 }, weights: [], trainable: true };
    if (name === node.name) return [{ ...moved, layer: relu }];
    bare.set(layer, bare.get(layer) ?? { ...layer, config: { ...layer.config, activation: 'linear' } });
    return [
      { ...moved, layer: bare.get(layer)! },
      { ...node, name, layer: relu, inputs: [{ node: node.name, output: 0 }] },
    ];
  });
  return { ...network, nodes, outputs: network.outputs.map(follow) };
}

/** Creates the model. Every layer is added to `made` as it is created. */
function assemble(tf: TensorFlow, network: Network, made: Map<NetworkLayer, Layer>): LayersModel {
  const tensors = new Map<string, readonly SymbolicTensor[]>();
  const names = namesWithoutColons(network);
  const read = ({ node, output }: TensorRef): SymbolicTensor => tensors.get(node)![output]!;
  for (const node of network.nodes) {
    if (network.inputs.includes(node.name)) {
      tensors.set(node.name, [inputLike(tf, node)]);
      continue;
    }
    const live = made.get(node.layer) ?? makeLayer(tf, node.layer, names.get(node.name) ?? node.name);
    made.set(node.layer, live);
    tensors.set(node.name, applied(tf, live, node.inputs.map(read), node.callArgs));
  }
  return tf.model({
    name: network.name,
    inputs: network.inputs.map((name) => tensors.get(name)![0]!),
    outputs: network.outputs.map(read),
  });
}

/**
 * New names for layers that replace another layer's second call, whose node has a colon in its name.
 * TensorFlow.js doesn't allow colons in the names of tensors.
 */
function namesWithoutColons({ nodes }: Network): ReadonlyMap<string, string> {
  const taken = new Set(nodes.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const { name } of nodes) {
    if (!name.includes(':')) continue;
    names.set(name, unusedName(name.replaceAll(':', '_'), taken));
    taken.add(names.get(name)!);
  }
  return names;
}

function applied(
  tf: TensorFlow,
  live: Layer,
  inputs: readonly SymbolicTensor[],
  callArgs: NetworkNode['callArgs'] = {},
): SymbolicTensor[] {
  let outputs: SymbolicTensor[] = [];
  // The initializer of an LSTM's bias leaves tensors behind. Layers write into their call arguments, so these
  // are copied to keep those of the network unchanged.
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
 * Disposes all of a model that isn't in use elsewhere. `model.dispose()` alone doesn't dispose the weights of
 * a layer that is called more than once.
 */
export function disposeModel(model: LayersModel): void {
  for (const layer of model.layers) {
    // The outer model disposes a nested one as often as it calls it.
    if ('layers' in layer) continue;
    const counted = layer as unknown as { _refCount: number | null };
    while (counted._refCount !== null && counted._refCount > 1) layer.dispose();
  }
  model.dispose();
}
