import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionOf, type Experiment } from '../experiment.js';
import {
  type EpochLine,
  type FusionLine,
  hasDiverged,
  parseLine,
  type ResultLine,
  type RunKey,
  type SessionLine,
} from '../results/result-line.js';

/** A line of results with its file and line number, by which every number of the page can be traced. */
export interface Placed<Line> {
  readonly line: Line;
  /** The file's name within the experiment's folder. */
  readonly file: string;
  /** The line number, from 1. */
  readonly number: number;
}

/** All lines of an experiment by their type, in the order of file names and lines. */
export interface Results {
  readonly sessions: readonly Placed<SessionLine>[];
  readonly fusions: readonly Placed<FusionLine>[];
  readonly epochs: readonly Placed<EpochLine>[];
}

/**
 * Reads each `*.jsonl` of a folder; a missing folder has no lines. Text after a file's last line break
 * belongs to a run that is still writing, and is ignored.
 *
 * @throws Error with file and line if a line isn't a result line, if no session precedes it, or if its
 * session is of whose session is of another experiment, or of another definition of it: what the page says of
 * it would be wrong.
 */
export function readResults(folder: string, experiment: Experiment): Results {
  if (!existsSync(folder)) return { sessions: [], fusions: [], epochs: [] };
  const placed = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((file) => readFile(folder, file));
  const sessions = placed.filter((one): one is Placed<SessionLine> => one.line.type === 'session');
  const definition = definitionOf(experiment);
  for (const { line, file, number } of sessions) {
    const at = `${join(folder, file)}:${number}`;
    if (line.experiment !== experiment.name) throw new Error(`${at}: a session of ${line.experiment}`);
    if (line.definition !== definition) {
      throw new Error(`${at}: a session of another definition of ${experiment.name} than today's`);
    }
  }
  return {
    sessions,
    fusions: placed.filter((one): one is Placed<FusionLine> => one.line.type === 'fusion'),
    epochs: placed.filter((one): one is Placed<EpochLine> => one.line.type === 'epoch'),
  };
}

function readFile(folder: string, file: string): Placed<ResultLine>[] {
  const complete = readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1);
  return complete.map((text, index) => {
    const number = index + 1;
    try {
      const line = parseLine(text);
      if (index === 0 && line.type !== 'session') throw new Error('no session before it');
      return { line, file, number };
    } catch (error) {
      throw new Error(`${join(folder, file)}:${number}: ${(error as Error).message}`);
    }
  });
}

/** One training run, as far as it has got. */
export interface Run {
  readonly key: RunKey;
  /** The lines in increasing order of epochs. */
  readonly epochs: readonly Placed<EpochLine>[];
}

/** Diverged runs needn't have all epochs, since they don't recover. */
export type RunState = 'finished' | 'unfinished' | 'diverged';

/**
 * Groups epochs by their runs, in the order of their first lines.
 *
 * @throws Error if two lines are of the same epoch of the same run.
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

/** @param epochs The number of epochs that a finished run has besides epoch 0. */
export function runState({ epochs: lines }: Run, epochs: number): RunState {
  if (lines.some(({ line }) => hasDiverged(line.test) || hasDiverged(line.validation))) return 'diverged';
  return lines.length === epochs + 1 ? 'finished' : 'unfinished';
}

function keyOf({ purpose, seed, stage, arm, rate }: EpochLine): RunKey {
  return { purpose, seed, stage, arm, rate };
}
