import {
  changeNetwork,
  type FusedLayer,
  inputNode,
  type NdArray,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  nodeOf,
  type PatchGeometry,
  patchGeometry,
  sizeOf,
  type TensorRef,
  type TensorType,
  tensorType,
} from '@fuseinit/core';
import type { LoweredSpan } from '@fuseinit/registry';
import { unusedName } from '../network/unused-name.js';

/** Nodes that read one tensor and give one, and what they become. */
export interface FusedSpan {
  /** The fused layer's; that of the only node for one that gets other weights. */
  readonly name: string;
  /** In the order of the network; the last one gives the output. */
  readonly nodes: readonly NetworkNode[];
  readonly lowered: LoweredSpan;
}

/**
 * A network with one layer in place of the nodes of a span, which are found by their names, with what padding
 * or flattening it needs before it: stock layers only. All else stays as it is.
 *
 * @param weights In the order of the fused layer's class; without them the network can be looked at, and not
 * run.
 * @param reserved Names that layers made later will have.
 */
export function replaceSpan(
  network: Network,
  span: FusedSpan,
  weights: readonly NdArray[] = [],
  reserved: ReadonlySet<string> = new Set(),
): Network {
  const { name, nodes: replaced, lowered } = span;
  const [first] = replaced;
  const last = replaced.at(-1)!;
  const input = nodeOf(network, first!.name).inputs[0]!;
  const nodes = fusedNodes(lowered.fused, weights, {
    name,
    input,
    type: tensorType(network, input),
    outputShape: lowered.layers.at(-1)!.outputShape,
    origins: [...new Set(replaced.flatMap(({ origins }) => origins))],
    taken: new Set([...network.nodes.map((node) => node.name), ...reserved]),
    ...settingsOf(replaced),
  });
  return changeNetwork(network, {
    remove: replaced.map((node) => node.name).filter((removed) => removed !== name),
    add: nodes,
    ...(name !== last.name && {
      redirect: [
        [
          { node: last.name, output: 0 },
          { node: name, output: 0 },
        ],
      ],
    }),
  });
}

/**
 * The settings that a span's layers pass on to the one in their place. A single layer, which gets other
 * weights, passes on all. Of several, the last passes on its regularizers, but no constraint, since that
 * would change the solution; and the layer in their place trains where any of them does.
 */
function settingsOf(nodes: readonly NetworkNode[]): Pick<Placement, 'settings' | 'trainable'> {
  const { config, trainable } = nodes.at(-1)!.layer;
  if (nodes.length === 1) return { settings: config, trainable };
  const passedOn = ['kernelRegularizer', 'biasRegularizer'].filter((name) => name in config);
  return {
    settings: Object.fromEntries(passedOn.map((name) => [name, config[name]])),
    trainable: nodes.some(({ layer }) => layer.weights.some((weight) => weight.trainable)),
  };
}

/** Where a fused layer is put. */
interface Placement {
  readonly name: string;
  /** What it reads. */
  readonly input: TensorRef;
  readonly type: TensorType;
  /** The shape of one sample of its output. */
  readonly outputShape: readonly number[];
  readonly origins: readonly string[];
  /** Names of other layers, which those before the fused one don't take. */
  readonly taken: ReadonlySet<string>;
  /** Settings for training that the config of the fused layer doesn't say. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trainable?: boolean;
}

/**
 * A fused layer as nodes of stock layers: what padding or flattening it needs before it, then the layer.
 *
 * @param weights In the order of the layer's class.
 */
function fusedNodes(fused: FusedLayer, weights: readonly NdArray[], placement: Placement): NetworkNode[] {
  const { name, type, outputShape, origins, settings = {}, trainable = true } = placement;
  const chain = createChain(placement);
  const config: Record<string, unknown> = { ...settings, ...fused.config, name };
  if (fused.geometry && fused.className !== 'Dense') {
    config.padding = padForGeometry(chain, Number(type.shape.at(-1)), fused.geometry);
  } else if (!fused.geometry && type.shape.length > 1) {
    chain.add('flatten', 'Flatten', {}, [sizeOf(type.shape.map(Number))]);
  }
  const layer: NetworkLayer = {
    name,
    className: fused.className,
    config,
    trainable,
    weights: weights.map(({ shape, data }, index) => ({
      name: index === 0 ? 'kernel' : 'bias',
      shape,
      data,
      dtype: 'float32',
      trainable,
    })),
  };
  const outputs = [{ shape: outputShape, dtype: 'float32' }];
  return [...chain.nodes, { name, layer, inputs: [chain.end()], outputs, origins }];
}

/** A network of the fused layer alone. */
export function layerAlone(
  { fused, layers }: LoweredSpan,
  name: string,
  weights: readonly NdArray[],
): Network {
  const type = { shape: layers[0]!.inputShape, dtype: 'float32' };
  const input = unusedName('input', new Set([name]));
  const nodes = fusedNodes(fused, weights, {
    name,
    input: { node: input, output: 0 },
    type,
    outputShape: layers.at(-1)!.outputShape,
    origins: [name],
    taken: new Set([input, name]),
  });
  return {
    name,
    nodes: [inputNode(input, type), ...nodes],
    inputs: [input],
    outputs: [{ node: name, output: 0 }],
  };
}

/** Layers without weights, one behind the other. */
interface Chain {
  readonly nodes: readonly NetworkNode[];
  end(): TensorRef;
  add(suffix: string, className: string, config: Record<string, unknown>, shape: readonly number[]): void;
}

function createChain({ name, input, type, origins, taken }: Placement): Chain {
  const nodes: NetworkNode[] = [];
  let end = input;
  return {
    nodes,
    end: () => end,
    add(suffix, className, config, shape) {
      const own = unusedName(`${name}_${suffix}`, taken);
      const layer = { name: own, className, config: { name: own, ...config }, weights: [], trainable: true };
      nodes.push({ name: own, layer, inputs: [end], outputs: [{ shape, dtype: type.dtype }], origins });
      end = { node: own, output: 0 };
    },
  };
}

/**
 * How stock layers read the patches of a geometry: 'same' or 'valid' where that is exactly the geometry's
 * padding; else Cropping and ZeroPadding layers before a 'valid' convolution.
 *
 * 'same' is never used where windows leave the end of the input unread, since some backends of TensorFlow.js
 * compute that wrongly (see kernel-faults.ts), and a student runs on all of them.
 *
 * tfjs pads in 2-D alone: a 1-D input is reshaped to one column and back.
 */
function padForGeometry(chain: Chain, channels: number, geometry: PatchGeometry): 'same' | 'valid' {
  for (const padding of ['valid', 'same'] as const) if (readsSamePatches(geometry, padding)) return padding;
  const crop = geometry.padding.map(
    ([before, after]) => [Math.max(0, -before), Math.max(0, -after)] as const,
  );
  const pad = geometry.padding.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  const is1d = geometry.inputSize.length === 1;
  let size = is1d ? [geometry.inputSize[0]!, 1] : [...geometry.inputSize];
  const reshape = (suffix: string, targetShape: number[]) =>
    chain.add(suffix, 'Reshape', { targetShape }, targetShape);
  if (is1d) reshape('column', [...size, channels]);
  if (crop.some(isNonzero)) {
    const cropping = twoAxes(crop);
    size = size.map((length, axis) => length - cropping[axis]![0] - cropping[axis]![1]);
    chain.add('crop', 'Cropping2D', { cropping }, [...size, channels]);
  }
  if (pad.some(isNonzero)) {
    const padding = twoAxes(pad);
    size = size.map((length, axis) => length + padding[axis]![0] + padding[axis]![1]);
    chain.add('pad', 'ZeroPadding2D', { padding }, [...size, channels]);
  }
  if (is1d) reshape('row', [size[0]!, channels]);
  return 'valid';
}

function readsSamePatches(geometry: PatchGeometry, padding: 'same' | 'valid'): boolean {
  const { inputSize, kernelSize, strides, dilationRate } = geometry;
  if (
    kernelSize.some(
      (size, axis) => padding === 'valid' && (size - 1) * dilationRate[axis]! >= inputSize[axis]!,
    )
  ) {
    return false;
  }
  if (padding === 'same' && geometry.padding.some(([, after]) => after < 0)) return false;
  const stock = patchGeometry({ inputSize, kernelSize, strides, dilationRate, padding });
  return (
    stock.outputSize.join() === geometry.outputSize.join() && stock.padding.join() === geometry.padding.join()
  );
}

function isNonzero([before, after]: readonly [number, number]): boolean {
  return before > 0 || after > 0;
}

function twoAxes(borders: readonly (readonly [number, number])[]): [[number, number], [number, number]] {
  const [first, second = [0, 0]] = borders;
  return [[...first!], [...second]];
}
