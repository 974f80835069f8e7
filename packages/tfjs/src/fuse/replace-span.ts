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

/** Nodes that read one tensor and output one, and the layer that they become. */
export interface FusedSpan {
  /** The name of the fused layer; for a single node that gets new weights, its own name. */
  readonly name: string;
  /** The nodes in the order of the network. The last one computes the output. */
  readonly nodes: readonly NetworkNode[];
  readonly lowered: LoweredSpan;
}

/**
 * Replaces the nodes of a span, found by their names, with one layer and the padding or flattening layers
 * that it needs before it. All of them are stock layers. The rest of the network is unchanged.
 *
 * @param weights The weights in the order of the fused layer's class. Without them, the network can be
 *   inspected but not run.
 * @param reserved Names of layers that will be added later.
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
 * The training settings that the layers of a span pass on to the layer that replaces them. A single layer
 * that gets new weights keeps all its settings. Of several layers, the last passes on its regularizers but no
 * constraints, which would change the solution, and the new layer is trainable if any of them has trainable
 * weights.
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

/** The place of a fused layer in a network. */
interface Placement {
  readonly name: string;
  /** The tensor that the layer reads. */
  readonly input: TensorRef;
  readonly type: TensorType;
  /** The shape of one sample of its output. */
  readonly outputShape: readonly number[];
  readonly origins: readonly string[];
  /** Names of other layers, which the layers before the fused one must not have. */
  readonly taken: ReadonlySet<string>;
  /** Training settings that the fused layer's own config doesn't contain. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly trainable?: boolean;
}

/**
 * Creates the nodes of a fused layer: the stock layers that pad or flatten its input, if needed, and the
 * layer itself.
 *
 * @param weights The weights in the order of the layer's class.
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

/** Creates a network of the fused layer alone. */
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

/** A chain of layers without weights. */
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
 * Makes stock layers read the patches of a geometry. Returns 'same' or 'valid' if that is exactly the
 * geometry's padding; otherwise adds Cropping and ZeroPadding layers before a 'valid' convolution.
 *
 * 'same' is never used if windows leave the end of the input unread, since some backends of TensorFlow.js
 * compute that incorrectly (see kernel-faults.ts) and a student must run on all of them.
 *
 * tfjs-layers has padding layers for 2-D inputs only, so a 1-D input is reshaped to one column and back.
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
