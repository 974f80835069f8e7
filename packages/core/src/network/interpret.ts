import type { NdArray } from '../array/nd-array.js';
import { FuseInitError } from '../errors/fuse-init-error.js';
import type { LayerDescription, LayerPlugin, WeightedLayer } from '../plugin/layer-plugin.js';
import {
  type Network,
  type NetworkLayer,
  type NetworkNode,
  nodesBehind,
  type TensorRef,
  tensorKey,
  tensorType,
} from './network.js';

/** Options of {@link interpret}. */
export interface InterpretOptions {
  /**
   * The plugins that define what each class computes. Where several cover the same class, the first one is
   * used.
   */
  readonly plugins: readonly LayerPlugin[];
  /** The tensors to return. Default: the network's outputs. */
  readonly tensors?: readonly TensorRef[];
}

/**
 * Runs a network at inference in float64, computing each layer by its plugin. It is exact and slow, and
 * serves as the reference for rewritten networks and for backends.
 *
 * @param inputs One array [batch, ...shape] for each of the network's inputs, in its order.
 * @returns one array for each tensor, in order.
 * @throws LAYER_UNKNOWN when no plugin covers a class, or its plugin has no `apply`.
 * @throws SHAPE_MISMATCH when there are more or fewer inputs than the network takes.
 */
export function interpret(
  network: Network,
  inputs: readonly NdArray[],
  { plugins, tensors = network.outputs }: InterpretOptions,
): NdArray[] {
  if (inputs.length !== network.inputs.length) {
    throw new FuseInitError(
      'SHAPE_MISMATCH',
      `${inputs.length} inputs came for the network ${JSON.stringify(network.name)}, which takes ${network.inputs.length}.`,
    );
  }
  const byClass = new Map<string, LayerPlugin>();
  for (const plugin of plugins.toReversed())
    for (const className of plugin.classNames) byClass.set(className, plugin);
  const values = new Map<string, NdArray>();
  const masks = new Map<string, NdArray | undefined>();
  network.inputs.forEach(
    (name, index) => void values.set(tensorKey({ node: name, output: 0 }), inputs[index]!),
  );
  for (const node of nodesBehind(network, tensors)) {
    if (network.inputs.includes(node.name)) continue;
    const plugin = byClass.get(node.layer.className);
    const read = node.inputs.map((input) => values.get(tensorKey(input))!);
    const { given = null, ofInputs = [] } = node.masks ?? {};
    const layer = {
      ...describeNode(network, node),
      weights: float64Weights(node.layer),
      ...(given !== null && masks.get(given) && { mask: masks.get(given)! }),
    };
    const outputs = applyLayer(plugin, layer, read);
    outputs.forEach((value, output) => void values.set(tensorKey({ node: node.name, output }), value));
    const inputMasks = read.map((_, index) => masks.get(ofInputs[index] ?? ''));
    masks.set(node.name, plugin?.makeMask?.(layer, read, inputMasks) ?? inputMasks[0]);
  }
  return tensors.map((tensor) => values.get(tensorKey(tensor))!);
}

/**
 * Computes a layer in float64.
 *
 * @returns one array for each of the layer's outputs.
 *
 * @throws LAYER_UNKNOWN when there is no plugin, or the plugin has no `apply`.
 */
export function applyLayer(
  plugin: LayerPlugin | undefined,
  layer: WeightedLayer,
  inputs: readonly NdArray[],
): readonly NdArray[] {
  const [first, ...others] = inputs;
  // Lengths that a model leaves open are known from the actual input.
  const known = first
    ? {
        ...layer,
        inputShape: first.shape.slice(1),
        ...(others.length > 0 && { otherInputShapes: others.map(({ shape }) => shape.slice(1)) }),
      }
    : layer;
  if (plugin?.apply) return [plugin.apply(known, first!, ...others)].flat();
  const lack = plugin ? 'the plugin that speaks for it has no apply' : 'no plugin speaks for it';
  throw new FuseInitError(
    'LAYER_UNKNOWN',
    `The layer ${JSON.stringify(layer.name)} is a ${layer.className}, whose output can't be computed here: ${lack}. Write one with defineLayer and pass it in plugins.`,
    { layerName: layer.name },
  );
}

/** Describes a node's layer as plugins expect it. */
export function describeNode(
  network: Network,
  { name, layer, inputs, outputs }: NetworkNode,
): LayerDescription {
  const [inputShape = [], ...otherInputShapes] = inputs.map((input) => tensorType(network, input).shape);
  return {
    name,
    className: layer.className,
    config: layer.config,
    inputShape,
    ...(otherInputShapes.length > 0 && { otherInputShapes }),
    outputShape: outputs[0]!.shape,
  };
}

const inFloat64 = new WeakMap<NetworkLayer, readonly NdArray[]>();

function float64Weights(layer: NetworkLayer): readonly NdArray[] {
  const known = inFloat64.get(layer);
  if (known) return known;
  const weights = layer.weights.map(({ shape, data }) => ({ shape, data: Float64Array.from(data) }));
  inFloat64.set(layer, weights);
  return weights;
}
