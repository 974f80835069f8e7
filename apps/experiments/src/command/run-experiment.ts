import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '@fuseinit/datasets';
import type { BackendName } from '@fuseinit/node-backends';
import { definitionOf, type Experiment } from '../experiment.js';
import { chosenRate } from '../results/choose-rate.js';
import type { EpochLine, SessionLine } from '../results/result-line.js';
import { openTrialFile } from '../results/trial-file.js';
import { runTrials, type TrialOrder, threadsFor } from './run-trials.js';

export interface RunOptions {
  readonly experiment: Experiment;
  readonly task: Dataset['task']['kind'];
  readonly backend: BackendName;
  readonly jobs: number;
  readonly data: string;
  /** The root of the results: a folder for each experiment, and `checkpoints`. */
  readonly out: string;
  readonly resume: boolean;
  readonly signal: AbortSignal;
  /** @param of Epochs of the whole command, those that were done before too. */
  readonly onProgress: (done: number, of: number, activity: string) => void;
}

/**
 * Runs an experiment completely: tuning of the rates first, then the trials.
 *
 * @throws Error if there are results already and `resume` isn't set, or they are of another definition.
 */
export async function runExperiment(options: RunOptions): Promise<void> {
  const { experiment, out, jobs, signal, onProgress } = options;
  const folder = join(out, experiment.name);
  requireOwnResults(options, folder);
  const stages = [
    { stage: 0, arm: 'teacher', epochs: experiment.epochs.teacher },
    ...experiment.fusions.flatMap((_, index) =>
      experiment.arms.map((arm) => ({
        stage: index + 1,
        arm: arm as string,
        epochs: experiment.epochs.student,
      })),
    ),
  ];
  const tunes = experiment.rates.length > 1;
  const epochsOfTrial = stages.reduce((sum, { epochs }) => sum + epochs + 1, 0);
  const { tuning, trials } = experiment.seeds;
  const of = epochsOfTrial * (trials.length + (tunes ? tuning.length * experiment.rates.length : 0));
  let done = 0;
  const onEpochs = (epochs: number, activity: string) => {
    done += epochs;
    onProgress(done, of, activity);
  };
  const orderOf = (purpose: TrialOrder['purpose'], seed: number, rates: TrialOrder['rates']): TrialOrder => ({
    experiment,
    purpose,
    seed,
    backend: options.backend,
    threads: threadsFor(jobs),
    data: options.data,
    file: trialPath(folder, purpose, seed),
    checkpoints: join(out, 'checkpoints', experiment.name, `${purpose}-${seed}`),
    rates,
  });
  if (tunes) {
    const grid = stages.map(({ stage, arm }) => ({ stage, arm, rates: experiment.rates }));
    await runTrials(
      tuning.map((seed) => orderOf('tuning', seed, grid)),
      jobs,
      signal,
      onEpochs,
    );
  }
  const lines = tunes ? tuning.flatMap((seed) => epochLines(trialPath(folder, 'tuning', seed))) : [];
  const chosen = stages.map(({ stage, arm, epochs }) => {
    const rate = tunes ? chosenRate(lines, { stage, arm }, options.task, epochs)!.rate : experiment.rates[0]!;
    return { stage, arm, rates: [rate] };
  });
  await runTrials(
    trials.map((seed) => orderOf('trial', seed, chosen)),
    jobs,
    signal,
    onEpochs,
  );
}

function trialPath(folder: string, purpose: string, seed: number): string {
  return join(folder, `${purpose}-${seed}.jsonl`);
}

function epochLines(path: string): EpochLine[] {
  return openTrialFile(path).lines.filter((line): line is EpochLine => line.type === 'epoch');
}

function requireOwnResults({ experiment, resume }: RunOptions, folder: string): void {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  if (files.length === 0) return;
  if (!resume) {
    throw new Error(
      `${folder} holds results already: --resume goes on with them, --out names another folder.`,
    );
  }
  for (const name of files) {
    const session = openTrialFile(join(folder, name)).lines.find(
      (line): line is SessionLine => line.type === 'session',
    );
    if (session && session.definition !== definitionOf(experiment)) {
      throw new Error(
        `${join(folder, name)} holds results of ${session.experiment} by another definition: --out names another folder.`,
      );
    }
  }
}
