import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { MadeStudent, StudentTask } from './make-student.js';

type Answer = { made: MadeStudent } | { failed: string } | { done: number; doing: string };

/**
 * Makes students side by side, on as many threads as there are processors, four at most.
 *
 * @param onProgress Told the share of all work done.
 * @throws Error with the first failure; AbortError when the signal fires. No thread is left.
 */
export async function makeStudents(
  tasks: readonly StudentTask[],
  signal: AbortSignal,
  onProgress: (done: number, doing: string) => void,
): Promise<MadeStudent[]> {
  const made: MadeStudent[] = [];
  const shares = tasks.map(() => 0);
  const waiting = [...tasks.entries()];
  // The native library has threads of its own.
  const threads = tasks.some(({ backend }) => backend === 'node-gpu')
    ? 1
    : Math.min(4, availableParallelism());
  const workers = Array.from(
    { length: Math.min(threads, tasks.length) },
    () => new Worker(new URL('./student-worker.js', import.meta.url)),
  );
  const report = (index: number, share: number, doing: string) => {
    shares[index] = share;
    onProgress(shares.reduce((sum, value) => sum + value, 0) / tasks.length, doing);
  };
  const workThrough = async (worker: Worker) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, task] = next;
      made[index] = await runOn(worker, task, signal, (share, doing) => report(index, share, doing));
      report(index, 1, task.recipe.name);
    }
  };
  try {
    await Promise.all(workers.map(workThrough));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return made;
}

function runOn(
  worker: Worker,
  task: StudentTask,
  signal: AbortSignal,
  onProgress: (done: number, doing: string) => void,
): Promise<MadeStudent> {
  return new Promise((resolve, reject) => {
    const stop = () => settle(() => reject(signal.reason));
    const answer = (message: Answer) => {
      if ('done' in message) onProgress(message.done, message.doing);
      else if ('made' in message) settle(() => resolve(message.made));
      else settle(() => reject(new Error(message.failed)));
    };
    const fail = (error: Error) => settle(() => reject(error));
    const settle = (end: () => void) => {
      worker.off('message', answer).off('error', fail);
      signal.removeEventListener('abort', stop);
      end();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    worker.on('message', answer).on('error', fail);
    worker.postMessage(task);
  });
}
