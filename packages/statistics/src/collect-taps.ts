import type { BackendAdapter, PatchGeometry } from '@fuseinit/core';
import { requireNotAborted } from '@fuseinit/core';
import { type CollectedMoments, type Collector, createCollector } from './collectors.js';
import {
  type BatchInfo,
  createIntake,
  type Intake,
  type Shaped,
  type Tap,
  type TapTensors,
} from './intake.js';
import { roundEnd, type SettleOptions, settleRound } from './settling.js';

/** One batch, read at all taps. */
export interface TapsBatch<Tensor> extends BatchInfo {
  /**
   * False where it is only to show what the data are like, as the first batch of data of which a part is
   * collected.
   */
  readonly counts?: false;
  /** Whether no more parts of the same batch follow: where a collection may end. */
  readonly endsBatch: boolean;
  /**
   * Returns the arrays of each tap, valid until the next batch is requested. Called at most once, if a tap
   * needs it.
   */
  read(): readonly TapTensors<Tensor>[];
}

/** The progress of a collection. */
export interface TapsProgress {
  readonly samples: number;
  /** Undefined where it is unknown. */
  readonly totalSamples: number | undefined;
}

/** Options of {@link collectTaps}. */
export interface CollectTapsOptions<Tensor> {
  readonly taps: readonly Tap[];
  readonly batches: AsyncIterable<TapsBatch<Tensor>>;
  readonly backend: BackendAdapter<Tensor>;
  /** The data before the first batch, which don't come again. Default none. */
  readonly before?: { readonly batches: number; readonly samples: number };
  /** Ends the collection when more samples would change little. Default all batches are taken. */
  readonly settle?: SettleOptions;
  readonly totalSamples?: number | undefined;
  /** Not called for batches that every collector holds. */
  readonly onProgress?: ((progress: TapsProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams batches into the collectors of several taps in one pass: memory is that of one batch and of what
 * they keep, moments however many samples come, or all rows, and some rows of held-out samples. A device with
 * sums of its own holds one of them for each tap.
 *
 * After an error or an abort the collectors hold what came before it, except for the sums of a device that
 * failed.
 *
 * Source: docs/math.md, section 1.
 *
 * @throws ABORTED when the signal fires.
 * @throws VALUE_NOT_FINITE for NaN or Infinity, with the batch and the tap.
 * @throws CALIBRATION_DATA_EMPTY when no rows came to solve on.
 */
export async function collectTaps<Tensor extends Shaped>(options: CollectTapsOptions<Tensor>): Promise<void> {
  const { taps, backend, signal, settle } = options;
  const name = taps.map((tap) => tap.name).join(', ');
  requireNotAborted(signal, name);
  const intakes = taps.map((tap) => createIntake(backend, tap));
  const endRound = async (samples: number) => {
    for (const intake of intakes) await intake.flush();
    const heldOut = taps.map(({ collector }) => collector.heldOutRows());
    return settle !== undefined && settleRound(settle, samples, heldOut);
  };
  try {
    if (!settle?.watches.every((watch) => watch.report().settled)) {
      await addAll(options, intakes, name, endRound);
    }
  } catch (error) {
    // The first error is the one to tell; a device that is gone has no more to give.
    for (const intake of intakes) await intake.flush().catch(() => {});
    throw error;
  } finally {
    for (const intake of intakes) intake.dispose();
  }
  for (const { collector } of taps) collector.requireSamples();
}

async function addAll<Tensor extends Shaped>(
  { batches, before, settle, totalSamples, onProgress, signal }: CollectTapsOptions<Tensor>,
  intakes: readonly Intake<Tensor>[],
  name: string,
  endRound: (samples: number) => Promise<boolean>,
): Promise<void> {
  let batchCount = before?.batches ?? 0;
  let samples = before?.samples ?? 0;
  for await (const batch of batches) {
    requireNotAborted(signal, name);
    if (batch.counts === false) {
      const tensors = batch.read();
      for (const [index, intake] of intakes.entries()) await intake.prime(tensors[index]!, batch);
      continue;
    }
    samples += batch.samples;
    if (intakes.some((intake) => intake.batches === batchCount)) {
      const tensors = batch.read();
      for (const [index, intake] of intakes.entries()) {
        // After an error one tap may be a batch ahead of another.
        if (intake.batches === batchCount) await intake.add(tensors[index]!, batch);
      }
      onProgress?.({ samples, totalSamples });
    }
    batchCount++;
    if (settle && batch.endsBatch && samples >= roundEnd(settle) && (await endRound(samples))) return;
  }
  requireNotAborted(signal, name);
  await endRound(samples);
}

/** One batch of what is read at a tap, and what is to be predicted from it. */
export interface TapBatch<Tensor> extends BatchInfo, TapTensors<Tensor> {}

/** The progress of the collection at a tap. */
export interface CollectProgress extends TapsProgress {
  readonly tap: string;
}

/** Options of the collection at a single tap. */
export interface CollectOptions<Tensor> {
  /** Name of what is tapped, for progress and errors. */
  readonly tap: string;
  readonly batches: AsyncIterable<TapBatch<Tensor>>;
  /**
   * Holds what was gathered, also after an error. One that holds batches already goes on: then `batches`
   * begins after them. Default an empty one.
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
