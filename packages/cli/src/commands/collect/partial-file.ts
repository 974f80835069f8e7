import { rm, stat } from 'node:fs/promises';
import type { Statistics } from '@fuseinit/tfjs';
import { readStatistics, writeStatistics } from '../../data/statistics-file.js';
import { CliError } from '../../program/cli-error.js';

/** Milliseconds from one save to the next. */
const interval = 15_000;

/** What a run that may be stopped keeps beside its output. */
export interface PartialFile {
  readonly path: string;
  /** What an earlier run had gathered, if it is to be gone on with. */
  readonly resume: Statistics | undefined;
  /** Does the work, and saves what it has so far now and then, and when it is stopped. */
  keeping(
    signal: AbortSignal,
    work: (onStatistics: (current: () => Statistics) => void) => Promise<Statistics>,
  ): Promise<Statistics>;
  exists(): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * @param output Path of what will be written in the end.
 * @throws OUTPUT_EXISTS when an earlier run left something, and nobody asked to resume or to write over it.
 * @throws DATA_FILE_INVALID when it isn't what was written.
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
      // The first batch is saved at once.
      let savedAt = Number.NEGATIVE_INFINITY;
      try {
        return await work((current) => {
          latest = current;
          if (saving || performance.now() - savedAt < interval) return;
          saving = writeStatistics(path, current()).finally(() => {
            saving = undefined;
            savedAt = performance.now();
          });
          // The error is thrown below, where the save is waited for.
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
