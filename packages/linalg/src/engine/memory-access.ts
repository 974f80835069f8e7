import { pageBytes } from '../kernels/kernels.js';
import { memoryRefused } from '../memory/memory-refused.js';
import type { Numbers } from './engine.js';

/** Reads and writes a memory of this thread's, or one that it shares. */
export function memoryAccess(memory: WebAssembly.Memory) {
  let pages = memory.buffer.byteLength / pageBytes;
  return {
    async grow(wanted: number): Promise<void> {
      if (wanted <= pages) return;
      try {
        memory.grow(wanted - pages);
      } catch (cause) {
        throw memoryRefused(wanted, pages, cause);
      }
      pages = wanted;
    },
    async write(address: number, values: Numbers): Promise<void> {
      // A view of the same kind: bytes are copied as they are.
      const View = values.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => Numbers;
      new View(memory.buffer, address, values.length).set(values);
    },
    async clear(address: number, bytes: number): Promise<void> {
      new Uint8Array(memory.buffer, address, bytes).fill(0);
    },
    async read(address: number, into: Numbers): Promise<void> {
      const View = into.constructor as new (buffer: ArrayBufferLike, at: number, length: number) => Numbers;
      into.set(new View(memory.buffer, address, into.length));
    },
  };
}
