import type { BackendAdapter, PatchGeometry } from '@fuseinit/core';
import { collectTaps, type TapsBatch, type TapsProgress } from './collect-taps.js';
import { type CollectedMoments, type Collector, createCollector } from './create-collector.js';
import type { BatchInfo, Shaped, TapTensors } from './create-intake.js';

/** One batch of what is read at a tap, and what is to be predicted from it. */
export interface TapBatch<Tensor> extends BatchInfo, TapTensors<Tensor> {}

/** How far the collection at a tap has come. */
export interface CollectProgress extends TapsProgress {
  readonly tap: string;
}

export interface CollectOptions<Tensor> {
  /** Name of what is tapped, for progress and errors. */
  readonly tap: string;
  readonly batches: AsyncIterable<TapBatch<Tensor>>;
  /**
   * Holds what was gathered, also after an error. One that holds batches already goes on: then `batches` begins after
   * them. Default an empty one.
   */
  readonly collector?: Collector;
  readonly backend: BackendAdapter<Tensor>;
  /** The patches of the input; null where each sample is one row. */
  readonly geometry: PatchGeometry | null;
  readonly totalSamples?: number | undefined;
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * {@link collectTaps} for one tap, whose batches are at hand.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws ABORTED, VALUE_NOT_FINITE, CALIBRATION_DATA_EMPTY as {@link collectTaps} does.
 */
export async function collectMoments<Tensor extends Shaped>(
  options: CollectOptions<Tensor>,
): Promise<CollectedMoments> {
  const { tap, batches, geometry, onProgress, collector = createCollector(tap), ...rest } = options;
  await collectTaps({
    ...rest,
    taps: [{ name: tap, geometry, collector }],
    batches: read(batches),
    before: { batches: collector.batches, samples: collector.samples },
    onProgress: onProgress && ((progress) => onProgress({ tap, ...progress })),
  });
  return collector.collected();
}

async function* read<Tensor>(batches: AsyncIterable<TapBatch<Tensor>>): AsyncGenerator<TapsBatch<Tensor>> {
  for await (const { input, target, ...info } of batches)
    yield { ...info, endsBatch: true, read: () => [{ input, target }] };
}
