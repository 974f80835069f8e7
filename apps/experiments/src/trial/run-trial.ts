import { type Arm, arms } from '../experiment.js';
import { chosenRate } from '../results/choose-rate.js';
import { type EpochLine, hasDiverged, type RunKey } from '../results/result-line.js';
import { buildTeacher, drawWeights } from '../starts/build-teacher.js';
import { createStarts } from '../starts/create-starts.js';
import { finalModel, trainRun } from './train-run.js';
import type { TrialContext } from './trial-data.js';

/** The rates that an arm of a stage is trained at: all of the grid while tuning, or the chosen one. */
export type RatesOf = (stage: number, arm: string) => readonly number[];

/**
 * Runs one seed of an experiment completely: the teacher, then each arm's student, stage by stage.
 *
 * @throws Error if all rates of the arm that carries on diverged.
 */
export async function runTrial(context: TrialContext, ratesOf: RatesOf): Promise<void> {
  const { tf, experiment, seed } = context;
  const { initialization, fusions, carriesOn } = experiment;
  const keyOf = (stage: number, arm: string, rate: number): RunKey => ({
    purpose: context.purpose,
    seed,
    stage,
    arm,
    rate,
  });
  for (const rate of ratesOf(0, 'teacher')) {
    await trainRun(context, {
      key: keyOf(0, 'teacher', rate),
      epochs: experiment.epochs.teacher,
      makeModel: async () => {
        const teacher = buildTeacher(tf, experiment);
        drawWeights(tf, teacher, initialization, seed);
        return teacher;
      },
      teacher: undefined,
      carriesOn: true,
    });
  }
  for (const [index, fusion] of fusions.entries()) {
    const stage = index + 1;
    const arm = stage === 1 ? 'teacher' : carriesOn;
    const epochs = stage === 1 ? experiment.epochs.teacher : experiment.epochs.student;
    const teacher = await finalModel(
      context,
      keyOf(stage - 1, arm, bestRate(context, stage - 1, arm, epochs)),
    );
    const starts = createStarts({
      tf,
      backend: context.backend,
      teacher,
      fusion,
      calibration: context.data.calibration,
      initialization,
      // The seed differs from the teacher's.
      seed: seed + 100 * stage,
      onFusion: (outcome) => {
        if (context.file.hasFusion(stage, outcome.start)) return;
        context.file.append({ type: 'fusion', purpose: context.purpose, seed, stage, ...outcome });
      },
    });
    try {
      for (const { name, start, distilled } of armsOf(context)) {
        for (const rate of ratesOf(stage, name)) {
          await trainRun(context, {
            key: keyOf(stage, name, rate),
            epochs: experiment.epochs.student,
            makeModel: () => starts.make(start),
            teacher: distilled ? teacher : undefined,
            carriesOn: name === carriesOn,
          });
        }
      }
    } finally {
      teacher.dispose();
    }
  }
}

function armsOf({ experiment }: TrialContext): readonly Arm[] {
  return arms.filter(({ name }) => experiment.arms.includes(name));
}

/**
 * Returns the best rate among this seed's finished runs: trials have one rate, tuning has all of the grid.
 */
function bestRate({ file, data, seed }: TrialContext, stage: number, arm: string, epochs: number): number {
  const own = (file.lines.filter(({ type }) => type === 'epoch') as EpochLine[]).map(
    (line): EpochLine => ({ ...line, purpose: 'tuning' }),
  );
  const chosen = chosenRate(own, { stage, arm }, data.task.kind, epochs);
  const best = chosen?.candidates.find(({ rate }) => rate === chosen.rate);
  if (!best || hasDiverged({ score: best.validation, loss: 0 })) {
    throw new Error(
      `Every rate of ${arm} at stage ${stage} diverged with seed ${seed}: give the experiment smaller ones.`,
    );
  }
  return best.rate;
}
