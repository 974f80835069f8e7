import {
  type Budget,
  choosePlan,
  type LabelledData,
  type Latency,
  type Plan,
  type PlanChoice,
  type PlanFile,
  type Planning,
  planFusions,
  type Trials,
  toPlanFile,
  tryPlans,
} from '@fuseinit/planner';
import { type ModelFormat, teacherFingerprint } from '@fuseinit/tfjs/internal';
import { heldOutSamples, readSize, type Samples } from '../../data/open-samples.js';
import { labelsAt, type SampleLabels } from '../../data/read-labels.js';
import { givenBeside } from '../../model/teacher.js';
import type { Work } from '../../model/work.js';
import { percent } from '../../terminal/figures.js';

export interface MakePlanOptions {
  readonly budget: Budget;
  /** The number of plans to carry out and measure at first. */
  readonly tries: number;
  /** The format of the models that latencies are measured on. */
  readonly format: ModelFormat;
  /** Whether frozen layers are refitted too. Default false. */
  readonly refitFrozen?: boolean | undefined;
  /** Whether the student of the chosen plan is returned in its trial. Default false. */
  readonly keepStudent?: boolean;
}

/** The possible fusions, and the plan chosen from them. */
export interface MadePlan {
  readonly planning: Planning;
  readonly choice: PlanChoice;
}

/** Predicts every fusion of a teacher, tries the most promising plans, and chooses one for a budget. */
export async function makePlan(
  work: Work,
  { budget, tries, format, refitFrozen = false, keepStudent = false }: MakePlanOptions,
): Promise<MadePlan> {
  const { signal, progress, warn } = work.session;
  const { device, teacher, samples, labels, batchSize } = work;
  const { share: heldOut, seed } = samples.heldOut;
  const shared = {
    tf: device.tf,
    plugins: device.plugins,
    ...givenBeside(teacher),
    heldOut,
    seed,
    refitFrozen,
    latency: { format, inputShapes: [samples.shape] },
    signal,
  };
  const planning = await planFusions(teacher.model, {
    ...shared,
    calibrationData: samples.calibrationData(signal),
    onProgress: ({ stage, name, done, of }) => progress.show(`${doing[stage]} ${name}`, done / of),
  });
  for (const warning of planning.warnings) warn(warning);
  const evaluation = labels && tries > 0 ? await labelledSamples(samples, labels, signal) : undefined;
  const tryThem = (plans: readonly Plan[]): Promise<Trials> =>
    tryPlans(teacher.model, plans, {
      ...shared,
      keepStudents: keepStudent,
      calibrationData: samples.calibrationData(signal),
      ...(batchSize !== undefined && { batchSize }),
      ...(evaluation && { evaluation }),
      onProgress: ({ done, of }) => progress.show(`trying plan ${done + 1} of ${of}`, done / of),
    });
  const choice = await choosePlan(planning, { budget, tries, tryThem });
  for (const tried of choice.trials?.plans ?? []) if (tried.plan !== choice.chosen) tried.student?.dispose();
  const unsteady = choice.trials?.plans.find(({ latency }) => isUnsteady(latency));
  if (unsteady) {
    const { low, high } = unsteady.latency.ratio;
    warn(
      `The times of this machine vary: a plan that was tried takes from ${percent(low)} to ${percent(high)} of the teacher's time. Run it again while nothing else computes.`,
    );
  }
  return { planning, choice };
}

/** Whether a latency is too uncertain to distinguish plans by it. */
function isUnsteady({ ratio: { low, high }, isSettled }: Latency): boolean {
  return !isSettled || high > 1.2 * low;
}

const doing = { time: 'timing', try: 'trying' };

/** The contents of the plan file for the original model. */
export async function planFileOf(
  { device, teacher }: Work,
  { planning }: MadePlan,
  plan: Plan,
  budget: Budget,
): Promise<PlanFile> {
  const { given } = teacher;
  return toPlanFile(plan, {
    teacher: { name: given.name, fingerprint: await teacherFingerprint(given), costs: planning.teacher },
    backend: device.name,
    batchSize: 1,
    budget,
  });
}

/** The findings of planning, for `--json`. */
export function planFindings({ device, samples }: Work, { planning, choice }: MadePlan): object {
  const { candidates, skipped, given, teacher, teacherLatency, warnings } = planning;
  return {
    read: samples.read,
    backend: device.name,
    computesOn: device.computesOn,
    given,
    teacher,
    teacherLatency,
    candidates,
    skipped,
    warnings,
    front: choice.front,
    trials: choice.trials,
  };
}

/** The held-out samples, which nothing is solved on, with their labels. */
async function labelledSamples(
  samples: Samples,
  labels: SampleLabels,
  signal: AbortSignal,
): Promise<LabelledData> {
  const { places, batches } = heldOutSamples(samples, readSize, signal);
  const size = samples.shape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(places.length * size);
  let filled = 0;
  for await (const batch of batches) {
    data.set(batch.data, filled);
    filled += batch.data.length;
  }
  return {
    data,
    shape: [places.length, ...samples.shape],
    labels: labelsAt(labels, places),
    task: labels.task,
    ...(labels.threshold !== undefined && { threshold: labels.threshold }),
  };
}
