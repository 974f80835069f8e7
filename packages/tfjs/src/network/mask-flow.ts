import { type Network, type NetworkNode, type NodeMasks, type TensorRef, tensorKey } from '@fuseinit/core';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { callOf, type LayerCall, sourceOf } from './layer-internals.js';

/** The calls of a model by the names of their nodes, and of the models nested in it. */
export interface ModelCalls {
  readonly calls: ReadonlyMap<LayerCall, string>;
  readonly nested: ReadonlyMap<LayerCall, ModelCalls>;
}

/**
 * What tfjs-layers' executor passes to every layer alike: one object, in which a mask stays until another
 * comes.
 */
interface CallArguments {
  mask: string | null;
}

/** What a class makes of masks. */
interface Masking {
  /**
   * What the output carries: nothing, the mask of the first input, or a mask of its own: always, where the
   * first input has one, or where any input has one.
   */
  readonly carries: 'nothing' | 'first' | 'own' | 'ownOfFirst' | 'ownOfAny';
  /** Whether what it computes may depend on the mask that it is given. */
  readonly reads: boolean;
}

/**
 * The masks of a model's calls, as the executor of tfjs-layers hands them out in `predict`, by the names of
 * the nodes that make something of them; empty where no layer makes one.
 *
 * The executor calls layers depth first from the outputs, the last input of a layer first. The mask of a
 * layer's first input becomes an argument that later layers get too, whether their inputs carry a mask or
 * not. A nested model gets that argument, but its inputs carry no mask, nor do its outputs.
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
      // A call that no output of the whole model depends on is in a nested model only, and isn't followed.
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
 * The first layer that would get another mask in `predict` of this network written as a LayersModel than the
 * network says that it gets; undefined where all is as it says. A written model has no nested models, so that
 * masks reach other layers there.
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
  // One object for each tensor, so that a set of them holds each once.
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

/** What a mask was computed from, as text to compare. */
function originOf(flow: ReadonlyMap<string, NodeMasks>, maker: string | null): string {
  if (maker === null) return 'none';
  const from = flow.get(maker)?.ofInputs.map((input) => originOf(flow, input)) ?? [];
  return `${maker}(${from.join()})`;
}

/** Tensors in the order in which the executor computes them. */
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

/** What of its masks a call makes something of; undefined where nothing. */
function callMasks(
  { reads }: Masking,
  makes: boolean,
  given: string | null,
  ofInputs: readonly (string | null)[],
): NodeMasks | undefined {
  const read = reads ? given : null;
  return read !== null || makes ? { given: read, ofInputs: makes ? ofInputs : [] } : undefined;
}

/** The maker of the mask that the outputs of a call carry. */
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

/** Merging layers keep the first input's mask, with an axis in front. */
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
 * Classes that pass on the mask of what they read; no layer that a rewriting makes does anything else with
 * it.
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

/** Whether a layer's class computes its mask otherwise than `Layer` does, which passes it on. */
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

/** Classes of tfjs-layers that compute nothing from the mask they are given. */
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

/** Whether what a layer computes may depend on the mask it is given: a class of the caller's may. */
function readsMask(className: string): boolean {
  return !ignoring.has(className);
}
