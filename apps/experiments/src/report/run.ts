import { hasDiverged } from '../results/diverged.js';
import type { EpochLine, RunKey } from '../results/result-line.js';
import type { Placed } from './placed.js';

/** One training run, as far as it came. */
export interface Run {
  readonly key: RunKey;
  /** By rising epoch. */
  readonly epochs: readonly Placed<EpochLine>[];
}

/** Diverged runs needn't have all epochs: what diverged doesn't come back. */
export type RunState = 'finished' | 'unfinished' | 'diverged';

/**
 * The runs that epochs belong to, in the order of their first lines.
 *
 * @throws Error where two lines are of the same epoch of the same run: one of them would count for nothing.
 */
export function runsOf(epochs: readonly Placed<EpochLine>[]): Run[] {
  const runs = new Map<string, Placed<EpochLine>[]>();
  for (const placed of epochs) {
    const { purpose, seed, stage, arm, rate } = placed.line;
    const key = JSON.stringify([purpose, seed, stage, arm, rate]);
    const run = runs.get(key) ?? [];
    const same = run.find(({ line }) => line.epoch === placed.line.epoch);
    if (same) {
      throw new Error(
        `${placed.file}:${placed.number}: the same epoch of the same run as ${same.file}:${same.number}`,
      );
    }
    runs.set(key, [...run, placed]);
  }
  return [...runs.values()].map((lines) => ({
    key: keyOf(lines[0]!.line),
    epochs: lines.sort((a, b) => a.line.epoch - b.line.epoch),
  }));
}

/** @param epochs That a finished run has, beside epoch 0. */
export function runState({ epochs: lines }: Run, epochs: number): RunState {
  if (lines.some(({ line }) => hasDiverged(line.test) || hasDiverged(line.validation))) return 'diverged';
  return lines.length === epochs + 1 ? 'finished' : 'unfinished';
}

function keyOf({ purpose, seed, stage, arm, rate }: EpochLine): RunKey {
  return { purpose, seed, stage, arm, rate };
}
