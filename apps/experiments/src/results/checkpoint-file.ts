import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FineTuneState } from '@fuseinit/fine-tune';
import type { EpochLine } from './result-line.js';

/**
 * Where a run stands after an epoch: its line, so that it is neither lost nor counted twice, and all that
 * goes on.
 */
export interface Checkpoint {
  readonly line: EpochLine;
  readonly state: FineTuneState;
  /** Topology of the model, as `toJSON` gives it. */
  readonly topology: object;
}

/** A checkpoint on disk, replaced as a whole. */
export interface CheckpointFile {
  read(): Checkpoint | undefined;
  write(checkpoint: Checkpoint): void;
  remove(): void;
}

/** A file that can't be read, because a kill or another version left it so, counts as none. */
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
