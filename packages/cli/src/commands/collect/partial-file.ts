import { rm, stat } from 'node:fs/promises';
import type { Statistics } from '@fuseinit/tfjs';
import { readStatistics, writeStatistics } from '../../data/statistics-file.js';
import { CliError } from '../../program/failure.js';

/** The time between two saves in milliseconds. */
const interval = 15_000;

/** The partial results that a run keeps beside its output, in case it is stopped. */
export interface PartialFile {
  readonly path: string;
  /** The statistics of an earlier run, if that run is to be resumed. */
  readonly resume: Statistics | undefined;
  /** Runs the work and saves its progress from time to time and when it is stopped. */
  keeping(
    signal: AbortSignal,
    work: (onStatistics: (current: () => Statistics) => void) => Promise<Statistics>,
  ): Promise<Statistics>;
  exists(): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * @param output The path of the final output.
 * @throws OUTPUT_EXISTS if an earlier run left a partial file and neither `--resume` nor `--force` is given.
 * @throws DATA_FILE_INVALID if the partial file is damaged.
 */
export async function openPartial(
  output: string,
  { resume, force }: { readonly resume?: boolean; readonly force?: boolean },
): Promise<PartialFile> {
  const path = `${output}.partial`;
  const exists = () =>
    stat(path).then(
      () => true,
      () => false,
    );
  const isThere = await exists();
  if (isThere && !resume && !force) {
    throw new CliError(
      'OUTPUT_EXISTS',
      `${path} is of a run that was stopped. Add --resume to go on with it, or --force to begin anew.`,
    );
  }
  return {
    path,
    resume: isThere && resume ? await readStatistics(path) : undefined,
    async keeping(signal, work) {
      let latest: (() => Statistics) | undefined;
      let saving: Promise<void> | undefined;
      // The progress is saved right after the first batch.
      let savedAt = Number.NEGATIVE_INFINITY;
      try {
        return await work((current) => {
          latest = current;
          if (saving || performance.now() - savedAt < interval) return;
          saving = writeStatistics(path, current()).finally(() => {
            saving = undefined;
            savedAt = performance.now();
          });
          // The error is thrown below, where the save is awaited.
          saving.catch(() => {});
        });
      } finally {
        await saving;
        if (signal.aborted && latest) await writeStatistics(path, latest());
      }
    },
    exists,
    remove: () => rm(path, { force: true }),
  };
}
