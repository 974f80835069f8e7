import {
  FuseInitError,
  maskMakersOf,
  type Network,
  type NetworkNode,
  nodesBehind,
  type TensorRef,
} from '@fuseinit/core';
import type { Layer, Tensor } from '../tensorflow.js';
import { fixedBatchOf, inBatchesOf } from './fixed-batch.js';
import { activationLayerOf, sourceOf } from './layer-internals.js';
import type { LiveLayers } from './make-layer.js';
import { applyActivation, applyBefore, isSoftmax } from './pre-activation.js';

/** A tensor of a network that a run returns. */
export interface Tap extends TensorRef {
  /**
   * Whether to return the node's pre-activation instead, if it is separable; for a Softmax layer that is its
   * input. For a node with several outputs, the output itself is returned.
   */
  readonly beforeActivation?: boolean;
}

export interface RunOptions {
  /**
   * The instances of the layers that the network wasn't read with. They are needed unless every layer was
   * read from a model.
   */
  readonly live?: LiveLayers;
  /**
   * Returns whether a layer is run in training mode, in which dropout drops inputs and batch normalization
   * uses the moments of the batch. If given, no intermediate tensor is disposed, since gradients need them.
   */
  readonly trains?: (layer: Layer) => boolean;
  /**
   * The outputs of nodes that were run already, by name. Nodes that only they read aren't run, and they
   * aren't disposed. Only for networks without masks and without a fixed batch size, and not for nodes that
   * are tapped before their activation.
   */
  readonly known?: ReadonlyMap<string, readonly Tensor[]>;
}

type Mask = Tensor | undefined;

/**
 * Runs the part of a network that the taps depend on, each node once and with the masks that it receives in
 * `predict`, and returns the taps in order. Call it inside `tf.tidy` or a gradient function, which disposes
 * the tensors that layers leave behind.
 *
 * Layer instances that the network was read from are called directly. No intermediate model is created, since
 * disposing it would dispose the caller's weights. At inference, each intermediate tensor is disposed after
 * its last use, and a network with a fixed batch size is run in batches of that size.
 *
 * @param feeds A tensor for each of the network's inputs, in its order.
 * @throws MODEL_UNSUPPORTED, LAYER_UNSUPPORTED if TensorFlow.js can't run it, with its message.
 */
export function runNetwork(
  network: Network,
  feeds: readonly Tensor[],
  taps: readonly Tap[],
  options: RunOptions = {},
): Tensor[] {
  requireRunnable(network);
  if (options.trains) return runOnce(network, feeds, taps, options);
  return inBatchesOf(fixedBatchOf(network), feeds, (part) => runOnce(network, part, taps, options));
}

/** The results of running a network, with pre-activations. */
export interface ModelRun {
  readonly outputs: readonly Tensor[];
  /** The pre-activations of the network's outputs: logits, if the last activation is a softmax. */
  readonly outputPreActivations: readonly Tensor[];
  /**
   * The pre-activations of the requested nodes, in order. For a layer with several outputs, this is its first
   * output.
   */
  readonly preActivations: readonly Tensor[];
}

/** Runs a whole network as {@link runNetwork} does, and returns its outputs and pre-activations. */
export function runModel(
  network: Network,
  feeds: readonly Tensor[],
  nodes: readonly string[],
  options: RunOptions = {},
): ModelRun {
  const before = (ref: TensorRef): Tap => ({ ...ref, beforeActivation: true });
  const { outputs } = network;
  const tensors = runNetwork(
    network,
    feeds,
    [...outputs, ...outputs.map(before), ...nodes.map((node) => before({ node, output: 0 }))],
    options,
  );
  const count = outputs.length;
  return {
    outputs: tensors.slice(0, count),
    outputPreActivations: tensors.slice(count, 2 * count),
    preActivations: tensors.slice(2 * count),
  };
}

function runOnce(
  network: Network,
  feeds: readonly Tensor[],
  taps: readonly Tap[],
  { live, trains, known = new Map() }: RunOptions,
): Tensor[] {
  const values = new Map<string, readonly Tensor[]>(known);
  const before = new Map<string, Tensor>();
  const masks = new Map<string, Mask>();
  const nodes = nodesBehind(known.size > 0 ? startingAt(network, known) : network, taps);
  const masking = new Set(nodes.flatMap(maskMakersOf));
  const tapped = new Set(taps.filter((tap) => tap.beforeActivation).map(({ node }) => node));
  const readsLeft = new Map<string, number>();
  for (const { node } of nodes.flatMap(({ inputs }) => inputs))
    readsLeft.set(node, (readsLeft.get(node) ?? 0) + 1);
  const byName = new Map(network.nodes.map((node) => [node.name, node]));
  const isSeparable = (name: string) => byName.get(name)!.outputs.length === 1;
  const kept = new Set(
    taps.filter((tap) => !tap.beforeActivation || !isSeparable(tap.node)).map(({ node }) => node),
  );
  for (const name of known.keys()) kept.add(name);
  for (const [index, name] of network.inputs.entries()) {
    values.set(name, typed(byName.get(name)!, [feeds[index]!]));
    kept.add(name);
  }

  for (const node of nodes) {
    const { name, masks: { given = null, ofInputs = [] } = {} } = node;
    if (values.has(name)) continue;
    const inputs = node.inputs.map(({ node: source, output }) => values.get(source)![output]!);
    // The executor of tfjs-layers always passes a list of inputs, and omits arguments that have no value.
    callingIt(node, inputs, () => {
      const layer = liveLayer(node, inputs, live);
      const args = {
        ...(given !== null && { mask: masks.get(given) }),
        ...(trains && { training: trains(layer) }),
      };
      // An activation that is a layer of its own is also a node of its own.
      const isBare = activationLayerOf(layer) !== undefined;
      if (!isBare && (!tapped.has(name) || !isSeparable(name))) {
        values.set(name, typed(node, [layer.apply(inputs, args)].flat() as Tensor[]));
      } else if (isSoftmax(node)) {
        values.set(name, [layer.apply(inputs, args) as Tensor]);
        before.set(name, inputs[0]!);
      } else {
        const preActivation = applyBefore(layer, inputs, args);
        before.set(name, preActivation);
        if (isBare) values.set(name, [preActivation]);
        else if (kept.has(name) || readsLeft.has(name))
          values.set(name, [applyActivation(layer, preActivation)]);
      }
      if (masking.has(name)) {
        const inputMasks = ofInputs.map((maker) => (maker === null ? undefined : masks.get(maker)));
        const mask = layer.computeMask(inputs, inputMasks as Tensor[]) as Tensor | Tensor[] | null;
        masks.set(name, [mask].flat()[0] ?? undefined);
      }
    });
    if (trains) continue;
    const results = new Set(before.values());
    for (const { node: source } of node.inputs) {
      readsLeft.set(source, readsLeft.get(source)! - 1);
      if (readsLeft.get(source)! > 0 || kept.has(source)) continue;
      for (const tensor of values.get(source)!) if (!results.has(tensor)) tensor.dispose();
    }
  }
  return taps.map(
    ({ node, output, beforeActivation }) =>
      (beforeActivation && before.get(node)) || values.get(node)![output]!,
  );
}

/** The network, with no inputs for those nodes whose outputs are known. */
export function startingAt(network: Network, known: Pick<ReadonlySet<string>, 'has'>): Network {
  const nodes = network.nodes.map((node) => (known.has(node.name) ? { ...node, inputs: [] } : node));
  return { ...network, nodes };
}

function liveLayer(
  { layer, name }: NetworkNode,
  inputs: readonly Tensor[],
  live: LiveLayers | undefined,
): Layer {
  const found = live
    ? live.of(
        layer,
        inputs.map(({ shape }) => shape),
      )
    : sourceOf(layer);
  if (found) return found;
  throw new Error(
    `The layer ${JSON.stringify(name)} was made by a rewriting, and nothing was given to run it.`,
  );
}

/**
 * Runs a layer's call and wraps its errors.
 *
 * @throws LAYER_UNSUPPORTED if TensorFlow.js can't run the layer, with its message.
 */
function callingIt({ name, layer }: NetworkNode, inputs: readonly Tensor[], call: () => void): void {
  try {
    call();
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const read = inputs.map(({ shape }) => `[${shape}]`).join(', ');
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `TensorFlow.js can't run the layer ${JSON.stringify(name)} (${layer.className}) on ${read}: ${(cause as Error).message}`,
      { layerName: name, cause },
    );
  }
}

/** Casts the outputs of a call to the types that tfjs-layers declares for them. */
function typed({ outputs }: NetworkNode, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor, index) => {
    const { dtype } = outputs[index]!;
    return tensor.dtype === dtype ? tensor : tensor.cast(dtype as 'float32');
  });
}

/**
 * Requires a network with numeric inputs whose output for a sample doesn't depend on earlier samples.
 *
 * @throws MODEL_UNSUPPORTED for inputs that aren't numeric, as {@link requireNumericInputs} does.
 * @throws LAYER_UNSUPPORTED for a stateful layer.
 */
function requireRunnable({ nodes, inputs }: Network): void {
  requireNumericInputs(
    nodes
      .filter(({ name }) => inputs.includes(name))
      .map(({ name, outputs: [type] }) => ({ name, dtype: type!.dtype, shape: type!.shape })),
  );
  const stateful = nodes.find(({ layer }) => sourceOf(layer)?.stateful);
  if (!stateful) return;
  throw new FuseInitError(
    'LAYER_UNSUPPORTED',
    `The layer ${JSON.stringify(stateful.name)} (${stateful.layer.className}) is stateful: it goes on from the batch before, so that there is no one output for a sample, and running it would change the state of your model. Load the model with stateful: false.`,
    { layerName: stateful.name },
  );
}

const dtypes = new Set<string>(['float32', 'int32', 'bool']);

/**
 * Requires inputs of types that TensorFlow.js computes with. A file may name others, such as uint8.
 *
 * @param inputs The inputs, with their shapes without the batch axis.
 * @throws MODEL_UNSUPPORTED for an input of another type, or one with an axis of length 0.
 */
export function requireNumericInputs(
  inputs: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly (number | null)[];
  }[],
): void {
  for (const { dtype, shape, name } of inputs) {
    if (!dtypes.has(dtype)) {
      const advice = ['string', 'complex64'].includes(dtype)
        ? 'Leave out of the model what makes such numbers of it, and give these.'
        : 'Its predict refuses this model, too: set the dtype of this InputLayer to int32 or float32 in model.json, or export the model again so.';
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} is of dtype ${dtype}: float32, int32 or bool was expected, the kinds of numbers that TensorFlow.js computes with. ${advice}`,
        { layerName: name },
      );
    }
    if (shape.includes(0)) {
      throw new FuseInitError(
        'MODEL_UNSUPPORTED',
        `The input ${JSON.stringify(name)} is of shape [${shape}], which holds no number: leave it out of the model.`,
        { layerName: name },
      );
    }
  }
}
