import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { createAdapter, startBackend } from '@fuseinit/node-backends';
import type { SessionLine } from '../results/result-line.js';
import { openTrialFile } from '../results/trial-file.js';
import { loadData, trialData } from '../trial/load-trial-data.js';
import { runTrial } from '../trial/run-trial.js';
import { definitionOf } from './definition.js';
import type { TrialMessage, TrialOrder } from './trial-order.js';

// A process of its own for each trial: the native library takes its threads for a process, and a trial that
// ends gives back all of its memory.
const tell = (message: TrialMessage) => process.send?.(message);

process.once('message', async (order: TrialOrder) => {
  try {
    await run(order);
    tell({ done: true });
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
});
// Ctrl-C reaches the whole group: the parent says what is to be said.
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
      onEpochs: (epochs, doing) => tell({ epochs, doing }),
    },
    (stage, arm) => rates.find((asked) => asked.stage === stage && asked.arm === arm)?.rates ?? [],
  );
}
