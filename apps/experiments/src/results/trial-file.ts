import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { parseLine } from './parse-line.js';
import type { EpochLine, FusionLine, ResultLine, RunKey } from './result-line.js';

/** The lines of one trial on disk: only ever appended to, but for runs that have to start anew. */
export interface TrialFile {
  readonly lines: readonly ResultLine[];
  append(line: ResultLine): void;
  /** The epochs of one run, in order. */
  epochsOf(key: RunKey): readonly EpochLine[];
  hasFusion(stage: number, start: string): boolean;
  /** Takes out a run that can't go on where it stopped. */
  drop(key: RunKey): void;
}

/** Opens a trial's file, or a new one; a last line that was cut off by a kill is taken away. */
export function openTrialFile(path: string): TrialFile {
  mkdirSync(dirname(path), { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  if (complete !== text) truncateSync(path, Buffer.byteLength(complete));
  let lines = complete
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
  const isOf = (key: RunKey) => (line: ResultLine) => line.type === 'epoch' && sameRun(line, key);
  return {
    get lines() {
      return lines;
    },
    append(line) {
      appendFileSync(path, `${JSON.stringify(line)}\n`);
      lines.push(line);
    },
    epochsOf: (key) => lines.filter(isOf(key)) as EpochLine[],
    hasFusion: (stage, start) =>
      lines.some(
        (line) => line.type === 'fusion' && (line as FusionLine).stage === stage && line.start === start,
      ),
    drop(key) {
      lines = lines.filter((line) => !isOf(key)(line));
      writeFileSync(`${path}.tmp`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      renameSync(`${path}.tmp`, path);
    },
  };
}

function sameRun(first: RunKey, second: RunKey): boolean {
  return (
    first.purpose === second.purpose &&
    first.seed === second.seed &&
    first.stage === second.stage &&
    first.arm === second.arm &&
    first.rate === second.rate
  );
}
