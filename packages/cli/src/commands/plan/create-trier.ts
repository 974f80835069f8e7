import { type Plan, type Trials, tryPlans } from '@fuseinit/planner';
import { labelledSamples } from './labelled-samples.js';
import type { PlanningWork } from './planning-work.js';

/** What builds the students of some plans and measures them, on the labels where there are any. */
export async function createTrier(work: PlanningWork): Promise<(plans: readonly Plan[]) => Promise<Trials>> {
  const { device, teacher, samples, labels, options, session } = work;
  const { batchSize } = options;
  const { share: heldOut, seed } = samples.heldOut;
  const { signal, progress } = session;
  const evaluation = labels && (await labelledSamples(samples, labels, signal));
  return (plans) =>
    tryPlans(teacher, plans, {
      tf: device.tf,
      calibrationData: samples.calibrationData(signal),
      heldOut,
      seed,
      ...(batchSize !== undefined && { batchSize }),
      ...(evaluation && { evaluation }),
      signal,
      onProgress: ({ done, of }) => progress.show(`trying plan ${done + 1} of ${of}`, done / of),
    });
}
