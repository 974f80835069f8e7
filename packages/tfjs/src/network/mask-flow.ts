import { type Network, type NetworkNode, type NodeMasks, type TensorRef, tensorKey } from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { callOf, type LayerCall, sourceOf } from './layer-internals.js';

/** The calls of a model and of the models nested in it, with the names of their nodes. */
export interface ModelCalls {
  readonly calls: ReadonlyMap<LayerCall, string>;
  readonly nested: ReadonlyMap<LayerCall, ModelCalls>;
}

/**
 * The arguments that the executor of tfjs-layers passes to every layer. It is a single object, in which a
 * mask stays until another replaces it.
 */
interface CallArguments {
  mask: string | null;
}

/** The way in which a class handles masks. */
interface Masking {
  /**
   * The mask that the output carries: none, that of the first input, or one of its own, which it computes
   * always (`own`), if the first input has a mask (`ownOfFirst`), or if any input has one (`ownOfAny`).
   */
  readonly carries: 'nothing' | 'first' | 'own' | 'ownOfFirst' | 'ownOfAny';
  /** Whether the output may depend on the mask passed to the layer. */
  readonly reads: boolean;
}

/**
 * Computes the masks of a model's calls as the executor of tfjs-layers passes them in `predict`, by the names
 * of the nodes that use or create masks. The map is empty if no layer creates a mask.
 *
 * The executor calls layers depth-first from the outputs, visiting the last input of a layer first. The mask
 * of a layer's first input becomes an argument that later layers receive too, whether or not their inputs
 * carry a mask. A nested model receives that argument, but neither its inputs nor its outputs carry a mask.
 */
export function readMasks(
  model: LayersModel,
  root: ModelCalls,
  layers: ReadonlyMap<string, Layer>,
): ReadonlyMap<string, NodeMasks> {
  const flow = new Map<string, NodeMasks>();
  if (![...layers.values()].some((layer) => maskingOf(layer).carries === 'own')) return flow;
  const follow = (current: LayersModel, { calls, nested }: ModelCalls, outer: CallArguments | undefined) => {
    let args = outer;
    const carried = new Map<number, string | null>();
    const fed = new Set(current.inputs.map(({ id }) => id));
    const inputsOf = (tensor: SymbolicTensor) => (fed.has(tensor.id) ? [] : callOf(tensor).inputTensors);
    for (const tensor of executionOrder(current.outputs, inputsOf)) {
      const call = callOf(tensor);
      if (fed.has(tensor.id) || call.inputTensors.includes(tensor)) continue;
      const ofInputs = call.inputTensors.map(({ id }) => carried.get(id) ?? null);
      args = argumentsAfter(args, ofInputs);
      const inner = nested.get(call);
      if (inner) {
        follow(tensor.sourceLayer as LayersModel, inner, args ?? { mask: null });
        continue;
      }
      // A call that no output of the whole model depends on occurs only in a nested model, and isn't
      // followed.
      const name = calls.get(call);
      if (name === undefined) continue;
      const masking = maskingOf(layers.get(name)!);
      const made = carriedMask(name, masking, ofInputs);
      const masks = callMasks(masking, made === name, args?.mask ?? null, ofInputs);
      if (masks && !flow.has(name)) flow.set(name, masks);
      for (const { id } of call.outputTensors) carried.set(id, made);
    }
  };
  follow(model, root, undefined);
  return flow;
}

/**
 * Finds the first layer that would receive a different mask in `predict` if this network were written as a
 * LayersModel; undefined if there is none. A written model has no nested models, so that masks reach other
 * layers there.
 */
export function misledByMasks(network: Network): NetworkNode | undefined {
  if (!network.nodes.some(({ masks }) => masks)) return undefined;
  const written = masksWhenWritten(network);
  const said = new Map(network.nodes.flatMap(({ name, masks }) => (masks ? [[name, masks] as const] : [])));
  const given = (flow: ReadonlyMap<string, NodeMasks>, name: string) =>
    originOf(flow, flow.get(name)?.given ?? null);
  return network.nodes.find(({ name }) => given(said, name) !== given(written, name));
}

function masksWhenWritten({ nodes, inputs, outputs }: Network): ReadonlyMap<string, NodeMasks> {
  const flow = new Map<string, NodeMasks>();
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const carried = new Map<string, string | null>();
  const tensors = new Map<string, TensorRef>();
  // There is one object for each tensor, so that a set contains each tensor once.
  const one = (ref: TensorRef): TensorRef => {
    const known = tensors.get(tensorKey(ref)) ?? ref;
    tensors.set(tensorKey(ref), known);
    return known;
  };
  let args: CallArguments | undefined;
  const order = executionOrder(outputs.map(one), ({ node }) => byName.get(node)!.inputs.map(one));
  for (const { node: name } of order) {
    if (inputs.includes(name)) continue;
    const node = byName.get(name)!;
    const ofInputs = node.inputs.map((input) => carried.get(input.node) ?? null);
    args = argumentsAfter(args, ofInputs);
    const masking = maskingOfNode(node);
    const made = carriedMask(name, masking, ofInputs);
    const masks = callMasks(masking, made === name, args?.mask ?? null, ofInputs);
    if (masks && !flow.has(name)) flow.set(name, masks);
    carried.set(name, made);
  }
  return flow;
}

/** Describes the layers that a mask was computed by, as text for comparison. */
function originOf(flow: ReadonlyMap<string, NodeMasks>, maker: string | null): string {
  if (maker === null) return 'none';
  const from = flow.get(maker)?.ofInputs.map((input) => originOf(flow, input)) ?? [];
  return `${maker}(${from.join()})`;
}

/** Returns tensors in the order in which the executor computes them. */
function executionOrder<Tensor>(
  outputs: readonly Tensor[],
  inputsOf: (tensor: Tensor) => readonly Tensor[],
): Tensor[] {
  const ordered = new Set<Tensor>();
  const visit = (tensor: Tensor): void => {
    if (ordered.has(tensor)) return;
    for (const input of inputsOf(tensor).toReversed()) if (input !== tensor) visit(input);
    ordered.add(tensor);
  };
  for (const output of outputs) visit(output);
  return [...ordered];
}

function argumentsAfter(
  args: CallArguments | undefined,
  ofInputs: readonly (string | null)[],
): CallArguments | undefined {
  if (ofInputs.every((mask) => mask === null)) return args;
  const changed = args ?? { mask: null };
  changed.mask = ofInputs[0]!;
  return changed;
}

/**
 * The masks that a call uses, to compute its output or a mask of its own; undefined if it neither uses nor
 * creates a mask.
 */
function callMasks(
  { reads }: Masking,
  makes: boolean,
  given: string | null,
  ofInputs: readonly (string | null)[],
): NodeMasks | undefined {
  const read = reads ? given : null;
  return read !== null || makes ? { given: read, ofInputs: makes ? ofInputs : [] } : undefined;
}

/** The name of the node that computed the mask carried by the outputs of a call; null if they carry none. */
function carriedMask(
  name: string,
  { carries }: Masking,
  ofInputs: readonly (string | null)[],
): string | null {
  const [first = null] = ofInputs;
  if (carries === 'nothing') return null;
  if (carries === 'first') return first;
  if (carries === 'ownOfFirst') return first === null ? null : name;
  return carries === 'own' || ofInputs.some((mask) => mask !== null) ? name : null;
}

/** The merging layers. The mask of their output is that of the first input with a leading axis added. */
const merging = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']);

function maskingOf(layer: Layer): Masking {
  const className = layer.getClassName();
  const reads = readsMask(className);
  if (!layer.supportsMasking) return { carries: 'nothing', reads };
  if (!hasOwnMask(layer)) return { carries: 'first', reads };
  const { returnSequences } = layer as { returnSequences?: boolean };
  if (returnSequences !== undefined) return { carries: returnSequences ? 'first' : 'nothing', reads };
  return { carries: ofClass(className) ?? 'own', reads };
}

function ofClass(className: string): Masking['carries'] | undefined {
  if (className === 'Dot') return 'nothing';
  if (className === 'Concatenate') return 'ownOfAny';
  return merging.has(className) ? 'ownOfFirst' : undefined;
}

/**
 * Classes that pass on the mask of their input. Layers that a rewriting creates don't use masks in any other
 * way.
 */
const passing = new Set([
  ...['Dense', 'Activation', 'ReLU', 'PReLU', 'Dropout', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['BatchNormalization', 'LayerNormalization'],
]);

function maskingOfNode({ layer }: NetworkNode): Masking {
  const { className } = layer;
  const source = sourceOf(layer);
  if (source) return maskingOf(source);
  const carries = ofClass(className) ?? (passing.has(className) ? 'first' : 'nothing');
  return { carries, reads: readsMask(className) };
}

/** Whether a layer's class overrides `computeMask` of `Layer`, which passes the mask on. */
function hasOwnMask(layer: Layer): boolean {
  let first: unknown;
  let last: unknown;
  for (let at: object | null = layer; at; at = Object.getPrototypeOf(at) as object | null) {
    if (!Object.hasOwn(at, 'computeMask')) continue;
    last = (at as Layer).computeMask;
    first ??= last;
  }
  return first !== last;
}

/** Classes of tfjs-layers whose outputs don't depend on the mask passed to them. */
const ignoring = new Set([
  ...merging,
  ...['Concatenate', 'Dot', 'Masking', 'Embedding', 'Dense', 'Flatten', 'Reshape', 'Permute', 'RepeatVector'],
  ...['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU'],
  ...['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['BatchNormalization', 'LayerNormalization', 'Rescaling', 'CategoryEncoding'],
  ...['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose'],
  ...['SeparableConv2D', 'DepthwiseConv2D'],
  ...['Cropping2D', 'ZeroPadding2D', 'UpSampling2D', 'CenterCrop', 'Resizing', 'RandomWidth'],
  ...['MaxPooling1D', 'AveragePooling1D', 'GlobalMaxPooling1D', 'GlobalAveragePooling1D'],
  ...['MaxPooling2D', 'AveragePooling2D', 'GlobalMaxPooling2D', 'GlobalAveragePooling2D'],
  ...['MaxPooling3D', 'AveragePooling3D'],
]);

/** Whether a layer's outputs may depend on the mask passed to it. Those of a custom class may. */
function readsMask(className: string): boolean {
  return !ignoring.has(className);
}
