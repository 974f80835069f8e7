import { startBackend } from '@fuseinit/node-backends';
import { fashionImages, readTeacher } from '@fuseinit/teacher';
import type { Tensor } from '@fuseinit/tfjs';
import { modelFrom } from '@fuseinit/tfjs/internal';
import { answerOrder } from '../measuring/in-child.js';
import { interleave } from '../measuring/measurements.js';
import { type InferenceAnswer, type InferenceOrder, type Network, networks } from './inference-order.js';

/** The number of runs of each network that count: as many as fit the time, within these limits. */
const warmSeconds = 4;
const mostRuns = 40;
const leastRuns = 5;

answerOrder<InferenceOrder, InferenceAnswer>(async ({ backend, folders, batchSize, first }) => {
  const { tf, computesOn } = await startBackend(backend);
  const input = tf.tensor4d(fashionImages('evaluation').images.subarray(0, batchSize * 784), [
    batchSize,
    28,
    28,
    1,
  ]);
  const models = {
    teacher: await modelFrom(tf, await readTeacher(folders.teacher)),
    student: await modelFrom(tf, await readTeacher(folders.student)),
  };
  const run = async (network: Network): Promise<number> => {
    const start = performance.now();
    const output = models[network].predictOnBatch(input) as Tensor;
    await output.data();
    const seconds = (performance.now() - start) / 1000;
    output.dispose();
    return seconds;
  };
  const firstRun = await run(first);
  // The other network has its first run here, and a pair of runs shows how many runs there is time for.
  for (const network of networks) await run(network);
  const pair = (await run('teacher')) + (await run('student'));
  const repeats = Math.max(leastRuns, Math.min(mostRuns, Math.floor(warmSeconds / pair)));
  const [teacher = [], student = []] = await interleave(
    networks.map((network) => () => run(network)),
    // No rest is needed, since both networks run on the same backend and no thread keeps spinning.
    { repeats, warmUps: 3, rest: 0 },
  );
  return { computesOn, firstRun, warm: { teacher, student } };
});
