import { readFile } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import { decodeStatistics, encodeStatistics, type Statistics } from '@fuseinit/tfjs';
import { writeOutputFile } from '../output/output-file.js';

/**
 * Reads the statistics that `collect` or `merge` wrote.
 *
 * @throws DATA_FILE_MISSING, DATA_FILE_INVALID
 */
export async function readStatistics(path: string): Promise<Statistics> {
  return decodeStatistics(await bytesOf(path), path);
}

/** @throws OUTPUT_UNWRITABLE */
export function writeStatistics(path: string, statistics: Statistics): Promise<void> {
  return writeOutputFile(path, encodeStatistics(statistics));
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FuseInitError(
      code === 'ENOENT' || code === 'ENOTDIR' ? 'DATA_FILE_MISSING' : 'DATA_FILE_INVALID',
      `The statistics ${path} can't be read: ${message}. fuseinit collect -o writes some.`,
      { cause },
    );
  }
}
