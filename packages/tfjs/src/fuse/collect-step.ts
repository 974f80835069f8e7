import type { BackendAdapter } from '@fuseinit/core';
import { type CollectedMoments, collectMoments, createCollector } from '@fuseinit/statistics';
import type { CalibrationSource } from '../calibration/calibration-source.js';
import type { Tensor, TensorFlow } from '../tensorflow.js';
import type { FuseOptions } from './fuse-options.js';
import type { Step } from './plan-steps.js';
import { type Tap, tapBatches } from './tap-batches.js';

/** What all steps of a fusion collect with. */
export interface Collecting {
  readonly tf: TensorFlow;
  readonly source: CalibrationSource;
  readonly backend: BackendAdapter<Tensor>;
  readonly heldOut: number;
  /** For progress: of how many. */
  readonly steps: number;
  readonly options: Pick<FuseOptions, 'checkpoint' | 'onProgress' | 'signal'>;
}

/** Collects what a step is solved from, or what a checkpoint leaves to collect of it. */
export async function collectStep(
  { tf, source, backend, heldOut, steps, options }: Collecting,
  step: Step,
  index: number,
  tap: Tap,
): Promise<CollectedMoments> {
  const { checkpoint, onProgress, signal } = options;
  const collector = checkpoint?.collector(index, step.name) ?? createCollector(step.name);
  if (checkpoint?.isComplete(index)) return collector.collected();
  const collected = await collectMoments({
    tap: step.name,
    backend,
    collector,
    geometry: step.lowered.fused.geometry,
    batches: tapBatches(tf, tap, source, { heldOut, skip: collector.batches }),
    totalSamples: source.totalSamples,
    signal,
    onProgress: ({ samples, totalSamples }) =>
      onProgress?.({ stage: step.stage, name: step.name, step: index, steps, samples, totalSamples }),
  });
  checkpoint?.complete(index);
  return collected;
}
