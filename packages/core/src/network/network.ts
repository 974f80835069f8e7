import { FuseInitError } from '../errors/fuse-init-error.js';

/** A trained network as plain data: layers, their weights, and which tensor each of them reads. */
export interface Network {
  readonly name: string;
  /** In an order in which they can be run: each node comes after all that it reads. */
  readonly nodes: readonly NetworkNode[];
  /** Names of the nodes of class `InputLayer`, in the order in which the network takes its inputs. */
  readonly inputs: readonly string[];
  readonly outputs: readonly TensorRef[];
  /**
   * Whether the model as a whole is frozen: training changes no weight then, whatever the layers say. Default
   * false.
   */
  readonly frozen?: boolean;
}

/** One call of one layer. */
export interface NetworkNode {
  /**
   * Unique in the network: the layer's name after those of the models that it was nested in, `inner/conv`.
   * Calls of a layer after its first add `:1`, `:2`, ...
   */
  readonly name: string;
  /** The same object in every node that calls this layer: its weights are shared. */
  readonly layer: NetworkLayer;
  /** One tensor for each argument of the layer, in order; empty for an `InputLayer`. */
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorType[];
  /**
   * The teacher's layers that this node stands for, by name: a rewritten node names all that went into it.
   */
  readonly origins: readonly string[];
  /** Which masks the call gets; absent where neither its result nor the mask that it makes depends on one. */
  readonly masks?: NodeMasks;
  /** Arguments of the call beside its inputs, in tfjs-layers' own words. */
  readonly callArgs?: Readonly<Record<string, unknown>>;
}

/** A layer in tfjs-layers' words: class, config and weights. */
export interface NetworkLayer {
  readonly name: string;
  /** As tfjs-layers spells it: `Conv2D`, `Dense`, `MaxPooling2D`. */
  readonly className: string;
  /** What the class's `fromConfig` takes to make a layer that computes and trains as this one does. */
  readonly config: Readonly<Record<string, unknown>>;
  /** In the order that the layer's `setWeights` takes. */
  readonly weights: readonly NetworkWeight[];
  /** The layer's own flag; each weight says whether training changes it. */
  readonly trainable: boolean;
  /**
   * What the layer was read from, a `tf.layers.Layer` for instance, for whoever runs or copies it; absent in
   * a layer that a rewriting made, which its class, config and weights determine.
   */
  readonly source?: unknown;
}

/** One weight of a layer. Arrays are shared between networks and never written. */
export interface NetworkWeight {
  /** Within its layer: `kernel`, `bias`, `gamma`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** In row-major order. */
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
  /** Whether training changes this weight, all models and layers around it considered. */
  readonly trainable: boolean;
}

/** One output of one node, by the node's name. */
export interface TensorRef {
  readonly node: string;
  readonly output: number;
}

/** What a tensor holds for one sample. */
export interface TensorType {
  /** Without the batch; null where the network leaves a length open. */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

/**
 * Which masks a call gets. A mask tells which steps of a sequence count; it goes by the node that made it,
 * since most layers pass on the mask of their input.
 */
export interface NodeMasks {
  /** The maker of the mask that the layer computes with; null for none. */
  readonly given: string | null;
  /** The maker of each input's mask, where this node makes a mask of its own from them; else empty. */
  readonly ofInputs: readonly (string | null)[];
}

const nodesByName = new WeakMap<readonly NetworkNode[], ReadonlyMap<string, NetworkNode>>();

/** A node by its name. @throws LAYER_UNKNOWN when the network has none of that name. */
export function nodeOf(network: Network, name: string): NetworkNode {
  const { nodes } = network;
  const byName = nodesByName.get(nodes) ?? new Map(nodes.map((candidate) => [candidate.name, candidate]));
  nodesByName.set(nodes, byName);
  const node = byName.get(name);
  if (node) return node;
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The network ${JSON.stringify(network.name)} has no layer ${JSON.stringify(name)}. It has ${network.nodes.map((candidate) => candidate.name).join(', ')}.`,
    { layerName: name },
  );
}

/** The type of a tensor. @throws LAYER_UNKNOWN when the network has no such node. */
export function tensorType(network: Network, { node, output }: TensorRef): TensorType {
  return nodeOf(network, node).outputs[output]!;
}

/** An input of a network: a node of class `InputLayer`, of any batch. */
export function inputNode(name: string, type: TensorType): NetworkNode {
  const layer = { name, className: 'InputLayer', config: {}, weights: [], trainable: true };
  return { name, layer, inputs: [], outputs: [type], origins: [] };
}

/** Text that is equal for equal tensors, to be a key of maps and sets. */
export function tensorKey({ node, output }: TensorRef): string {
  return `${output}@${node}`;
}

/**
 * Of each node, by name, the nodes that read any of its outputs, each as often as it reads them, in the
 * network's order.
 */
export function readersOf(network: Network): ReadonlyMap<string, readonly NetworkNode[]> {
  const readers = new Map<string, NetworkNode[]>(network.nodes.map(({ name }) => [name, []]));
  for (const node of network.nodes) for (const input of node.inputs) readers.get(input.node)!.push(node);
  return readers;
}

/** A tensor that one node reads twice, and another node too. */
interface ReadTwice {
  readonly reader: NetworkNode;
  readonly tensor: TensorRef;
  readonly other: NetworkNode;
}

/**
 * The tensors that a node reads twice while other nodes read them too, with one of those; each once for each
 * such reader.
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

/** The makers of the masks that a node gets, by name. */
export function maskMakersOf({ masks }: NetworkNode): string[] {
  return masks ? [masks.given, ...masks.ofInputs].filter((maker) => maker !== null) : [];
}

/** The nodes that a node depends on at once, by name: those that it reads, and those whose masks it gets. */
function sourcesOf(node: NetworkNode): string[] {
  return [...node.inputs.map((input) => input.node), ...maskMakersOf(node)];
}

/** The nodes that tensors are computed from, each after those that it depends on. */
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

/** The layers that more than one node calls. */
export function sharedLayers({ nodes }: Network): ReadonlySet<NetworkLayer> {
  const once = new Set<NetworkLayer>();
  return new Set(nodes.map(({ layer }) => layer).filter((layer) => once.size === once.add(layer).size));
}

/**
 * A change of a network: nodes that go, nodes that come, and the tensors that readers take instead of what
 * went.
 */
export interface NetworkChange {
  /** Names of nodes that go, though others read them: readers take what `redirect` says. */
  readonly remove?: readonly string[];
  /** Nodes that come; one of the name of a node that is there takes its place. */
  readonly add?: readonly NetworkNode[];
  /**
   * For each pair, whoever read the first tensor reads the second, the network's outputs included; added
   * nodes as well.
   */
  readonly redirect?: readonly (readonly [from: TensorRef, to: TensorRef])[];
}

/**
 * A network with some nodes changed, in an order in which it can be run. Nodes that no output depends on any
 * more are left out, but for the network's inputs. Everything that isn't changed is the same object as
 * before.
 *
 * @throws NETWORK_INVALID when a node reads one that isn't there, or itself by way of others.
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

/** The inputs, and of all nodes those that outputs depend on, each after what it reads or has a mask of. */
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
  // In the order that the nodes had, as far as that can be run, so that a changed network reads like the one
  // before.
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
