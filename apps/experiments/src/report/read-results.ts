import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionOf } from '../command/definition.js';
import type { Experiment } from '../experiment.js';
import { parseLine } from '../results/parse-line.js';
import type { EpochLine, FusionLine, ResultLine, SessionLine } from '../results/result-line.js';
import type { Placed } from './placed.js';

/** All lines of an experiment, by what they are; in the order of file names and lines. */
export interface Results {
  readonly sessions: readonly Placed<SessionLine>[];
  readonly fusions: readonly Placed<FusionLine>[];
  readonly epochs: readonly Placed<EpochLine>[];
}

/**
 * Reads each `*.jsonl` of a folder; a folder that isn't there holds nothing. What follows a file's last line
 * break is of a run that is still writing, and left for later.
 *
 * @throws Error naming file and line, for a line that isn't one of results, that no session stands before, or
 * whose session is of another experiment, or of another definition of it: what the page says of it would be
 * wrong.
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
