/** How far a layer's pre-activations are from those they should be, and where. */
export interface LayerError {
  /** Mean square error over variance, channels summed: 0 is exact, 1 no better than the mean. */
  readonly relativeMse: number;
  /**
   * One for each channel or unit. Weighted by their variances, their relative errors average to the layer's.
   */
  readonly channels: readonly ChannelError[];
  /** Null for a layer without spatial axes. */
  readonly positions: PositionErrors | null;
}

/** Over samples and positions. */
export interface ChannelError {
  readonly meanSquareError: number;
  /** Of what the channel should be, about its mean. */
  readonly variance: number;
  /** 0 where it is exact; over the square of the mean where the channel is constant. */
  readonly relativeMse: number;
}

/** Over samples, channels summed. */
export interface PositionErrors {
  /** Of the layer: one or two lengths. */
  readonly layerShape: readonly number[];
  /** Of `relativeMse`: shorter than the layer's where neighbours were averaged. */
  readonly shape: readonly number[];
  /**
   * Mean square error at a position over the variance of the whole layer, row-major: they average to the
   * layer's error. A position of its own variance would show borders that hardly vary as the worst.
   */
  readonly relativeMse: readonly number[];
}
