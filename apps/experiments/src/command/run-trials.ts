import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BackendName } from '@fuseinit/node-backends';
import type { Experiment } from '../experiment.js';
import type { RunKey } from '../results/result-line.js';

/** Runs several trials at a time, each in a process of its own. A failure or an abort ends them all. */
export async function runTrials(
  orders: readonly TrialOrder[],
  jobs: number,
  signal: AbortSignal,
  onEpochs: (epochs: number, activity: string) => void,
): Promise<void> {
  const waiting = [...orders];
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    for (let order = waiting.shift(); order && !stop.aborted; order = waiting.shift()) {
      const { purpose, seed } = order;
      await runInProcess(order, stop, (epochs, arm) => onEpochs(epochs, `${purpose} seed ${seed}, ${arm}`));
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(jobs, orders.length) }, () =>
      work().catch((error) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  signal.throwIfAborted();
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected) throw failed.signal.reason;
}

/** Returns the number of threads for each of several processes that share the machine. */
export function threadsFor(jobs: number): number {
  return Math.max(1, Math.floor(availableParallelism() / jobs));
}

function runInProcess(
  order: TrialOrder,
  signal: AbortSignal,
  onEpochs: (epochs: number, arm: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./trial-process.js', import.meta.url)), {
      env: {
        ...process.env,
        TF_NUM_INTRAOP_THREADS: String(order.threads),
        // TensorFlow prints a greeting to stderr.
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const kill = () => child.kill();
    signal.addEventListener('abort', kill);
    let end: TrialMessage | undefined;
    child.on('message', (message: TrialMessage) => {
      if ('epochs' in message) onEpochs(message.epochs, message.activity);
      else end = message;
    });
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      const name = `${order.experiment.name}, ${order.purpose} seed ${order.seed}`;
      if (end && 'done' in end) resolve();
      else if (end && 'failed' in end) reject(new Error(`${name}: ${end.failed}`));
      else
        reject(
          new Error(
            `${name}: its process ended (${killedBy ?? code}). The same command with --resume goes on.`,
          ),
        );
    });
    child.send(order);
  });
}

/** The order for a trial process: one seed of an experiment. */
export interface TrialOrder {
  readonly experiment: Experiment;
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads: number;
  /** The root of the data sets. */
  readonly data: string;
  /** The file of this trial's lines. */
  readonly file: string;
  /** The folder of this trial's checkpoints. */
  readonly checkpoints: string;
  /** The learning rates to train at, for each stage and arm. */
  readonly rates: readonly {
    readonly stage: number;
    readonly arm: string;
    readonly rates: readonly number[];
  }[];
}

/** A progress message of a trial process. */
export type TrialMessage =
  | { readonly epochs: number; readonly activity: string }
  | { readonly failed: string }
  | { readonly done: true };
