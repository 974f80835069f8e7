import type { CompiledKernels } from '../kernels/compile-kernels.js';
import { mostPages, syncAddress } from '../kernels/kernels.js';
import type { Engine } from './engine.js';
import { memoryAccess } from './memory-access.js';

type Kernels = { readonly [kernel: string]: (...parameters: number[]) => void };

/** Kernels in the caller's own thread. */
export async function inlineEngine({ module }: CompiledKernels): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages });
  // One thread waits for none.
  const sleep = () => {};
  const { exports } = await WebAssembly.instantiate(module, { team: { sleep }, env: { memory } });
  const kernels = exports as Kernels;
  return {
    threads: 1,
    ...memoryAccess(memory),
    async run(...calls) {
      for (const [kernel, ...parameters] of calls) kernels[kernel]!(0, 1, syncAddress, ...parameters);
    },
    close: () => {},
  };
}
