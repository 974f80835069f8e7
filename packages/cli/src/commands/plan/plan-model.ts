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
import { tryAround } from './try-around.js';

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
        ? await tryAround(
            front,
            budget,
            options.try,
            await trier({ device, teacher, samples, options, session }),
          )
        : undefined;
    const text = [
      frontText(planning, whole, picked),
      ...(trials ? ['', trialsText(trials, whole)] : []),
    ].join('\n');
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
      text: [text, '', chosenText(budget, chosen, { picked, whole, output })].join('\n'),
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

async function trier({ device, teacher, samples, options, session }: Trying) {
  const { batchSize, heldOut } = options;
  const { signal, progress } = session;
  const labels = await readLabels(teacher, samples, options);
  const evaluation = labels && (await labelledSamples(samples, labels, heldOut, signal));
  return (plans: readonly Plan[]): Promise<Trials> =>
    tryPlans(teacher, plans, {
      tf: device.tf,
      calibrationData: samples.batches(batchSize ?? readSize, signal),
      heldOut,
      ...(batchSize !== undefined && { batchSize }),
      ...(evaluation && { evaluation }),
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
  readonly whole: readonly Plan[];
  readonly output: string | undefined;
}

function chosenText({ text }: Budget, chosen: Plan, { picked, whole, output }: Choice): string {
  const how = picked && picked !== chosen ? ', as measured' : '';
  return [
    `Chosen for ${text}${how}: plan ${whole.indexOf(chosen) + 1}.`,
    output === undefined
      ? 'Give -o plan.json to write it.'
      : `Written to ${printable(output)}, to be edited and given to fuse --plan.`,
  ].join('\n');
}
