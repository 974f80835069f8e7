import {
  centerKernel,
  composeGeometry,
  type FusedLayer,
  FuseInitError,
  fusePair,
  isCentered,
  type LayerDescription,
  type LoweredLayer,
  type Lowering,
  type PatchGeometry,
  pairMember,
  patchGeometry,
  reshape,
  sizeOf,
  uniteGeometry,
} from '@fuseinit/core';
import type { Registry } from './create-registry.js';

/** A layer of a span, and what it reads. */
export interface SpanLayer extends LayerDescription {
  /**
   * For each input of the layer, the index in the list of the layer whose output it is; -1 for the tensor
   * that the span reads. Default: the layer before it.
   */
  readonly reads?: readonly number[];
}

/** The fused layer of a span, and how it was derived. */
export interface LoweredSpan {
  readonly fused: FusedLayer;
  readonly layers: readonly LoweredLayer[];
  /**
   * The kernel size that covers everything that the span's windows read; null where the fused layer reads its
   * whole input.
   */
  readonly receptiveField: readonly number[] | null;
  /** Whether a smaller kernel is exactly centred in the receptive field. */
  readonly centered: boolean;
  /** The layer-pair plugin that defined the fused layer, if one did. */
  readonly plugin: string | undefined;
}

/**
 * Lowers a span to the layer that replaces it. A span is a run of layers, or any part of a network with one
 * input and one output tensor.
 *
 * Where the layers are a run and all but two of them are elementwise or flatten, layer-pair plugins may fuse
 * them. Otherwise the windows of the layers compose, and those of branches unite: the result is a
 * convolution, or a dense layer if everything that the last layer reads depends on all positions. A branch
 * that reads everything, such as the gate of a squeeze-and-excite block, doesn't widen the window of the
 * branches beside it.
 *
 * Source: docs/math.md, section 2.
 *
 * @param layers The layers in topological order; the last one computes the span's output.
 * @param kernelSize The kernel size of a fused convolution, centred in the receptive field. Default: the
 *   whole receptive field. A dense layer ignores it.
 * @throws SPAN_ILLEGAL when a layer may not have its position in the span, the windows of branches can't be
 *   united, or no dense layer has the shape of the output.
 * @throws LAYER_UNKNOWN, LAYER_UNSUPPORTED, PLUGIN_FAILED as {@link Registry.lower} does.
 * @throws PLUGIN_FAILED when a layer-pair plugin throws, or returns what the contract doesn't allow.
 * @throws KERNEL_TOO_LARGE when `kernelSize` exceeds the receptive field.
 */
export function lowerSpan(
  registry: Registry,
  layers: readonly SpanLayer[],
  kernelSize?: number | readonly number[],
): LoweredSpan {
  const lowered = layers.map((layer) => registry.lower(layer));
  const reads = layers.map((layer, index) => layer.reads ?? [index - 1]);
  requireRoles(lowered, reads);
  const isRun = reads.every((places, index) => places.length === 1 && places[0] === index - 1);
  const pair = isRun ? fuseByPair(registry, lowered) : undefined;
  // A pair plugin supports only its own kernel size; for any other size the built-in composition is used.
  const fromPair = pair && keepsKernel(pair.fused, kernelSize) ? pair : undefined;
  const fused = fromPair?.fused ?? fuseByGeometry(lowered, reads);
  const receptiveField = fused.className === 'Dense' || !fused.geometry ? null : fused.geometry.kernelSize;
  const whole = { fused, layers: lowered, receptiveField, centered: true, plugin: fromPair?.plugin };
  if (!receptiveField || !fused.geometry || keepsKernel(fused, kernelSize)) return whole;
  const sizes = sizesFor(receptiveField, kernelSize);
  return {
    ...whole,
    fused: withGeometry(fused, centerKernel(fused.geometry, sizes), lowered),
    centered: isCentered(receptiveField, sizes),
  };
}

type KernelSize = number | readonly number[] | undefined;

function sizesFor(receptiveField: readonly number[], kernelSize: KernelSize): readonly number[] {
  if (kernelSize === undefined) return receptiveField;
  return typeof kernelSize === 'number' ? receptiveField.map(() => kernelSize) : kernelSize;
}

/** Whether a fused layer already has this kernel size; always true for a dense layer. */
function keepsKernel({ className, geometry }: FusedLayer, kernelSize: KernelSize): boolean {
  if (className === 'Dense' || !geometry) return true;
  return sizesFor(geometry.kernelSize, kernelSize).join() === geometry.kernelSize.join();
}

function requireRoles(layers: readonly LoweredLayer[], reads: readonly (readonly number[])[]): void {
  if (layers.length === 0) {
    throw new FuseInitError('SPAN_ILLEGAL', 'The span is empty: one layer or more was expected.');
  }
  // Where several branches begin, each may begin with any layer, since it is only a part of the span's first
  // map.
  const begins = reads.filter((places) => places.includes(-1)).length === 1;
  layers.forEach((layer, index) => {
    const isFirst = begins && index === 0;
    const isLast = index === layers.length - 1;
    const fits =
      (!isFirst || layer.roles.begins) &&
      (!isLast || layer.roles.ends) &&
      (isFirst || isLast || layer.roles.inside);
    if (fits) return;
    const place = isFirst ? 'begin' : isLast ? 'end' : 'stand inside';
    throw new FuseInitError(
      'SPAN_ILLEGAL',
      `The layer ${JSON.stringify(layer.name)} (${layer.className}) can't ${place} a span.`,
      { layerName: layer.name },
    );
  });
}

function fuseByPair(
  registry: Registry,
  layers: readonly LoweredLayer[],
): { fused: FusedLayer; plugin: string } | undefined {
  const members = layers.filter((layer) => layer.lowering.reads !== 'element' && !isFlatten(layer));
  const [first, second] = members;
  if (members.length !== 2 || !first || !second) return undefined;
  for (const pair of registry.pairs) {
    if (pair.layers[0] !== first.className || pair.layers[1] !== second.className) continue;
    const fused = fusePair(pair, { first: pairMember(first), second: pairMember(second) });
    if (fused) return { fused, plugin: pair.name };
  }
  return undefined;
}

/** Whether a layer keeps every number of a sample and only removes the spatial axes. */
function isFlatten({ lowering, roles, inputShape, outputShape }: LoweredLayer): boolean {
  const mixes = roles.begins || roles.ends;
  return lowering.reads === 'everything' && !mixes && outputShape.join() === String(sizeOf(inputShape));
}

/** The part of the span's input that a layer depends on. */
interface Reach {
  /**
   * The local dependence: on the same position alone ('element'), or on a window; null where no branch keeps
   * positions.
   */
  readonly window: PatchGeometry | 'element' | null;
  /** Whether a branch reads all positions. */
  readonly everything: boolean;
}

/** The part of the span's input that its last layer depends on. */
function reachOf(layers: readonly LoweredLayer[], reads: readonly (readonly number[])[]): Reach {
  const reaches: Reach[] = [];
  for (const [index, { name, lowering, otherLowerings = [] }] of layers.entries()) {
    const branches = [lowering, ...otherLowerings].map((own, input) => {
      const place = reads[index]![input]!;
      return throughLayer(place < 0 ? { window: 'element', everything: false } : reaches[place]!, own);
    });
    reaches.push(branches.reduce((first, second) => unite(first, second, name)));
  }
  return reaches.at(-1)!;
}

function throughLayer(reach: Reach, lowering: Lowering): Reach {
  if (lowering.reads === 'element') return reach;
  if (lowering.reads === 'everything') return { window: null, everything: true };
  const { geometry } = lowering;
  const window =
    reach.window === 'element' ? geometry : reach.window && composeGeometry(reach.window, geometry);
  return { ...reach, window };
}

function unite(first: Reach, second: Reach, name: string): Reach {
  const everything = first.everything || second.everything;
  if (!first.window || !second.window) return { window: first.window ?? second.window, everything };
  if (first.window === 'element' && second.window === 'element') return { window: 'element', everything };
  const { inputSize } = (first.window === 'element' ? second.window : first.window) as PatchGeometry;
  const [one, other] = [first, second].map(({ window }) =>
    window === 'element' ? patchGeometry({ inputSize, kernelSize: inputSize.map(() => 1) }) : window!,
  );
  const window = uniteGeometry(one!, other!);
  if (window) return { window, everything };
  throw new FuseInitError(
    'SPAN_ILLEGAL',
    `The branches that meet in the layer ${JSON.stringify(name)} step over the span's input by [${one!.strides}] and by [${other!.strides}]: no one window slides over both.`,
    { layerName: name },
  );
}

function fuseByGeometry(layers: readonly LoweredLayer[], reads: readonly (readonly number[])[]): FusedLayer {
  const last = layers.at(-1)!;
  const common = { useBias: true, activation: last.activation };
  const outFeatures = last.outputShape.at(-1)!;
  const { window, everything } = reachOf(layers, reads);
  const hasPositions = last.outputShape.length > 1;
  if (everything && (!window || !hasPositions)) {
    if (hasPositions) {
      const whole = layers.find(({ lowering }) => lowering.reads === 'everything')!;
      throw new FuseInitError(
        'SPAN_ILLEGAL',
        `The layer ${JSON.stringify(whole.name)} (${whole.className}) reads all positions, so only a dense layer could take the span's place; but ${JSON.stringify(last.name)} gives [${last.outputShape}], and a dense layer on the whole input gives units without positions.`,
        { layerName: whole.name },
      );
    }
    return {
      className: 'Dense',
      config: { units: outFeatures, ...common },
      geometry: null,
      toWeights: ({ kernel, bias }) => [kernel, bias],
    };
  }
  if (!window || (window === 'element' && !everything)) {
    throw new FuseInitError(
      'SPAN_ILLEGAL',
      `Each layer of the span ${JSON.stringify(layers.map(({ name }) => name))} acts on elements alone: one that slides or is dense was expected.`,
      { layerName: last.name },
    );
  }
  const inputSize = layers[0]!.inputShape.slice(0, -1);
  const geometry =
    window === 'element' ? patchGeometry({ inputSize, kernelSize: inputSize.map(() => 1) }) : window;
  const sliding = layers.filter(({ lowering }) => lowering.reads === 'window');
  if (sliding.every(({ className }) => className === 'Dense') && isPointwise(geometry)) {
    return {
      className: 'Dense',
      config: { units: outFeatures, ...common },
      geometry,
      toWeights: ({ kernel, bias }) => [kernel, bias],
    };
  }
  return withGeometry(
    {
      className: geometry.kernelSize.length === 1 ? 'Conv1D' : 'Conv2D',
      config: { filters: outFeatures, ...common },
      geometry,
      toWeights: ({ kernel, bias }) => [kernel, bias],
    },
    geometry,
    layers,
  );
}

/** Whether each output position reads exactly the same input position. */
function isPointwise({ kernelSize, inputSize, outputSize, padding }: PatchGeometry): boolean {
  return kernelSize.every(
    (size, axis) => size === 1 && inputSize[axis] === outputSize[axis] && padding[axis]![0] === 0,
  );
}

/** Returns the same convolution over other patches, with its config and kernel shape adapted. */
function withGeometry(
  fused: FusedLayer,
  geometry: PatchGeometry,
  layers: readonly LoweredLayer[],
): FusedLayer {
  const inChannels = layers[0]!.inputShape.at(-1)!;
  const { kernelSize, strides, dilationRate } = geometry;
  return {
    ...fused,
    geometry,
    config: { ...fused.config, kernelSize, strides, dilationRate },
    toWeights: ({ kernel, bias }) => [reshape(kernel, [...kernelSize, inChannels, bias.data.length]), bias],
  };
}
