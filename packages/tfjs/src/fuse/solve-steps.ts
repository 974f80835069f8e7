import type { Network } from '@fuseinit/core';
import type { CollectedMoments } from '@fuseinit/statistics';
import { type AppliedStep, applyStep } from './apply-step.js';
import { type CollectedStep, collectPass } from './collect-pass.js';
import type { Fusion } from './fusion.js';
import { createNetworkProbe, type NetworkProbe } from './network-probe.js';

const asGiven = (collected: CollectedMoments): CollectedStep => ({
  collected,
  solved: undefined,
  settling: null,
});

/** The student after all steps, and the result of each step. */
export interface SolvedSteps {
  readonly student: Network;
  readonly steps: readonly AppliedStep[];
}

/**
 * Solves all layers of a fusion, pass by pass.
 *
 * @param given A probe that shows whether a refit makes the network worse. Defaults to one with this fusion's
 *   held-out samples, created before the first layer is refitted.
 */
export async function solveSteps(
  fusion: Fusion,
  given?: Pick<NetworkProbe, 'errorOf'>,
): Promise<SolvedSteps> {
  let student = fusion.teacher;
  let own: NetworkProbe | undefined;
  const steps: AppliedStep[] = [];
  try {
    for (const pass of fusion.passes) {
      const collected = pass.given?.map(asGiven) ?? (await collectPass(fusion, student, pass));
      for (const [index, step] of pass.steps.entries()) {
        const { samples, heldOutSamples } = collected[index]!.collected;
        if (step.stage === 'refit' && !given)
          own ??= await createNetworkProbe(fusion, samples + heldOutSamples);
        const applied = await applyStep(fusion, student, step, collected[index]!, given ?? own);
        student = applied.student;
        steps.push(applied);
      }
    }
  } finally {
    own?.dispose();
  }
  return { student, steps };
}
