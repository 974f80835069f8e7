import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import type { GraphNode } from './graph-node.js';
import { callOf, type LayerCall } from './layer-internals.js';

/**
 * Which masks a call of a layer gets in `predict`. A mask tells which steps of a sequence count; it is named by the call
 * that made it, since most layers pass on the one they get.
 */
export interface CallMasks {
  /** Of the argument `mask` of the call, where the layer may compute anything from it. */
  readonly given: GraphNode | undefined;
  /** Of each input, where the call makes a mask, for `computeMask`. */
  readonly ofInputs: readonly (GraphNode | undefined)[];
}

/** The masks of the calls that make something of them; empty where no layer makes one. */
export type MaskFlow = ReadonlyMap<GraphNode, CallMasks>;

/** The calls of a model, and of the models nested in it. */
export interface ModelCalls {
  readonly calls: ReadonlyMap<LayerCall, GraphNode>;
  readonly nested: ReadonlyMap<LayerCall, ModelCalls>;
}

/** What tfjs-layers' executor passes to every layer alike: one object, in which a mask stays until another comes. */
export interface CallArguments {
  mask: GraphNode | undefined;
}

/**
 * The masks of a model's calls, as the executor of tfjs-layers hands them out in `predict`.
 *
 * It calls layers depth first from the outputs, the last input of a layer first. The mask of a layer's first input
 * becomes an argument that later layers get too, whether their inputs carry a mask or not. A nested model gets that
 * argument, but its inputs carry no mask, nor do its outputs.
 */
export function readMaskFlow(model: LayersModel, nodes: readonly GraphNode[], calls: ModelCalls): MaskFlow {
  const flow = new Map<GraphNode, CallMasks>();
  if (!nodes.some(({ layer }) => makesMask(layer))) return flow;
  const follow = (current: LayersModel, { calls, nested }: ModelCalls, outer: CallArguments | undefined) => {
    let args = outer;
    const carried = new Map<number, GraphNode | undefined>();
    const fed = new Set(current.inputs.map(({ id }) => id));
    const inputsOf = (tensor: SymbolicTensor) => (fed.has(tensor.id) ? [] : callOf(tensor).inputTensors);
    for (const tensor of executionOrder(current.outputs, inputsOf)) {
      const call = callOf(tensor);
      if (fed.has(tensor.id) || call.inputTensors.includes(tensor)) continue;
      const ofInputs = call.inputTensors.map(({ id }) => carried.get(id));
      args = argumentsAfter(args, ofInputs);
      const inner = nested.get(call);
      if (inner) {
        follow(tensor.sourceLayer as LayersModel, inner, args ?? { mask: undefined });
        continue;
      }
      // A call that no output of the whole model depends on is in a nested model only, and isn't followed.
      const node = calls.get(call);
      if (!node) continue;
      const made = carriedMask(node, ofInputs);
      const masks = callMasks(node.layer, made === node, args?.mask, ofInputs);
      if (masks && !flow.has(node)) flow.set(node, masks);
      for (const { id } of call.outputTensors) carried.set(id, made);
    }
  };
  follow(model, calls, undefined);
  return flow;
}

/** Tensors in the order in which the executor computes them. */
export function executionOrder<Tensor>(
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

export function argumentsAfter(
  args: CallArguments | undefined,
  ofInputs: readonly (GraphNode | undefined)[],
): CallArguments | undefined {
  if (!ofInputs.some(Boolean)) return args;
  const changed = args ?? { mask: undefined };
  changed.mask = ofInputs[0];
  return changed;
}

/** What of its masks a call makes something of; undefined where nothing. */
export function callMasks(
  layer: Layer,
  makes: boolean,
  given: GraphNode | undefined,
  ofInputs: readonly (GraphNode | undefined)[],
): CallMasks | undefined {
  const read = readsMask(layer) ? given : undefined;
  return read || makes ? { given: read, ofInputs: makes ? ofInputs : [] } : undefined;
}

/** The mask that the outputs of a call carry. */
export function carriedMask(
  node: GraphNode,
  ofInputs: readonly (GraphNode | undefined)[],
): GraphNode | undefined {
  const { layer } = node;
  if (!layer.supportsMasking) return undefined;
  if (!hasOwnMask(layer)) return ofInputs[0];
  const { returnSequences } = layer as { returnSequences?: boolean };
  if (returnSequences !== undefined) return returnSequences ? ofInputs[0] : undefined;
  const className = layer.getClassName();
  if (className === 'Dot') return undefined;
  if (className === 'Concatenate') return ofInputs.some(Boolean) ? node : undefined;
  // Of other merging layers, tfjs keeps the first input's mask, with an axis in front.
  if (mergingClasses.has(className)) return ofInputs[0] && node;
  return node;
}

/** Whether a layer makes a mask where none comes in. */
function makesMask(layer: Layer): boolean {
  if (!layer.supportsMasking || !hasOwnMask(layer) || 'returnSequences' in layer) return false;
  const className = layer.getClassName();
  return !['Dot', 'Concatenate'].includes(className) && !mergingClasses.has(className);
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

const mergingClasses = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']);

/** Classes of tfjs-layers that compute nothing from the mask they are given. */
const ignoringClasses = new Set([
  ...mergingClasses,
  ...['Concatenate', 'Dot', 'Masking', 'Embedding', 'Dense', 'Flatten', 'Reshape', 'Permute', 'RepeatVector'],
  ...['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU'],
  ...['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['BatchNormalization', 'LayerNormalization', 'Rescaling', 'CategoryEncoding'],
  ...[
    'Conv1D',
    'Conv2D',
    'Conv3D',
    'Conv2DTranspose',
    'Conv3DTranspose',
    'SeparableConv2D',
    'DepthwiseConv2D',
  ],
  ...['Cropping2D', 'ZeroPadding2D', 'UpSampling2D', 'CenterCrop', 'Resizing', 'RandomWidth'],
  ...['MaxPooling1D', 'AveragePooling1D', 'GlobalMaxPooling1D', 'GlobalAveragePooling1D'],
  ...['MaxPooling2D', 'AveragePooling2D', 'GlobalMaxPooling2D', 'GlobalAveragePooling2D'],
  ...['MaxPooling3D', 'AveragePooling3D'],
]);

/** Whether what a layer computes may depend on the mask it is given: a class of the caller's may. */
function readsMask(layer: Layer): boolean {
  return !ignoringClasses.has(layer.getClassName());
}
