import { open } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import { unreadable } from './file-errors.js';
import { shardDigest, writtenDigest } from './shards.js';

export interface WeightFile {
  /** The name in model.json. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** Reads a file into `target`, which has the file's expected size. */
export async function readWeightFile({ name, path }: WeightFile, target: Uint8Array): Promise<void> {
  let filled = 0;
  try {
    const file = await open(path, 'r');
    try {
      while (filled < target.length) {
        const { bytesRead } = await file.read(target, filled, target.length - filled, filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause, 'model.json names it as a weight file');
  }
  if (filled < target.length) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} gave ${filled} bytes where ${target.length} were expected: it is being written to. Load the model again.`,
    );
  }
  const digest = writtenDigest(name);
  if (digest !== undefined && digest !== shardDigest(target)) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} isn't what was saved: its ${filled} bytes don't have the digest that its name tells. Copy or save the model again.`,
    );
  }
}
