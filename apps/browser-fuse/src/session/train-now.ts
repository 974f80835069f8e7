import { runTask } from './run-task.js';
import type { Session } from './session.js';
import { emptyRun, withProgress } from './training-run.js';

const batchSize = 32;
const seed = 1;

/** Trains the fused student on, and beside it the same layers from random weights. */
export async function trainNow(session: Session): Promise<void> {
  const choices = session.trainChoices.value;
  const { training } = session;
  training.value = emptyRun;
  const finished = await runTask(session, 'train', 'Starting', async ({ signal, tell }) => {
    const testSamples = session.fuseChoices.value.testSamples;
    await session.client(
      'train',
      { ...choices, testSamples, batchSize, seed },
      {
        signal,
        onProgress: (progress) => {
          training.value = withProgress(training.value ?? emptyRun, progress);
          if (progress.kind === 'start') return;
          const epochs = progress.kind === 'loss' ? progress.epochs : progress.epoch;
          tell(
            epochs / choices.epochs,
            `Epoch ${Math.min(choices.epochs, Math.floor(epochs) + 1)} of ${choices.epochs}`,
          );
        },
      },
    );
    return 'Training has ended.';
  });
  if (training.value) training.value = { ...training.value, state: finished ? 'finished' : 'stopped' };
}
