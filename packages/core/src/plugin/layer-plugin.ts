import type { NdArray } from '../array/nd-array.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { AffineForm } from './affine-form.js';
import type { LayerDescription, WeightedLayer } from './layer-description.js';

/** Where in a span a layer may stand. */
export interface SpanRoles {
  /** It may be the first layer: it mixes features, so that there is something to fuse away. */
  readonly begins: boolean;
  /** It may stand between first and last: what it does is a fixed function of its input at inference. */
  readonly inside: boolean;
  /** It may be the last layer: it has a pre-activation that is affine in its input. */
  readonly ends: boolean;
}

/** What a layer reads, as data: all that fusion needs to know of it. */
export type Lowering =
  /** A window that slides: convolution, pooling, padding, cropping. */
  | { readonly reads: 'window'; readonly geometry: PatchGeometry }
  /** Each output position depends on the same input position alone, over any of its channels. */
  | { readonly reads: 'element' }
  /** Every output depends on all positions: flatten, dense, global pooling. */
  | { readonly reads: 'everything' };

/**
 * How one kind of layer takes part in fusion: which class it is, where it may stand, what it reads, and what it
 * computes in float64.
 */
export interface LayerPlugin {
  readonly specVersion: 1;
  /** The tfjs-layers class, or classes, that this plugin speaks for. */
  readonly classNames: readonly string[];
  readonly roles: SpanRoles;
  /**
   * What this layer reads.
   *
   * @throws LAYER_UNSUPPORTED for a config that fusion can't honour, named.
   */
  lower(layer: LayerDescription): Lowering;
  /**
   * Shape of one sample of the output.
   *
   * @throws LAYER_UNSUPPORTED as {@link LayerPlugin.lower}.
   */
  outputShape(layer: LayerDescription): readonly number[];
  /**
   * The layer at inference, in float64: what networks are interpreted by, and what backends, rewritings and the layer's own
   * lowering are held to. A plugin without it can still be fused.
   *
   * @param input [batch, ...layer.inputShape]
   * @param others Further inputs of a layer that reads several, such as `Add`.
   * @returns [batch, ...outputShape]; a list of arrays for a layer of several outputs.
   */
  apply?(layer: WeightedLayer, input: NdArray, ...others: readonly NdArray[]): NdArray | readonly NdArray[];
  /**
   * The layer at inference as affine steps and an activation, for exact rewriting; null for a config that is no such thing.
   * A layer whose plugin has this may be folded into others, or give way to a layer of tfjs-layers that computes the same.
   */
  affine?(layer: WeightedLayer): AffineForm | null;
  /**
   * The mask that the layer makes of its inputs and of their masks, [batch, steps], 0 where a step doesn't count; undefined
   * where it passes on the mask of its first input.
   *
   * @param masks One for each input; undefined for an input without a mask.
   */
  makeMask?(
    layer: WeightedLayer,
    inputs: readonly NdArray[],
    masks: readonly (NdArray | undefined)[],
  ): NdArray | undefined;
}

/** A layer and what it was lowered to: what a {@link LayerPairPlugin} is given. */
export interface LoweredLayer extends LayerDescription {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly roles: SpanRoles;
  readonly lowering: Lowering;
  /** The name of the layer's own activation; 'linear' where it has none. */
  readonly activation: string;
}
