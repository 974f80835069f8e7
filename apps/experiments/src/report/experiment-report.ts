import { join } from 'node:path';
import type { ArmName, Experiment } from '../experiment.js';
import type { Cost, FusionLine, RunKey, SessionLine, Task } from '../results/result-line.js';
import { type ArmReport, armReport } from './arm-report.js';
import { type Placed, type Run, readResults, runState, runsOf } from './read-results.js';
import { type Sensitivity, sensitivities } from './sensitivity.js';
import { type StageReport, stageReport } from './stage-report.js';

/** An experiment with facts that its definition doesn't contain. */
export interface ReportedExperiment {
  readonly experiment: Experiment;
  readonly task: Task;
  /** The reason for missing results, as a clause: "not run: its data aren't at hand". */
  readonly notRun?: string;
}

/** The numbers that the page gives for an experiment. */
export interface ExperimentReport extends ReportedExperiment {
  readonly teacher: ArmReport | undefined;
  readonly teacherCost: Cost | undefined;
  readonly stages: readonly StageReport[];
  readonly sensitivity: readonly Sensitivity[];
  /**
   * The number of trials that the definition asks for, the teachers' included, and of those that are trained
   * completely.
   */
  readonly trials: { readonly planned: number; readonly finished: number };
  /** Runs with fewer epochs than the definition asks for; they are excluded from all numbers. */
  readonly unfinished: readonly RunKey[];
  readonly seeds: { readonly tuning: readonly number[]; readonly trials: readonly number[] };
  readonly sessions: readonly SessionLine[];
  /** The time of all runs and fusions, including tuning and excluded runs. */
  readonly seconds: number;
  /** The mean time for solving one start of one stage; undefined if nothing was fused. */
  readonly secondsToFuse: number | undefined;
}

/**
 * Reads the lines of an experiment, `resultsFolder/NAME/*.jsonl`, and computes the statistics.
 *
 * @throws Error like `readResults`, `runsOf` and `armReport`.
 */
export function experimentReport(reported: ReportedExperiment, resultsFolder: string): ExperimentReport {
  const { experiment, task } = reported;
  const { sessions, fusions, epochs } = readResults(join(resultsFolder, experiment.name), experiment);
  const runs = runsOf(epochs);
  const epochsAt = (stage: number) => (stage === 0 ? experiment.epochs.teacher : experiment.epochs.student);
  const state = (run: Run) => runState(run, epochsAt(run.key.stage));
  const tuning = epochs.map(({ line }) => line).filter(({ purpose }) => purpose === 'tuning');
  const reportOf = (stage: number, arm: ArmName | 'teacher') =>
    armReport(
      { stage, arm },
      runs.filter(({ key }) => key.purpose === 'trial' && key.stage === stage && key.arm === arm),
      tuning,
      { task, epochs: epochsAt(stage), rates: experiment.rates },
    );
  const teacher = reportOf(0, 'teacher');
  const trialFusions = lastOfEach(fusions.filter(({ line }) => line.purpose === 'trial'));
  const stages = experiment.fusions.flatMap((fusion, index) => {
    const stage = index + 1;
    const arms = experiment.arms.flatMap((arm) => reportOf(stage, arm) ?? []);
    const ofStage = trialFusions.filter(({ line }) => line.stage === stage);
    return arms.length > 0 ? [stageReport(stage, fusion, arms, teacher, ofStage, task)] : [];
  });
  const teacherCost = trialFusions.find(({ line }) => line.stage === 1)?.line.teacher;
  return {
    ...reported,
    teacher,
    teacherCost,
    stages,
    sensitivity: sensitivities(teacher, stages, teacherCost?.depth),
    trials: {
      planned: experiment.seeds.trials.length * (1 + experiment.fusions.length * experiment.arms.length),
      finished: runs.filter((run) => run.key.purpose === 'trial' && state(run) !== 'unfinished').length,
    },
    unfinished: runs.filter((run) => state(run) === 'unfinished').map(({ key }) => key),
    seeds: { tuning: seedsOf(runs, 'tuning'), trials: seedsOf(runs, 'trial') },
    sessions: sessions.map(({ line }) => line),
    seconds: [...epochs, ...fusions].reduce((sum, { line }) => sum + line.seconds, 0),
    secondsToFuse:
      trialFusions.length > 0
        ? trialFusions.reduce((sum, { line }) => sum + line.seconds, 0) / trialFusions.length
        : undefined,
  };
}

/** A resumed session fuses again, and trains the students of its own fusion. */
function lastOfEach(fusions: readonly Placed<FusionLine>[]): Placed<FusionLine>[] {
  const last = new Map(
    fusions.map((placed) => [
      JSON.stringify([placed.line.seed, placed.line.stage, placed.line.start]),
      placed,
    ]),
  );
  return [...last.values()];
}

function seedsOf(runs: readonly Run[], purpose: RunKey['purpose']): number[] {
  const seeds = new Set(runs.filter(({ key }) => key.purpose === purpose).map(({ key }) => key.seed));
  return [...seeds].sort((a, b) => a - b);
}
