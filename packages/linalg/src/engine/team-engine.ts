import type { CompiledKernels } from '../kernels/compile-kernels.js';
import { mostPages, syncAddress } from '../kernels/kernels.js';
import type { Engine } from './engine.js';
import { memoryAccess } from './memory-access.js';
import { startWorker } from './start-worker.js';

/** Kernels in threads that share a memory; the caller's own thread only copies in and out. */
export async function teamEngine({ module }: CompiledKernels, threads: number): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
  const workers = Array.from({ length: threads }, startWorker);
  const close = () => {
    for (const worker of workers) worker.terminate();
  };
  const all = async (asked: (number: number) => Parameters<(typeof workers)[0]['ask']>[0]) => {
    try {
      await Promise.all(workers.map((worker, number) => worker.ask(asked(number))));
    } catch (error) {
      // The others may wait for the one that failed, for ever.
      close();
      throw error;
    }
  };
  await all((number) => ({ action: 'start', module, memory, mostPages, sync: syncAddress, number, threads }));
  return {
    threads,
    ...memoryAccess(memory),
    run: (...calls) => all(() => ({ action: 'run', calls })),
    close,
  };
}
