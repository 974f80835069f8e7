import type { LearnsFrom, Pair, TrainProgress } from '../protocol.js';

/** Curves of a training as they grow. */
export interface TrainingRun {
  readonly losses: readonly { readonly epochs: number; readonly loss: Pair }[];
  readonly accuracies: readonly { readonly epoch: number; readonly accuracy: Pair }[];
  readonly state: 'running' | 'finished' | 'stopped';
  /** The targets of training; null until they are known. */
  readonly learnsFrom: LearnsFrom | null;
}

export const emptyRun: TrainingRun = { losses: [], accuracies: [], state: 'running', learnsFrom: null };

/** The run with one more point. */
export function withProgress(run: TrainingRun, progress: TrainProgress): TrainingRun {
  if (progress.kind === 'start') return { ...run, learnsFrom: progress.learnsFrom };
  if (progress.kind === 'loss') return { ...run, losses: [...run.losses, progress] };
  return { ...run, accuracies: [...run.accuracies, progress] };
}

/** Losses as means over several neighbours, at most `points` of them: single batches jump about. */
export function smoothed(losses: TrainingRun['losses'], points: number): TrainingRun['losses'] {
  const size = Math.max(1, Math.ceil(losses.length / points));
  return Array.from({ length: Math.ceil(losses.length / size) }, (_, group) => {
    const some = losses.slice(group * size, (group + 1) * size);
    const mean = (of: (point: (typeof some)[number]) => number) =>
      some.reduce((sum, point) => sum + of(point), 0) / some.length;
    return {
      epochs: mean(({ epochs }) => epochs),
      loss: { fused: mean(({ loss }) => loss.fused), random: mean(({ loss }) => loss.random) },
    };
  });
}
