import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { LoweredLayer } from './layer-plugin.js';

/** A layer of a pair, with the geometry of its window. */
export interface PairMember extends LoweredLayer {
  /**
   * Of a layer that reads everything, one window as large as its input: without any axis for a dense layer on plain
   * rows.
   */
  readonly geometry: PatchGeometry;
}

/** What the solver hands over: the numbers of the fused layer, not yet in the layer's own order. */
export interface SolvedWeights {
  /** [patchSize, outFeatures], a column ordered [...kernelSize, inChannels]. */
  readonly kernel: NdArray;
  /** [outFeatures] */
  readonly bias: NdArray;
}

/** The layer that takes a span's place: which it is, what it reads, and how it holds its weights. */
export interface FusedLayer {
  /** A stock class of tfjs-layers. */
  readonly className: string;
  /** The layer's config, without `name` and `padding`: these follow from the span and the geometry. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The patches to solve on; null where the layer reads its whole input, flattened channelsLast. */
  readonly geometry: PatchGeometry | null;
  /**
   * Weights in the order that `layer.setWeights` of this class takes. They hold the whole solution: a layer that computes
   * anything but `patches x kernel + bias` is refused.
   */
  toWeights(solved: SolvedWeights): readonly NdArray[];
}

/**
 * Fuses two neighbouring layers that composition of geometries can't express, or can't as well. Layers that act on
 * elements, and a flatten, may stand between them.
 *
 * Tried before the built-in composition; `fuse` returns null where the pair is not its own to fuse.
 */
export interface LayerPairPlugin {
  readonly specVersion: 1;
  /** Name of the package or plugin, for reports and errors. */
  readonly name: string;
  /** The classes of the two layers, in order. */
  readonly layers: readonly [first: string, second: string];
  fuse(pair: { readonly first: PairMember; readonly second: PairMember }): FusedLayer | null;
}
