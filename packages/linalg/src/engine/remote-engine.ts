import type { CompiledKernels } from '../kernels/compile-kernels.js';
import { mostPages, syncAddress } from '../kernels/kernels.js';
import { LinalgError } from '../linalg-error.js';
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
        throw new LinalgError(
          'MEMORY_TOO_SMALL',
          `The machine doesn't give ${pages} pages of 64 KiB to WebAssembly (${held} are held).`,
          { cause },
        );
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
    async run(kernel, ...parameters) {
      await worker.ask({ action: 'run', kernel, parameters });
    },
    close: () => worker.terminate(),
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
