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

/** The student after all steps, and what each of them did. */
export interface SolvedSteps {
  readonly student: Network;
  readonly steps: readonly AppliedStep[];
}

/**
 * Solves all layers of a fusion, pass by pass.
 *
 * @param given What tells whether a refit makes the network worse. Default a probe of this fusion's held-out
 * samples, made where a layer is refitted.
 */
export async function solveSteps(fusion: Fusion, given?: NetworkProbe): Promise<SolvedSteps> {
  let student = fusion.teacher;
  let probe: Promise<NetworkProbe | undefined> | undefined = given && Promise.resolve(given);
  const steps: AppliedStep[] = [];
  for (const pass of fusion.passes) {
    const collected = pass.given?.map(asGiven) ?? (await collectPass(fusion, student, pass));
    for (const [index, step] of pass.steps.entries()) {
      const { samples, heldOutSamples } = collected[index]!.collected;
      if (step.stage === 'refit') probe ??= createNetworkProbe(fusion, samples + heldOutSamples);
      const applied = await applyStep(fusion, student, step, collected[index]!, await probe);
      student = applied.student;
      steps.push(applied);
    }
  }
  return { student, steps };
}
