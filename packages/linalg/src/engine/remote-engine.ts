import type { CompiledKernels } from '../kernels/compile-kernels.js';
import { mostPages, syncAddress } from '../kernels/kernels.js';
import { memoryRefused } from '../memory/memory-refused.js';
import type { Engine, Numbers } from './engine.js';
import { startWorker } from './start-worker.js';

/** Kernels in one worker with a memory of its own, for pages that may not share memory: what goes in or out is copied. */
export async function remoteEngine({ module }: CompiledKernels): Promise<Engine> {
  const worker = startWorker();
  await worker.ask({ action: 'start', module, mostPages, sync: syncAddress, number: 0, threads: 1 });
  let held = 1;
  return {
    threads: 1,
    async grow(pages) {
      if (pages <= held) return;
      try {
        await worker.ask({ action: 'grow', pages });
      } catch (cause) {
        throw memoryRefused(pages, held, cause);
      }
      held = pages;
    },
    async write(address, values) {
      const bytes = bytesOf(values).slice();
      await worker.ask({ action: 'write', address, bytes }, [bytes.buffer]);
    },
    async clear(address, length) {
      await worker.ask({ action: 'clear', address, length });
    },
    async read(address, into) {
      const bytes = await worker.ask({ action: 'read', address, length: into.byteLength });
      bytesOf(into).set(bytes!);
    },
    async run(...calls) {
      await worker.ask({ action: 'run', calls });
    },
    close: () => worker.terminate(),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
