import type { ExperimentReport } from '../report/experiment-report.js';
import { pairedDifference } from '../report/paired-difference.js';
import { advantage } from '../results/task.js';

/** Whether fused students are better than random ones, epoch by epoch. */
export interface Expectation {
  readonly holds: boolean;
  readonly epochs: readonly {
    readonly stage: number;
    readonly epoch: number;
    /** Mean difference over seeds, in the score's unit, and its standard error. */
    readonly better: number;
    readonly standardError: number;
  }[];
}

/** Holds where at every epoch of every stage the mean paired difference is above two standard errors. */
export function fusedBeatsRandom({ stages, task, experiment }: ExperimentReport): Expectation {
  const epochs = stages.flatMap(({ stage, arms }) => {
    const scores = (name: string, epoch: number) =>
      new Map(
        (arms.find(({ arm }) => arm === name)?.trials ?? []).map((trial) => [
          trial.seed,
          trial.scores[epoch]!,
        ]),
      );
    return Array.from({ length: experiment.epochs.student + 1 }, (_, epoch) => {
      const difference = pairedDifference(scores('fused', epoch), scores('random', epoch), (fused, random) =>
        advantage(task, fused, random),
      );
      return {
        stage,
        epoch,
        better: difference?.mean ?? Number.NaN,
        standardError: (difference?.deviation ?? Number.NaN) / Math.sqrt(difference?.count ?? 0),
      };
    });
  });
  return {
    holds: epochs.length > 0 && epochs.every(({ better, standardError }) => better > 2 * standardError),
    epochs,
  };
}
