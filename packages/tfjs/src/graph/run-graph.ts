import { FuseInitError } from '@fuseinit/core';
import type { Layer, Tensor } from '../tensorflow.js';
import { fixedBatchOf, inBatchesOf } from './fixed-batch.js';
import type { MaskFlow } from './mask-flow.js';
import type { GraphNode, ModelGraph, TensorRef } from './model-graph.js';
import { applyActivation, applyBefore, isSoftmax } from './pre-activation.js';
import { requireRunnable } from './require-runnable.js';

/** A tensor of a graph. */
export interface Wanted extends TensorRef {
  /**
   * What the node computes before its own activation, where that is separable: of a layer Softmax its input. Of a node
   * with several outputs, the output itself.
   */
  readonly beforeActivation?: boolean;
}

/** What can be run: a model's graph, or a student's on its teacher's. */
export type Runnable = Pick<ModelGraph, 'nodes' | 'inputs' | 'masks'>;

/** Tells of which layers dropout drops and batch normalisation takes the batch's own moments. */
export type Trains = (layer: Layer) => boolean;

type Mask = Tensor | undefined;

/**
 * Runs the part of a graph that the wanted tensors depend on, each layer once, with the masks that it gets in `predict`,
 * and returns them in order. Call it inside `tf.tidy` or a gradient, for what layers leave behind.
 *
 * Layers are called as they are: no probe model is made, since disposing one would dispose the caller's weights. At
 * inference each tensor between is disposed after its last use, and a model of a fixed batch is run in batches of that
 * size.
 *
 * @param feeds One tensor for each of the model's inputs, in its order.
 * @param trains For training: then no tensor is disposed, since gradients need them.
 * @throws MODEL_UNSUPPORTED, LAYER_UNSUPPORTED for what TensorFlow.js can't run, with its own words.
 */
export function runGraph(
  graph: Runnable,
  feeds: readonly Tensor[],
  wanted: readonly Wanted[],
  trains?: Trains,
): Tensor[] {
  requireRunnable(graph);
  if (trains) return runOnce(graph, feeds, wanted, trains);
  const batch = fixedBatchOf(graph.inputs.map(({ call }) => call.outputTensors[0]!));
  return inBatchesOf(batch, feeds, (part) => runOnce(graph, part, wanted));
}

export interface ModelRun {
  readonly outputs: readonly Tensor[];
  /** Of the model's outputs, what stands before their last activation: logits, where that is a softmax. */
  readonly outputPreActivations: readonly Tensor[];
  /** Of the nodes asked for, in order; of a layer with several outputs the first, as it is. */
  readonly preActivations: readonly Tensor[];
}

/** Runs a whole model, as {@link runGraph} does, and tells what stands before activations. */
export function runModel(
  graph: ModelGraph,
  feeds: readonly Tensor[],
  asked: readonly GraphNode[],
  trains?: Trains,
): ModelRun {
  const before = (ref: TensorRef): Wanted => ({ ...ref, beforeActivation: true });
  const count = graph.outputs.length;
  const tensors = runGraph(
    graph,
    feeds,
    [...graph.outputs, ...graph.outputs.map(before), ...asked.map((node) => before({ node, index: 0 }))],
    trains,
  );
  return {
    outputs: tensors.slice(0, count),
    outputPreActivations: tensors.slice(count, 2 * count),
    preActivations: tensors.slice(2 * count),
  };
}

function runOnce(
  graph: Runnable,
  feeds: readonly Tensor[],
  wanted: readonly Wanted[],
  trains?: Trains,
): Tensor[] {
  const { inputs: inputNodes, masks: flow } = graph;
  const values = new Map<GraphNode, readonly Tensor[]>();
  const before = new Map<GraphNode, Tensor>();
  const masks = new Map<GraphNode, Mask>();
  const nodes = dependenciesOf(graph, wanted);
  const masking = new Set(nodes.flatMap((node) => maskMakers(flow, node)));
  const tapped = new Set(wanted.filter((want) => want.beforeActivation).map(({ node }) => node));
  const isSeparable = ({ call }: GraphNode) => call.outputTensors.length === 1;
  const kept = new Set(
    wanted.filter((want) => !want.beforeActivation || !isSeparable(want.node)).map(({ node }) => node),
  );
  const readsLeft = new Map<GraphNode, number>();
  for (const { node } of nodes.flatMap(({ inputs }) => inputs))
    readsLeft.set(node, (readsLeft.get(node) ?? 0) + 1);
  for (const [index, node] of inputNodes.entries()) {
    values.set(node, typed(node, [feeds[index]!]));
    kept.add(node);
  }

  for (const node of nodes) {
    if (values.has(node)) continue;
    const { layer } = node;
    const inputs = node.inputs.map(({ node: source, index }) => values.get(source)![index]!);
    const { given, ofInputs = [] } = flow.get(node) ?? {};
    // The executor of tfjs-layers passes a list of inputs always, and no argument that there is nothing to say by.
    const args = {
      ...(given && { mask: masks.get(given) }),
      ...(trains && { training: trains(layer) }),
    };
    callingIt(node, inputs, () => {
      if (!tapped.has(node) || !isSeparable(node)) {
        values.set(node, typed(node, [layer.apply(inputs, args)].flat() as Tensor[]));
      } else if (isSoftmax(layer)) {
        values.set(node, [layer.apply(inputs, args) as Tensor]);
        before.set(node, inputs[0]!);
      } else {
        const preActivation = applyBefore(layer, inputs, args);
        before.set(node, preActivation);
        if (kept.has(node) || readsLeft.has(node)) values.set(node, [applyActivation(layer, preActivation)]);
      }
      if (masking.has(node)) {
        const inputMasks = ofInputs.map((maker) => maker && masks.get(maker));
        const mask = layer.computeMask(inputs, inputMasks as Tensor[]) as Tensor | Tensor[] | null;
        masks.set(node, [mask].flat()[0] ?? undefined);
      }
    });
    if (trains) continue;
    const results = new Set(before.values());
    for (const { node: source } of node.inputs) {
      readsLeft.set(source, readsLeft.get(source)! - 1);
      if (readsLeft.get(source)! > 0 || kept.has(source) || source.layer.stateful) continue;
      for (const tensor of values.get(source)!) if (!results.has(tensor)) tensor.dispose();
    }
  }
  return wanted.map(
    ({ node, index, beforeActivation }) =>
      (beforeActivation && before.get(node)) || values.get(node)![index]!,
  );
}

/** @throws LAYER_UNSUPPORTED with TensorFlow.js's own words where it can't run a layer. */
function callingIt({ id, layer }: GraphNode, inputs: readonly Tensor[], call: () => void): void {
  try {
    call();
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const read = inputs.map(({ shape }) => `[${shape}]`).join(', ');
    throw new FuseInitError(
      'LAYER_UNSUPPORTED',
      `TensorFlow.js can't run the layer ${JSON.stringify(id)} (${layer.getClassName()}) on ${read}: ${(cause as Error).message}`,
      { layerName: id, cause },
    );
  }
}

/** What a call gives, of the types that tfjs-layers says its outputs have. */
function typed({ call }: GraphNode, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor, index) => {
    const { dtype } = call.outputTensors[index]!;
    return tensor.dtype === dtype ? tensor : tensor.cast(dtype);
  });
}

function maskMakers(flow: MaskFlow, node: GraphNode): GraphNode[] {
  const { given, ofInputs = [] } = flow.get(node) ?? {};
  return [given, ...ofInputs].filter((maker) => maker !== undefined);
}

/** The nodes that tensors are computed from, each after those that it reads or has a mask of. */
function dependenciesOf({ masks }: Runnable, wanted: readonly TensorRef[]): GraphNode[] {
  const ordered = new Set<GraphNode>();
  const visit = (node: GraphNode): void => {
    if (ordered.has(node)) return;
    for (const source of [...node.inputs.map((input) => input.node), ...maskMakers(masks, node)])
      visit(source);
    ordered.add(node);
  };
  for (const { node } of wanted) visit(node);
  return [...ordered];
}
