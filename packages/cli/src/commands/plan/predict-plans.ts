import { type Planning, planFusions } from '@fuseinit/planner';
import type { PlanningWork } from './planning-work.js';

const doing = { time: 'timing', collect: 'collecting from', solve: 'solving' };

/** Predicts every fusion. */
export function predictPlans({
  device,
  teacher,
  samples,
  options,
  session,
}: PlanningWork): Promise<Planning> {
  const { signal, progress } = session;
  return planFusions(teacher, {
    tf: device.tf,
    calibrationData: samples.calibrationData(signal),
    heldOut: options.heldOut,
    seed: options.seed ?? 0,
    signal,
    onProgress: ({ stage, name, done, of = samples.count }) =>
      progress.show(`${doing[stage]} ${name}`, done / of),
  });
}
