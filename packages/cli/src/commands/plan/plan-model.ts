import { type Plan, type Planning, planFusions, type Trials, toPlanFile, tryPlans } from '@fuseinit/planner';
import { type LayersModel, teacherFingerprint } from '@fuseinit/tfjs';
import { type Device, startBackend } from '../../backend/start-backend.js';
import { openSamples, readSize, type Samples } from '../../data/open-samples.js';
import { readLabels } from '../../data/read-labels.js';
import { loadModel } from '../../model/load-model.js';
import { requireOutputFile, writeOutputFile } from '../../output/output-file.js';
import type { Outcome, Session } from '../../program/run-command.js';
import { printable } from '../../terminal/printable.js';
import { type Budget, budgetOf } from './budget.js';
import { choosePlan } from './choose-plan.js';
import { labelledSamples } from './labelled-samples.js';
import { budgetAsked, type PlanCommandOptions } from './plan-options.js';
import { frontText, trialsText } from './plan-text.js';
import { plansToTry } from './plans-to-try.js';
import { spansText } from './spans-text.js';

export async function planModel(
  path: string,
  options: PlanCommandOptions,
  session: Session,
): Promise<Outcome> {
  const { output } = options;
  if (output !== undefined) await requireOutputFile(output, options.force === true);
  const device = await startBackend(options.backend, session.warn);
  const teacher = await loadModel(device.tf, path);
  const samples = await openSamples(teacher, options.data, options);
  try {
    const planning = await predict(device, teacher, samples, options, session);
    const budget = budgetOf(budgetAsked(options), planning.teacher);
    const whole = planning.front(budget.cost);
    const front = whole.filter(({ spans }) => spans.length > 0);
    const picked = budget.pick(front);
    const trials =
      front.length > 0 && options.try > 0
        ? await tryAround(picked ?? budget.closest(front), front, {
            device,
            teacher,
            samples,
            options,
            session,
          })
        : undefined;
    const text = [frontText(planning, whole, picked), ...(trials ? ['', trialsText(trials)] : [])].join('\n');
    const findings = findingsOf(device, planning, whole, trials);
    const chosen = choosePlan(budget, planning, front, trials, { text, findings });
    const file = toPlanFile(chosen, {
      teacher: {
        name: teacher.name,
        fingerprint: await teacherFingerprint(teacher),
        costs: planning.teacher,
      },
      backend: device.name,
      batchSize: 1,
    });
    session.signal.throwIfAborted();
    if (output !== undefined) await writeOutputFile(output, `${JSON.stringify(file, null, 2)}\n`);
    return {
      text: [text, '', chosenText(budget, chosen, { picked, output })].join('\n'),
      data: { ...findings, chosen: file, ...(output !== undefined && { output }) },
    };
  } finally {
    await samples.close();
  }
}

function predict(
  { tf }: Device,
  teacher: LayersModel,
  samples: Samples,
  { batchSize, heldOut }: PlanCommandOptions,
  { signal, progress }: Session,
): Promise<Planning> {
  const doing = { time: 'timing', collect: 'collecting from', solve: 'solving' };
  return planFusions(teacher, {
    tf,
    calibrationData: samples.batches(batchSize ?? readSize, signal),
    heldOut,
    signal,
    onProgress: ({ stage, name, done, of = samples.count }) =>
      progress.show(`${doing[stage]} ${name}`, done / of),
  });
}

interface Trying {
  readonly device: Device;
  readonly teacher: LayersModel;
  readonly samples: Samples;
  readonly options: PlanCommandOptions;
  readonly session: Session;
}

async function tryAround(
  around: Plan,
  front: readonly Plan[],
  { device: { tf }, teacher, samples, options, session: { signal, progress } }: Trying,
): Promise<Trials> {
  const { batchSize, heldOut } = options;
  const labels = await readLabels(teacher, samples, options);
  return tryPlans(teacher, plansToTry(front, around, options.try), {
    tf,
    calibrationData: samples.batches(batchSize ?? readSize, signal),
    heldOut,
    ...(batchSize !== undefined && { batchSize }),
    ...(labels && { evaluation: await labelledSamples(samples, labels, heldOut, signal) }),
    signal,
    onProgress: ({ done, of }) => progress.show(`trying plan ${done + 1} of ${of}`, done / of),
  });
}

function findingsOf(device: Device, planning: Planning, front: readonly Plan[], trials: Trials | undefined) {
  const { candidates, skipped, teacher, teacherLatency } = planning;
  const { name: backend, computesOn } = device;
  return { backend, computesOn, teacher, teacherLatency, candidates, skipped, front, trials: trials ?? null };
}

interface Choice {
  /** What was predicted to be the best. */
  readonly picked: Plan | undefined;
  readonly output: string | undefined;
}

function chosenText({ text }: Budget, chosen: Plan, { picked, output }: Choice): string {
  const written =
    output === undefined
      ? 'Give -o plan.json to write it as a plan.'
      : `Written to ${printable(output)}, to be edited, and fused by --plan ${printable(output)}.`;
  const other = picked && picked !== chosen;
  return [
    `Chosen for ${text}:`,
    `  ${printable(spansText(chosen))}`,
    ...(other ? ['by what was measured; the one marked above was the best by prediction.'] : []),
    written,
  ].join('\n');
}
