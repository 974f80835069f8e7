import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';
import type { Samples } from '../../data/open-samples.js';
import type { OutputFolder } from '../../output/output-folder.js';
import type { PartialFile } from '../../output/partial-file.js';
import { CliError } from '../../program/failure.js';
import { printable } from '../../terminal/printable.js';
import { type SavedStudent, savedText } from '../fuse/fusion-text.js';
import type { TuneCheckpoint } from './tune-checkpoint.js';
import { type TuningCourse, tuningText } from './tuning-text.js';

/** What is needed to store a student whose training was stopped. */
interface Storing {
  readonly tf: TensorFlow;
  readonly student: LayersModel;
  readonly output: OutputFolder;
  readonly store: (signal: AbortSignal, samples: Samples | undefined) => Promise<SavedStudent>;
}

/**
 * Stores the best weights of a run that was stopped, if they are better than those it began with, and returns
 * the failure that says so. Rounding of weights isn't corrected on samples, which would take too long.
 */
export async function storeInterim(
  checkpoint: TuneCheckpoint,
  described: Pick<TuningCourse, 'startScore' | 'scoredBy' | 'loss'>,
  partial: PartialFile<TuneCheckpoint>,
  { tf, student, output, store }: Storing,
): Promise<CliError> {
  const { epochs, state } = checkpoint;
  const { best } = state;
  let saved: SavedStudent | null = null;
  if (best && best.epoch >= 0) {
    tf.tidy(() =>
      student.setWeights(best.weights.map(({ data, shape, dtype }) => tf.tensor(data, [...shape], dtype))),
    );
    await rm(output.draft, { recursive: true, force: true });
    saved = await store(new AbortController().signal, undefined);
    await output.publish();
    await partial.save({ ...checkpoint, interim: await modelHash(output.path) });
  }
  const course: TuningCourse = {
    ...described,
    epochs,
    bestEpoch: best?.epoch ?? null,
    startValidationLoss: best?.startLoss ?? null,
    stoppedBy: 'epochs',
    rateSearch: state.rateSearch ?? null,
  };
  const isKept = await partial.exists();
  return new CliError('ABORTED', 'Stopped.', {
    text: [
      ...tuningText(course),
      ...(saved ? [`The best weights so far are those of epoch ${best!.epoch + 1}.`, savedText(saved)] : []),
      ...(isKept
        ? [
            `The same command with --resume goes on after epoch ${epochs.length} (${printable(partial.path)}).`,
          ]
        : []),
    ].join('\n'),
    findings: { ...(saved ?? { student: null }), ...course, checkpoint: isKept ? partial.path : null },
  });
}

/** Whether an output folder holds what an interrupted run left there. */
export async function isInterim(path: string, resumed: TuneCheckpoint | undefined): Promise<boolean> {
  return resumed?.interim != null && resumed.interim === (await modelHash(path));
}

/** The hash of a folder's model.json, which names its weights by their content; null if there is none. */
async function modelHash(folder: string): Promise<string | null> {
  const bytes = await readFile(join(folder, 'model.json')).catch(() => undefined);
  return bytes ? createHash('sha256').update(bytes).digest('hex') : null;
}
