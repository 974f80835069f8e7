import { FuseInitError } from '../errors/fuse-init-error.js';
import { didYouMean, listNames } from '../errors/known-names.js';

/** A trained network as plain data: layers, their weights, and which tensor each of them reads. */
export interface Network {
  readonly name: string;
  /** The nodes in topological order: each node comes after all nodes that it reads. */
  readonly nodes: readonly NetworkNode[];
  /** The names of the nodes of class `InputLayer`, in the order of the network's inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly TensorRef[];
  /**
   * Whether the model as a whole is frozen: training then changes no weight, regardless of the layers' own
   * flags. Default false.
   */
  readonly frozen?: boolean;
}

/** One call of one layer. */
export interface NetworkNode {
  /**
   * The unique name of the node: the layer's name, prefixed with the names of the models that it was nested
   * in, as in `inner/conv`. Calls of a layer after its first add `:1`, `:2`, ...
   */
  readonly name: string;
  /** The layer that is called. Nodes that share a layer, and so its weights, hold the same object. */
  readonly layer: NetworkLayer;
  /** The tensors that the layer reads, in order; empty for an `InputLayer`. */
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorType[];
  /**
   * The names of the teacher's layers that this node represents: a rewritten node lists all layers merged
   * into it.
   */
  readonly origins: readonly string[];
  /**
   * The masks that are passed to the call; absent where neither its result nor the mask that it computes
   * depends on one.
   */
  readonly masks?: NodeMasks;
  /** The call's further arguments, named as in tfjs-layers. */
  readonly callArgs?: Readonly<Record<string, unknown>>;
}

/** A layer by its tfjs-layers class, config and weights. */
export interface NetworkLayer {
  readonly name: string;
  /** The class name in tfjs-layers, such as `Conv2D`, `Dense` or `MaxPooling2D`. */
  readonly className: string;
  /**
   * The config from which the class's `fromConfig` creates a layer that computes and trains as this one does.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** The weights, in the order of the layer's `setWeights`. */
  readonly weights: readonly NetworkWeight[];
  /** The layer's own `trainable` flag. Whether training changes a weight is stored with each weight. */
  readonly trainable: boolean;
  /**
   * The object that the layer was read from, for instance a `tf.layers.Layer`, for code that runs or copies
   * it. It is absent for a layer created by a rewriting, which its class, config and weights determine.
   */
  readonly source?: unknown;
}

/** One weight of a layer. Arrays are shared between networks and must not be written to. */
export interface NetworkWeight {
  /** The name within the layer, such as `kernel`, `bias` or `gamma`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** The elements in row-major order. */
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  /**
   * Whether training changes this weight, taking the flags of its layer and of all enclosing models into
   * account.
   */
  readonly trainable: boolean;
}

/** A reference to one output of a node, by the node's name. */
export interface TensorRef {
  readonly node: string;
  readonly output: number;
}

/** The shape and the data type of a tensor for one sample. */
export interface TensorType {
  /** The shape without the batch axis; null where the network leaves a length open. */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

/**
 * The masks that are passed to a call. A mask marks the valid time steps of a sequence. It is identified by
 * the node that computed it, since most layers pass on the mask of their input.
 */
export interface NodeMasks {
  /** The node whose mask the layer computes with; null for none. */
  readonly given: string | null;
  /**
   * The node that computed each input's mask, where this node computes a mask of its own from them; otherwise
   * empty.
   */
  readonly ofInputs: readonly (string | null)[];
}

const nodesByName = new WeakMap<readonly NetworkNode[], ReadonlyMap<string, NetworkNode>>();

/** Returns a node by its name. @throws LAYER_UNKNOWN when the network has none of that name. */
export function nodeOf(network: Network, name: string): NetworkNode {
  const { nodes } = network;
  const byName = nodesByName.get(nodes) ?? new Map(nodes.map((candidate) => [candidate.name, candidate]));
  nodesByName.set(nodes, byName);
  const node = byName.get(name);
  if (node) return node;
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The network ${JSON.stringify(network.name)} has no layer ${JSON.stringify(name)}.${didYouMean(name, byName.keys())} It has ${listNames(byName.keys())}.`,
    { layerName: name },
  );
}

/** Returns the type of a tensor. @throws LAYER_UNKNOWN when the network has no such node. */
export function tensorType(network: Network, { node, output }: TensorRef): TensorType {
  return nodeOf(network, node).outputs[output]!;
}

/** Creates an input of a network: a node of class `InputLayer`, for batches of any size. */
export function inputNode(name: string, type: TensorType): NetworkNode {
  const layer = { name, className: 'InputLayer', config: {}, weights: [], trainable: true };
  return { name, layer, inputs: [], outputs: [type], origins: [] };
}

/** A string key for maps and sets, equal for references to the same tensor. */
export function tensorKey({ node, output }: TensorRef): string {
  return `${output}@${node}`;
}

/**
 * Maps each node's name to the nodes that read any of its outputs, in the network's order. A node is listed
 * once for each time it reads one.
 */
export function readersOf(network: Network): ReadonlyMap<string, readonly NetworkNode[]> {
  const readers = new Map<string, NetworkNode[]>(network.nodes.map(({ name }) => [name, []]));
  for (const node of network.nodes) for (const input of node.inputs) readers.get(input.node)!.push(node);
  return readers;
}

/** A tensor that one node reads twice and another node reads as well. */
interface ReadTwice {
  readonly reader: NetworkNode;
  readonly tensor: TensorRef;
  readonly other: NetworkNode;
}

/**
 * The tensors that one node reads twice while others read them too, each with one of those other readers. A
 * tensor is listed once for each node that reads it twice.
 */
export function readTwice(network: Network): ReadTwice[] {
  const readers = readersOf(network);
  return network.nodes.flatMap((reader) => {
    const twice = reader.inputs.filter(
      (input, at) => reader.inputs.findIndex((first) => tensorKey(first) === tensorKey(input)) < at,
    );
    return [...new Map(twice.map((tensor) => [tensorKey(tensor), tensor])).values()].flatMap((tensor) => {
      const other = readers
        .get(tensor.node)!
        .find(
          (candidate) =>
            candidate !== reader && candidate.inputs.some((input) => tensorKey(input) === tensorKey(tensor)),
        );
      return other ? [{ reader, tensor, other }] : [];
    });
  });
}

/** The names of the nodes whose masks are passed to a node. */
export function maskMakersOf({ masks }: NetworkNode): string[] {
  return masks ? [masks.given, ...masks.ofInputs].filter((maker) => maker !== null) : [];
}

/** The names of a node's direct dependencies: the nodes that it reads, and those whose masks it gets. */
function sourcesOf(node: NetworkNode): string[] {
  return [...node.inputs.map((input) => input.node), ...maskMakersOf(node)];
}

/** The nodes that tensors are computed from, in topological order. */
export function nodesBehind({ nodes }: Network, tensors: readonly TensorRef[]): NetworkNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const ordered = new Set<NetworkNode>();
  const visit = (name: string): void => {
    const node = byName.get(name)!;
    if (ordered.has(node)) return;
    for (const source of sourcesOf(node)) visit(source);
    ordered.add(node);
  };
  for (const { node } of tensors) visit(node);
  return [...ordered];
}

/** The layers that are called by more than one node. */
export function sharedLayers({ nodes }: Network): ReadonlySet<NetworkLayer> {
  const once = new Set<NetworkLayer>();
  return new Set(nodes.map(({ layer }) => layer).filter((layer) => once.size === once.add(layer).size));
}

/**
 * A change to a network: the nodes to remove, the nodes to add, and the tensors to read instead of the
 * removed ones.
 */
export interface NetworkChange {
  /** The names of nodes to remove. Nodes that read them are redirected by `redirect`. */
  readonly remove?: readonly string[];
  /** The nodes to add. One with the name of an existing node replaces it. */
  readonly add?: readonly NetworkNode[];
  /**
   * Pairs of tensors: every reader of the first reads the second instead, including the network's outputs and
   * the added nodes.
   */
  readonly redirect?: readonly (readonly [from: TensorRef, to: TensorRef])[];
}

/**
 * Applies a change to a network and sorts its nodes topologically. Nodes that no output depends on any more
 * are dropped, except for the network's inputs. Everything unchanged remains the same object.
 *
 * @throws NETWORK_INVALID when a node reads one that doesn't exist, or there is a cycle.
 */
export function changeNetwork(network: Network, change: NetworkChange): Network {
  const { remove = [], add = [], redirect = [] } = change;
  const redirected = new Map(redirect.map(([from, to]) => [tensorKey(from), to]));
  const follow = (ref: TensorRef): TensorRef => {
    const next = redirected.get(tensorKey(ref));
    return next ? follow(next) : ref;
  };
  const nodes = new Map<string, NetworkNode>();
  const removed = new Set(remove);
  for (const node of network.nodes) if (!removed.has(node.name)) nodes.set(node.name, node);
  for (const node of add) nodes.set(node.name, node);
  if (redirected.size > 0) {
    for (const [name, node] of nodes) {
      const inputs = node.inputs.map(follow);
      if (inputs.some((input, index) => input !== node.inputs[index])) nodes.set(name, { ...node, inputs });
    }
  }
  const outputs = network.outputs.map(follow);
  return { ...network, outputs, nodes: inRunningOrder(nodes, network.inputs, outputs) };
}

/** The inputs and the nodes that outputs depend on, each after the nodes whose outputs or masks it uses. */
function inRunningOrder(
  nodes: ReadonlyMap<string, NetworkNode>,
  inputs: readonly string[],
  outputs: readonly TensorRef[],
): NetworkNode[] {
  const ordered = new Set<NetworkNode>();
  const open = new Set<string>();
  const visit = (name: string, reader: string): void => {
    const node = nodes.get(name);
    if (!node) throw invalid(`${reader} reads the layer ${JSON.stringify(name)}, which isn't there`);
    if (ordered.has(node)) return;
    if (open.has(name)) throw invalid(`the layer ${JSON.stringify(name)} depends on its own output`);
    open.add(name);
    for (const source of sourcesOf(node)) visit(source, `the layer ${JSON.stringify(name)}`);
    ordered.add(node);
  };
  for (const name of inputs) visit(name, 'the network');
  // The nodes keep their previous order as far as dependencies allow, so that a changed network reads like
  // the original.
  const needed = new Set<string>();
  const need = (name: string): void => {
    const node = nodes.get(name);
    if (needed.has(name) || !node) return;
    needed.add(name);
    for (const source of sourcesOf(node)) need(source);
  };
  for (const { node } of outputs) need(node);
  for (const name of nodes.keys()) if (needed.has(name)) visit(name, 'the network');
  for (const { node } of outputs) visit(node, 'an output');
  return [...ordered];
}

function invalid(what: string): FuseInitError {
  return new FuseInitError('NETWORK_INVALID', `The network can't be run: ${what}.`);
}
