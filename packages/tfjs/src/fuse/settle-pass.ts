import { type Network, nodeOf, positionCount } from '@fuseinit/core';
import { firstRound, type SettleOptions } from '@fuseinit/statistics';
import type { CheckpointedCollector } from './checkpoint.js';
import type { Fusion, Pass } from './fusion.js';
import { patchSizeOf } from './patch-size.js';
import type { Step } from './plan-steps.js';
import { type SolvedStep, solveStep } from './solve-step.js';

/** The settings that end a pass when more samples would change little. */
export interface PassSettling {
  readonly options: SettleOptions;
  /**
   * The last solution of a step, if it was solved on exactly this number of samples, including held-out ones.
   */
  solvedOn(index: number, samples: number): SolvedStep | undefined;
}

/**
 * Sets up the rounds of samples after which the layers of a pass are solved, in the same way as at its end.
 */
export function settlePass(
  fusion: Fusion,
  student: Network,
  pass: Pass,
  collectors: readonly CheckpointedCollector[],
): PassSettling {
  const last = new Map<number, { readonly samples: number; readonly solved: SolvedStep }>();
  return {
    options: {
      watches: collectors.map(({ settling }) => settling),
      firstRound: Math.max(...pass.steps.map((step) => firstRoundOf(step, fusion.heldOut.share))),
      linearAlgebra: fusion.linearAlgebra,
      async solve(index) {
        const step = pass.steps[index]!;
        const { collector } = collectors[index]!;
        const current = step.stage === 'refit' ? nodeOf(student, step.name) : undefined;
        const solved = await solveStep(step, collector.collected(), fusion, current);
        last.set(index, { samples: collector.samples, solved });
        return solved.solution;
      },
    },
    solvedOn(index, samples) {
      const kept = last.get(index);
      return kept?.samples === samples ? kept.solved : undefined;
    },
  };
}

function firstRoundOf({ lowered }: Step, heldOut: number): number {
  const { geometry } = lowered.fused;
  return firstRound({
    patchSize: patchSizeOf(lowered),
    rowsPerSample: geometry ? positionCount(geometry) : 1,
    heldOut,
  });
}
