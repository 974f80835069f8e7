import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { allExperiments } from '../experiments/all-experiments.js';
import { type ExperimentReport, experimentReport } from '../report/experiment-report.js';
import { type PairedDifference, pairedDifference, type Spread } from '../report/statistics.js';
import { advantage } from '../results/result-line.js';
import { loadData } from '../trial/trial-data.js';
import type { Arguments } from './arguments.js';
import { reportedExperiment } from './report-command.js';
import { runExperiment } from './run-experiment.js';

/** Runs an experiment with a progress bar on stderr and prints the results. Returns 1 if a check fails. */
export async function runCommand(
  args: Arguments & { readonly command: 'run' },
  signal: AbortSignal,
): Promise<number> {
  const { experiment, backend, jobs, data, out, resume } = args;
  // The data are loaded before anything is started, so that missing data are reported at once.
  const { task } = await loadData(experiment, data);
  const bar = createBar();
  try {
    await runExperiment({
      experiment,
      task: task.kind,
      backend,
      jobs,
      data,
      out,
      resume,
      signal,
      onProgress: bar.show,
    });
  } finally {
    bar.stop();
  }
  const report = experimentReport(reportedExperiment(experiment), out);
  const expectation = experiment.name === 'smoke' ? fusedBeatsRandom(report) : undefined;
  if (args.json) console.log(JSON.stringify({ ...report, expectation }, null, 2));
  else console.log(resultTable(report));
  if (expectation && !expectation.holds) {
    console.error(
      'The fused students were expected to be better than random ones at every epoch, by more than two standard errors.',
    );
    return 1;
  }
  return 0;
}

interface Bar {
  readonly show: (done: number, of: number, activity: string) => void;
  readonly stop: () => void;
}

/** Returns a bar that does nothing unless stderr is a terminal. */
function createBar(): Bar {
  if (!process.stderr.isTTY) return { show() {}, stop() {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value} of {total} epochs | {eta_formatted} left | {activity}',
    etaBuffer: 200,
    clearOnComplete: true,
    hideCursor: true,
  });
  let started = false;
  return {
    show(done, of, activity) {
      if (!started) bar.start(of, 0, { activity });
      started = true;
      bar.update(done, { activity });
    },
    stop: () => bar.stop(),
  };
}

/** Returns the results of a run as a table with one row for each network. */
function resultTable({ teacher, stages, task }: ExperimentReport): string {
  const table = new Table({
    head: ['fused', 'network', 'rate', 'start', 'end', 'better than random, 95 %', 'seeds'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const format = (value: number) =>
    task === 'classification' ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
  const spread = (value: Spread | undefined) =>
    value
      ? `${format(value.mean)}${value.deviation === undefined ? '' : ` ± ${format(value.deviation)}`}`
      : '-';
  const difference = (value: PairedDifference | undefined) =>
    value?.interval
      ? `${format(value.mean)} (${format(value.interval.low)} to ${format(value.interval.high)})`
      : '-';
  const row = (network: ExperimentReport['teacher'] & object) => [
    String(network.rate),
    spread(network.start),
    spread(network.end),
  ];
  if (teacher) table.push(['-', 'teacher', ...row(teacher), '-', teacher.trials.length]);
  for (const { fusion, arms } of stages) {
    for (const arm of arms) {
      table.push([
        `${fusion.from} to ${fusion.to}`,
        arm.arm,
        ...row(arm),
        difference(arm.overRandom),
        arm.trials.length,
      ]);
    }
  }
  return table.toString();
}

/** Whether fused students are better than random ones, epoch by epoch. */
export interface Expectation {
  readonly holds: boolean;
  readonly epochs: readonly {
    readonly stage: number;
    readonly epoch: number;
    /** The mean difference over seeds, in the score's unit, and its standard error. */
    readonly better: number;
    readonly standardError: number;
  }[];
}

/**
 * The expectation holds if the mean paired difference is above two standard errors at every epoch of every
 * stage.
 */
export function fusedBeatsRandom({ stages, task, experiment }: ExperimentReport): Expectation {
  const epochs = stages.flatMap(({ stage, arms }) => {
    const scores = (name: string, epoch: number) =>
      new Map(
        (arms.find(({ arm }) => arm === name)?.trials ?? []).map((trial) => [
          trial.seed,
          trial.scores[epoch]!,
        ]),
      );
    return Array.from({ length: experiment.epochs.student + 1 }, (_, epoch) => {
      const difference = pairedDifference(scores('fused', epoch), scores('random', epoch), (fused, random) =>
        advantage(task, fused, random),
      );
      return {
        stage,
        epoch,
        better: difference?.mean ?? Number.NaN,
        standardError: (difference?.deviation ?? Number.NaN) / Math.sqrt(difference?.count ?? 0),
      };
    });
  });
  return {
    holds: epochs.length > 0 && epochs.every(({ better, standardError }) => better > 2 * standardError),
    epochs,
  };
}

/** Returns a table of the experiments. */
export function listExperiments(): string {
  const table = new Table({
    head: ['name', 'data', 'what', 'fusions', 'seeds'],
    colAligns: ['left', 'left', 'left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { name, data, title, fusions, seeds } of allExperiments)
    table.push([name, data, title, fusions.length, seeds.trials.length]);
  return table.toString();
}
