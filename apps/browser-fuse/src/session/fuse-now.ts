import type { FuseProgress } from '@fuseinit/tfjs';
import { spanRequest } from './chosen-span.js';
import { runTask } from './run-task.js';
import type { Session } from './session.js';

/** Fuses the chosen spans and compares the student with the teacher. */
export async function fuseNow(session: Session): Promise<void> {
  const { refit, propagate, samples, testSamples } = session.fuseChoices.value;
  await runTask(session, 'fuse', 'Sending samples through the teacher', async ({ signal, tell }) => {
    const ask = {
      spans: session.spans.value.map(spanRequest),
      refit: refit ? 'downstream' : 'none',
      propagate,
      samples,
    } as const;
    const fusion = await session.client('fuse', ask, {
      signal,
      onProgress: (progress) => tell(0.8 * shareDone(progress, samples), inWords(progress)),
    });
    // The worker now has the new student: the old one's figures would be of a network that is gone.
    if (fusion.backend) session.backend.value = fusion.backend;
    session.result.value = null;
    session.training.value = null;
    const comparison = await session.client(
      'compare',
      { samples: testSamples },
      { signal, onProgress: ({ share, doing }) => tell(0.8 + 0.2 * share, doing) },
    );
    session.result.value = { ...fusion, comparison, samples };
    return 'Fused. The results are below.';
  });
}

function shareDone({ step, steps, samples, totalSamples }: FuseProgress, asked: number): number {
  return (step + Math.min(1, samples / (totalSamples ?? asked))) / steps;
}

function inWords({ stage, name, step, steps, samples }: FuseProgress): string {
  const what = {
    fuse: `Collecting what ${name} sees and solving it`,
    refit: `Refitting ${name} to what it now sees`,
    compare: 'Comparing outputs on held-out samples',
  }[stage];
  return `${what}: step ${step + 1} of ${steps}, ${samples.toLocaleString('en')} samples`;
}
