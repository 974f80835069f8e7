import { mean } from 'simple-statistics';
import type { ArmName } from '../arm.js';
import { type ChosenRate, chosenRate } from '../results/choose-rate.js';
import type { EpochLine } from '../results/result-line.js';
import type { Task } from '../results/task.js';
import type { BySeed } from './paired-difference.js';
import { type Run, runState } from './run.js';
import { type Spread, spread } from './spread.js';

/** A finished run of a trial: its test scores, and the lines that they stand in. */
export interface Trial {
  readonly seed: number;
  /** By epoch, from 0, before training, on. */
  readonly scores: readonly number[];
  readonly file: string;
  /** Line numbers of `scores` in `file`. */
  readonly lines: readonly number[];
  readonly seconds: number;
}

/** One arm of one stage, or the teacher. */
export interface ArmReport {
  readonly arm: ArmName | 'teacher';
  readonly rate: number;
  /** Whether it is the smallest or the largest of those that were tried: a better one may lie beyond. */
  readonly rateAtEdge: boolean;
  /** What the rate was chosen from; undefined where the lines of tuning aren't there. */
  readonly tuning: ChosenRate | undefined;
  /** By rising seed. */
  readonly trials: readonly Trial[];
  /** Seeds of trials whose numbers left the reals. They count for nothing else. */
  readonly diverged: readonly number[];
  readonly start: Spread | undefined;
  readonly end: Spread | undefined;
}

/**
 * @param runs Trials of this arm, finished or not.
 * @param tuning Lines of tuning, of any arm.
 * @param epochs That a finished run has, beside epoch 0.
 * @param rates That were tried.
 * @throws Error where trials were trained at more than one rate.
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

/** Before training, after it, or the mean over all epochs of training. */
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
