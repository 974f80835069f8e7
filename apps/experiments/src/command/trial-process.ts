import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import { definitionOf } from '../experiment.js';
import type { SessionLine } from '../results/result-line.js';
import { openTrialFile } from '../results/trial-file.js';
import { runTrial } from '../trial/run-trial.js';
import { loadData, trialData } from '../trial/trial-data.js';
import type { TrialMessage, TrialOrder } from './run-trials.js';

// Each trial has a process of its own, since the native library keeps its threads for the life of a process
// and only the end of a process returns all of its memory.
const send = (message: TrialMessage) => process.send?.(message);

process.once('message', async (order: TrialOrder) => {
  try {
    await run(order);
    send({ done: true });
  } catch (error) {
    send({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
});
// Ctrl-C reaches the whole process group; the parent process prints the message.
process.on('SIGINT', () => process.exit(130));
process.on('disconnect', () => process.exit());

const { version: fuseinit } = createRequire(import.meta.url)('@fuseinit/tfjs/package.json') as {
  version: string;
};

async function run(order: TrialOrder): Promise<void> {
  const { experiment, purpose, seed, backend: name, rates, checkpoints } = order;
  const device = await startBackend(name);
  const { tf, computesOn } = device;
  const backend = await createAdapter(device);
  const loaded = await loadData(experiment, order.data);
  const file = openTrialFile(order.file);
  const session: SessionLine = {
    type: 'session',
    experiment: experiment.name,
    definition: definitionOf(experiment),
    preparation: loaded.preparation,
    versions: { fuseinit, node: process.version, tfjs: tf.version['tfjs-core'] },
    backend: `${name} (${computesOn})`,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    threads: order.threads,
    startedAt: new Date().toISOString(),
  };
  file.append(session);
  await runTrial(
    {
      tf,
      backend,
      experiment,
      purpose,
      seed,
      data: trialData(tf, experiment, loaded),
      file,
      checkpoints,
      onEpochs: (epochs, activity) => send({ epochs, activity }),
    },
    (stage, arm) => rates.find((entry) => entry.stage === stage && entry.arm === arm)?.rates ?? [],
  );
}
