import { rm, stat } from 'node:fs/promises';
import { CliError } from '../program/failure.js';

/** How the state of a run is stored. */
export interface PartialFormat<State> {
  /** @throws DATA_FILE_INVALID for a damaged file. */
  read(path: string): Promise<State>;
  /** Replaces the file as a whole. */
  write(path: string, state: State): Promise<void>;
  /** The least time between two saves in milliseconds, apart from that of a run that is stopped. */
  readonly interval: number;
}

/** The partial results that a run keeps beside its output, in case it is stopped. */
export interface PartialFile<State> {
  readonly path: string;
  /** The state of an earlier run, if that run is to be resumed. */
  readonly resume: State | undefined;
  /** Runs the work and saves its state from time to time and when it is stopped. */
  keeping<Result>(
    signal: AbortSignal,
    work: (onState: (current: () => State) => void) => Promise<Result>,
  ): Promise<Result>;
  /** Replaces what is stored. */
  save(state: State): Promise<void>;
  exists(): Promise<boolean>;
  remove(): Promise<void>;
}

/**
 * @param output The path of the final output.
 * @throws OUTPUT_EXISTS if an earlier run left a partial file and neither `--resume` nor `--force` is given.
 * @throws DATA_FILE_INVALID if the partial file is damaged.
 */
export async function openPartial<State>(
  output: string,
  { resume, force }: { readonly resume?: boolean; readonly force?: boolean },
  format: PartialFormat<State>,
): Promise<PartialFile<State>> {
  const path = partialPath(output);
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
    resume: isThere && resume ? await format.read(path) : undefined,
    async keeping(signal, work) {
      let latest: (() => State) | undefined;
      let saving: Promise<void> | undefined;
      // The first state is saved at once.
      let savedAt = Number.NEGATIVE_INFINITY;
      try {
        return await work((current) => {
          latest = current;
          if (saving || performance.now() - savedAt < format.interval) return;
          saving = format.write(path, current()).finally(() => {
            saving = undefined;
            savedAt = performance.now();
          });
          // The error is thrown below, where the save is awaited.
          saving.catch(() => {});
        });
      } finally {
        await saving;
        if (signal.aborted && latest) await format.write(path, latest());
      }
    },
    save: (state) => format.write(path, state),
    exists,
    remove: () => rm(path, { force: true }),
  };
}

/** `out.partial`, also beside an output folder that is given as `out/`. */
function partialPath(output: string): string {
  return `${output.replace(/(?<=[^/\\])[/\\]+$/, '')}.partial`;
}
