import { type Planning, planFusions } from '@fuseinit/planner';
import type { PlanningWork } from './planning-work.js';

const doing = { time: 'timing', collect: 'collecting from', solve: 'solving' };

/** Predicts every fusion. */
export function predictPlans({ device, teacher, samples, session }: PlanningWork): Promise<Planning> {
  const { signal, progress } = session;
  return planFusions(teacher, {
    tf: device.tf,
    calibrationData: samples.calibrationData(signal),
    heldOut: samples.heldOut.share,
    seed: samples.heldOut.seed,
    signal,
    onProgress: ({ stage, name, done, of = samples.count }) =>
      progress.show(`${doing[stage]} ${name}`, done / of),
  });
}
