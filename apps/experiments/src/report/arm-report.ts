import { mean } from 'simple-statistics';
import type { ArmName } from '../experiment.js';
import { type ChosenRate, chosenRate } from '../results/choose-rate.js';
import type { EpochLine, Task } from '../results/result-line.js';
import { type Run, runState } from './read-results.js';
import { type BySeed, type Spread, spread } from './statistics.js';

/** A finished run of a trial: its test scores and the lines that contain them. */
export interface Trial {
  readonly seed: number;
  /** The score of each epoch; epoch 0 is before training. */
  readonly scores: readonly number[];
  readonly file: string;
  /** The line numbers of `scores` in `file`. */
  readonly lines: readonly number[];
  readonly seconds: number;
}

/** The results of one arm of one stage, or of the teacher. */
export interface ArmReport {
  readonly arm: ArmName | 'teacher';
  readonly rate: number;
  /** Whether the rate is the smallest or the largest of those tried, so that a better one may lie beyond. */
  readonly rateAtEdge: boolean;
  /** The basis of the choice of the rate; undefined if there are no lines of tuning. */
  readonly tuning: ChosenRate | undefined;
  /** The trials in increasing order of their seeds. */
  readonly trials: readonly Trial[];
  /** The seeds of diverged trials, which are excluded from everything else. */
  readonly diverged: readonly number[];
  readonly start: Spread | undefined;
  readonly end: Spread | undefined;
}

/**
 * @param runs The trials of this arm, finished or not.
 * @param tuning The lines of tuning, of any arm.
 * @param epochs The number of epochs that a finished run has besides epoch 0.
 * @param rates The rates that were tried.
 * @throws Error if trials were trained at more than one rate.
 */
export function armReport(
  key: { readonly stage: number; readonly arm: ArmName | 'teacher' },
  runs: readonly Run[],
  tuning: readonly EpochLine[],
  {
    task,
    epochs,
    rates,
  }: { readonly task: Task; readonly epochs: number; readonly rates: readonly number[] },
): ArmReport | undefined {
  const used = [...new Set(runs.map((run) => run.key.rate))];
  if (used.length > 1) {
    throw new Error(`stage ${key.stage}, ${key.arm}: trials at the rates ${used.join(' and ')}, not at one`);
  }
  const [rate] = used;
  if (rate === undefined) return undefined;
  const trials = runs.filter((run) => runState(run, epochs) === 'finished').map(trialOf);
  trials.sort((a, b) => a.seed - b.seed);
  return {
    arm: key.arm,
    rate,
    rateAtEdge: rates.length > 1 && (rate <= Math.min(...rates) || rate >= Math.max(...rates)),
    tuning: chosenRate(tuning, key, task, epochs),
    trials,
    diverged: runs.filter((run) => runState(run, epochs) === 'diverged').map((run) => run.key.seed),
    start: spread([...scoresAt(trials, 'start').values()]),
    end: spread([...scoresAt(trials, 'end').values()]),
  };
}

/** Returns scores before training, after it, or the mean over all epochs of training. */
export function scoresAt(trials: readonly Trial[], when: 'start' | 'course' | 'end'): BySeed {
  return new Map(
    trials.map(({ seed, scores }) => {
      if (when === 'course') return [seed, mean(scores.slice(1))];
      return [seed, scores.at(when === 'start' ? 0 : -1)!];
    }),
  );
}

function trialOf({ key, epochs }: Run): Trial {
  return {
    seed: key.seed,
    scores: epochs.map(({ line }) => line.test.score),
    file: epochs[0]!.file,
    lines: epochs.map(({ number }) => number),
    seconds: epochs.reduce((sum, { line }) => sum + line.seconds, 0),
  };
}
