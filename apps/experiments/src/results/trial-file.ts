import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FineTuneState } from '@fuseinit/fine-tune';
import { type EpochLine, type FusionLine, parseLine, type ResultLine, type RunKey } from './result-line.js';

/**
 * The state of a run after an epoch: its line, so that it is neither lost nor counted twice, and everything
 * that training needs to continue.
 */
export interface Checkpoint {
  readonly line: EpochLine;
  readonly state: FineTuneState;
  /** The topology of the model, as `toJSON` returns it. */
  readonly topology: object;
}

/** A checkpoint on disk, which is always replaced as a whole. */
export interface CheckpointFile {
  read(): Checkpoint | undefined;
  write(checkpoint: Checkpoint): void;
  remove(): void;
}

/** A file that can't be read, left by a kill or by another version, counts as missing. */
export function checkpointFile(path: string): CheckpointFile {
  return {
    read() {
      if (!existsSync(path)) return undefined;
      try {
        return deserialize(readFileSync(path)) as Checkpoint;
      } catch {
        return undefined;
      }
    },
    write(checkpoint) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.tmp`, serialize(checkpoint));
      renameSync(`${path}.tmp`, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

/** The lines of one trial on disk. Lines are only appended, except when a run has to start again. */
export interface TrialFile {
  readonly lines: readonly ResultLine[];
  append(line: ResultLine): void;
  /** Returns the epochs of one run, in order. */
  epochsOf(key: RunKey): readonly EpochLine[];
  hasFusion(stage: number, start: string): boolean;
  /** Removes a run that can't be resumed. */
  drop(key: RunKey): void;
}

/** Opens a trial's file or makes a new one; a last line that was cut off by a kill is removed. */
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
