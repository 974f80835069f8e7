import {
  maskMakersOf,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  nodesBehind,
  readersOf,
  sizeOf,
  tensorKey,
} from '@fuseinit/core';
import { fixedBatchOf } from '../network/fixed-batch.js';
import type { LiveLayers } from '../network/make-layer.js';
import { type RunOptions, runNetwork, startingAt, type Tap } from '../network/run-network.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';

/**
 * The activations of batches that are kept from one pass over the data for the next, so that no layer runs
 * twice on a batch.
 *
 * An activation is identified by the layers that compute it from the network's inputs, not by the name of its
 * node: the teacher and the student share what they compute alike, and a layer that is replaced computes
 * something new.
 */
export interface KeptActivations {
  /**
   * Prepares a pass over the data. The activations that later layers read replace those of earlier passes. If
   * they would need too much memory, the earlier ones stay.
   *
   * @param taps What the pass returns of every batch.
   * @param samples The number of samples in all batches; undefined if batches may differ between passes.
   *   Then nothing is kept.
   * @param isLast Whether no pass follows.
   */
  pass(network: Network, taps: readonly Tap[], samples: number | undefined, isLast: boolean): RunBatch;
  /** A copy that goes on by itself from what is kept now. */
  fork(): KeptActivations;
  dispose(): void;
}

/**
 * Runs a network on a batch, starting from activations of earlier passes, and returns what the pass taps. The
 * caller disposes the tensors.
 *
 * @param batch A name for the samples of the batch, which is the same in every pass.
 */
export type RunBatch = (batch: string, inputs: readonly Tensor[], live: LiveLayers | undefined) => Tensor[];

/** Runs a network from its inputs in every pass. */
export function runFromInputs(tf: TensorFlow, network: Network, taps: readonly Tap[]): RunBatch {
  return (_, inputs, live) => runCloned(tf, network, inputs, taps, live && { live });
}

/** Runs a network. A tap may be the model's own input, so the tensors are clones, which outlive the batch. */
function runCloned(
  tf: TensorFlow,
  network: Network,
  inputs: readonly Tensor[],
  taps: readonly Tap[],
  options: RunOptions | undefined,
): Tensor[] {
  return tf.tidy(() => runNetwork(network, inputs, taps, options).map((tensor) => tensor.clone()));
}

/** The outputs of nodes, by the identity of the node. */
type Activations = ReadonlyMap<number, readonly Tensor[]>;

/** @param mostBytes The maximum size of the activations of all batches. */
export function createKeptActivations(tf: TensorFlow, mostBytes = 2 ** 28): KeptActivations {
  return keptFrom(tf, mostBytes, createIdentities(), {
    batches: new Map(),
    kept: new Set(),
    done: new Set(),
  });
}

interface Kept {
  readonly batches: Map<string, Activations>;
  /** The nodes whose outputs are kept. */
  readonly kept: ReadonlySet<number>;
  /** The nodes that were run in passes whose activations were kept. */
  readonly done: ReadonlySet<number>;
}

function keptFrom(
  tf: TensorFlow,
  mostBytes: number,
  identify: ReturnType<typeof createIdentities>,
  begun: Kept,
): KeptActivations {
  const { batches } = begun;
  let { kept, done } = begun;
  return {
    pass(network, taps, samples, isLast) {
      if (samples === undefined || !canStartWithin(network)) return runFromInputs(tf, network, taps);
      const identities = identify(network);
      const identityOf = ({ name }: NetworkNode) => identities.get(name)!;
      const tapped = new Set(taps.filter(({ beforeActivation }) => beforeActivation).map(({ node }) => node));
      const known = network.nodes.filter((node) => kept.has(identityOf(node)) && !tapped.has(node.name));
      const running = nodesBehind(startingAt(network, new Set(known.map(({ name }) => name))), taps);
      const doneThen = new Set([...done, ...running.map(identityOf)]);
      const readers = readersOf(network);
      const read = new Set(taps.filter(({ beforeActivation }) => !beforeActivation).map(({ node }) => node));
      // A layer that is to be solved reads its tap's input again, with its new weights.
      const isReadLater = (node: NetworkNode) =>
        read.has(node.name) || readers.get(node.name)!.some((reader) => !doneThen.has(identityOf(reader)));
      const readLater = [...known, ...running].filter(
        (node) => !network.inputs.includes(node.name) && isReadLater(node),
      );
      // Nodes that compute the same are kept once.
      const later = [...new Map(readLater.map((node) => [identityOf(node), node])).values()];
      const keeps = !isLast && samples * later.reduce((sum, node) => sum + bytesOf(node), 0) <= mostBytes;
      if (keeps) {
        kept = new Set(later.map(identityOf));
        done = doneThen;
      }
      return (batch, inputs, live) => {
        const before = batches.get(batch);
        // A pass that ends early leaves batches as they were.
        const isComplete = before && known.every((node) => before.has(identityOf(node)));
        const given = isComplete && new Map(known.map((node) => [node.name, before.get(identityOf(node))!]));
        const options = { ...(live && { live }), ...(given && { known: given }) };
        if (!keeps) return runCloned(tf, network, inputs, taps, options);
        const added = later.filter((node) => !before?.has(identityOf(node)));
        const wanted = added.flatMap(({ name, outputs }) =>
          outputs.map((_, output) => ({ node: name, output })),
        );
        const tensors = runCloned(tf, network, inputs, [...taps, ...wanted], options);
        const after = new Map<number, readonly Tensor[]>();
        for (const node of later) {
          const values = before?.get(identityOf(node));
          if (values) after.set(identityOf(node), values);
        }
        const computed = tensors.slice(taps.length);
        for (const node of added) after.set(identityOf(node), computed.splice(0, node.outputs.length));
        for (const [identity, values] of before ?? []) if (!after.has(identity)) tf.dispose([...values]);
        batches.set(batch, after);
        return tensors.slice(0, taps.length);
      };
    },
    fork() {
      const copied = new Map(
        [...batches].map(([batch, activations]) => [
          batch,
          new Map(
            [...activations].map(([identity, values]) => [identity, values.map((value) => value.clone())]),
          ),
        ]),
      );
      return keptFrom(tf, mostBytes, identify, { batches: copied, kept, done });
    },
    dispose() {
      for (const activations of batches.values()) tf.dispose([...activations.values()].flat());
      batches.clear();
    },
  };
}

/** Masks aren't kept, and a network of a fixed batch size runs in parts of a batch. */
function canStartWithin(network: Network): boolean {
  return fixedBatchOf(network) === null && network.nodes.every((node) => maskMakersOf(node).length === 0);
}

/** The size of a node's outputs for one sample; NaN if the network leaves a length open. */
function bytesOf({ outputs }: NetworkNode): number {
  return outputs.reduce((sum, { shape }) => sum + 4 * sizeOf(shape.map((length) => length ?? Number.NaN)), 0);
}

/** Returns a function that gives each node of a network a number: equal for nodes that compute the same. */
function createIdentities(): (network: Network) => ReadonlyMap<string, number> {
  const layers = new WeakMap<NetworkLayer, number>();
  const calls = new Map<string, number>();
  let count = 0;
  const numbered = <Key>(
    known: { get(key: Key): number | undefined; set(key: Key, number: number): unknown },
    key: Key,
  ) => {
    const number = known.get(key) ?? count++;
    known.set(key, number);
    return number;
  };
  return ({ nodes, inputs }) => {
    const identities = new Map<string, number>();
    for (const { name, layer, inputs: read, callArgs } of nodes) {
      const place = inputs.indexOf(name);
      const from = read.map(({ node, output }) => tensorKey({ node: `${identities.get(node)}`, output }));
      const call = JSON.stringify([numbered(layers, layer), from, callArgs ?? {}]);
      identities.set(name, numbered(calls, place >= 0 ? `input ${place}` : call));
    }
    return identities;
  };
}
