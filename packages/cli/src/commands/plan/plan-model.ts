import { type Device, startBackend } from '@fuseinit/node-backends';
import { type Plan, type PlanFile, type Planning, type Trials, toPlanFile } from '@fuseinit/planner';
import { teacherFingerprint } from '@fuseinit/tfjs/internal';
import { openSamples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadModel } from '../../model/load-model.js';
import { requireOutputFile, writeOutputFile } from '../../output/output-file.js';
import type { Outcome, Session } from '../../program/run-command.js';
import { budgetOf } from './budget.js';
import { choosePlan } from './choose-plan.js';
import { chosenText } from './chosen-text.js';
import { createTrier } from './create-trier.js';
import { budgetAsked, type PlanCommandOptions } from './plan-options.js';
import { frontText, trialsText } from './plan-text.js';
import type { PlanningWork } from './planning-work.js';
import { predictPlans } from './predict-plans.js';
import { tryAround } from './try-around.js';

export async function planModel(
  path: string,
  options: PlanCommandOptions,
  session: Session,
): Promise<Outcome> {
  const { output } = options;
  if (output !== undefined) await requireOutputFile(output, options.force === true);
  const device = await startBackend(options.backend, session.warn);
  const teacher = await loadModel(device.tf, path, session.warn);
  const samples = await openSamples(teacher, options.data, options, session);
  try {
    const labels = await readLabels(teacher, samples, options, session);
    return await planWith({ device, teacher, samples, labels, options, session });
  } finally {
    await samples.close();
  }
}

async function planWith(work: PlanningWork): Promise<Outcome> {
  const { device, options, session } = work;
  const planning = await predictPlans(work);
  for (const warning of planning.warnings) session.warn(warning);
  const budget = budgetOf(budgetAsked(options), planning.teacher);
  const whole = planning.front(budget.cost);
  const front = whole.filter(({ spans }) => spans.length > 0);
  const picked = budget.pick(front);
  const trials =
    front.length > 0 && options.try > 0
      ? await tryAround(front, budget, options.try, await createTrier(work))
      : undefined;
  const told = [frontText(planning, whole, picked), ...(trials ? ['', trialsText(trials, whole)] : [])];
  const findings = { read: work.samples.read, ...findingsOf(device, planning, whole, trials) };
  const chosen = choosePlan(budget, planning, front, trials, { text: told.join('\n'), findings });
  const file = await planFile(chosen, planning, work);
  session.signal.throwIfAborted();
  const { output } = options;
  if (output !== undefined) await writeOutputFile(output, `${JSON.stringify(file, null, 2)}\n`);
  return {
    text: [...told, '', chosenText(budget, chosen, { picked, whole, output })].join('\n'),
    data: { ...findings, chosen: file, ...(output !== undefined && { output }) },
  };
}

async function planFile(
  chosen: Plan,
  { teacher: costs }: Planning,
  { device, teacher }: PlanningWork,
): Promise<PlanFile> {
  return toPlanFile(chosen, {
    teacher: { name: teacher.name, fingerprint: await teacherFingerprint(teacher), costs },
    backend: device.name,
    batchSize: 1,
  });
}

function findingsOf(device: Device, planning: Planning, front: readonly Plan[], trials: Trials | undefined) {
  const { candidates, skipped, teacher, teacherLatency, warnings } = planning;
  const { name: backend, computesOn } = device;
  return {
    backend,
    computesOn,
    teacher,
    teacherLatency,
    candidates,
    skipped,
    warnings,
    front,
    trials: trials ?? null,
  };
}
