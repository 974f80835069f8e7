import {
  centerKernel,
  composeGeometry,
  type FusedLayer,
  FuseInitError,
  fusePair,
  isCentered,
  type LayerDescription,
  type LoweredLayer,
  type PatchGeometry,
  pairMember,
  reshape,
  sizeOf,
} from '@fuseinit/core';
import type { Registry } from './create-registry.js';

/** The layer that a run of layers becomes, and what it was made of. */
export interface LoweredSpan {
  readonly fused: FusedLayer;
  readonly layers: readonly LoweredLayer[];
  /** The kernel size that reads all that the run reads; null where the fused layer reads its whole input. */
  readonly receptiveField: readonly number[] | null;
  /** Whether a smaller kernel stands exactly in the middle of the receptive field. */
  readonly centered: boolean;
  /** The layer-pair plugin that gave the fused layer, if one did. */
  readonly plugin: string | undefined;
}

/**
 * Lowers a run of consecutive layers, one or more, to the layer that takes their place.
 *
 * Where exactly two layers of the run do more than act on elements or flatten, layer-pair plugins may fuse them. Otherwise
 * the windows of the layers compose: the result is a convolution, or a dense layer if any layer reads everything.
 *
 * @param kernelSize The kernel size of a fused convolution, whose kernel stands in the middle of the receptive field.
 * Default the whole receptive field. A dense layer ignores it.
 * @throws SPAN_ILLEGAL when a layer may not stand where it stands, or no dense layer has the shape of the output.
 * @throws LAYER_UNKNOWN, LAYER_UNSUPPORTED, PLUGIN_FAILED as {@link Registry.lower}.
 * @throws PLUGIN_FAILED when a layer-pair plugin throws, or gives what the contract doesn't allow.
 * @throws KERNEL_TOO_LARGE when `kernelSize` exceeds the receptive field.
 */
export function lowerSpan(
  registry: Registry,
  layers: readonly LayerDescription[],
  kernelSize?: number | readonly number[],
): LoweredSpan {
  const lowered = layers.map((layer) => registry.lower(layer));
  requireRoles(lowered);
  const pair = fuseByPair(registry, lowered);
  // A pair plugin knows its own kernel alone: another size is for the built-in convolution.
  const fromPair = pair && keepsKernel(pair.fused, kernelSize) ? pair : undefined;
  const fused = fromPair?.fused ?? fuseByGeometry(lowered);
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

/** Tells whether a fused layer has this kernel size already; a dense layer always does. */
function keepsKernel({ className, geometry }: FusedLayer, kernelSize: KernelSize): boolean {
  if (className === 'Dense' || !geometry) return true;
  return sizesFor(geometry.kernelSize, kernelSize).join() === geometry.kernelSize.join();
}

function requireRoles(layers: readonly LoweredLayer[]): void {
  if (layers.length === 0) {
    throw new FuseInitError('SPAN_ILLEGAL', 'The span is empty: one layer or more was expected.');
  }
  layers.forEach((layer, index) => {
    const isFirst = index === 0;
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

/** Tells whether a layer keeps every number of a sample and only takes the positions away. */
function isFlatten({ lowering, roles, inputShape, outputShape }: LoweredLayer): boolean {
  const mixes = roles.begins || roles.ends;
  return lowering.reads === 'everything' && !mixes && outputShape.join() === String(sizeOf(inputShape));
}

function hasWindow(
  layer: LoweredLayer,
): layer is LoweredLayer & { lowering: { reads: 'window'; geometry: PatchGeometry } } {
  return layer.lowering.reads === 'window';
}

function fuseByGeometry(layers: readonly LoweredLayer[]): FusedLayer {
  const last = layers.at(-1)!;
  const common = { useBias: true, activation: last.activation };
  const outFeatures = last.outputShape.at(-1)!;
  const whole = layers.find(({ lowering }) => lowering.reads === 'everything');
  if (whole) {
    if (last.outputShape.length > 1) {
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
  const sliding = layers.filter(hasWindow);
  if (sliding.length === 0) {
    throw new FuseInitError(
      'SPAN_ILLEGAL',
      `Each layer of the span ${JSON.stringify(layers.map(({ name }) => name))} acts on elements alone: one that slides or is dense was expected.`,
      { layerName: last.name },
    );
  }
  const geometry = sliding.map(({ lowering }) => lowering.geometry).reduce(composeGeometry);
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

/** Tells whether each output position reads the input position of the same place, and no other. */
function isPointwise({ kernelSize, inputSize, outputSize, padding }: PatchGeometry): boolean {
  return kernelSize.every(
    (size, axis) => size === 1 && inputSize[axis] === outputSize[axis] && padding[axis]![0] === 0,
  );
}

/** Returns the same convolution over other patches, its config and the shape of its kernel changed with them. */
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
