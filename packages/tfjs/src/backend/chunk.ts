import type { PaddedChunk } from './padded-chunk.js';
import type { Window2d } from './window-2d.js';

/** Some samples, and the targets of their positions; both less their shift. */
export interface Chunk {
  readonly padded: PaddedChunk;
  /** [count, ...outputSize, outFeatures] */
  readonly targets: Float32Array;
  readonly count: number;
  readonly channels: number;
  readonly outFeatures: number;
  readonly window: Window2d;
}
