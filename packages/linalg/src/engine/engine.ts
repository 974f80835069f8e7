import { FuseInitError } from '@fuseinit/core';
import {
  type CompiledKernels,
  compileKernels,
  type Instructions,
  type KernelName,
  mostPages,
  pageBytes,
  syncAddress,
} from '../kernels/kernels.js';
import { nodeModule, startWorker } from './kernel-worker.js';

/** A kernel and its parameters, without those that describe the threads. */
export type KernelCall = readonly [kernel: KernelName, ...parameters: number[]];

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Kernels on a memory of their own, wherever they run. Requests are served in their order. */
export interface Engine {
  readonly threads: number;
  /** Makes the memory at least so large. @throws TENSOR_TOO_LARGE when the machine doesn't give it. */
  grow(pages: number): Promise<void>;
  write(address: number, values: Numbers): Promise<void>;
  clear(address: number, bytes: number): Promise<void>;
  /** Fills `into` from memory. */
  read(address: number, into: Numbers): Promise<void>;
  /** Runs kernels, one after the other. */
  run(...calls: readonly KernelCall[]): Promise<void>;
  close(): void;
}

/** More threads than this gain little: they wait for memory. */
const mostThreads = 8;

export interface OpenedEngine {
  readonly engine: Engine;
  readonly instructions: Instructions;
}

/**
 * Starts what this place allows: several threads on shared memory; one worker where a page must stay
 * responsive and may not share; else the caller's own thread.
 *
 * @throws ARGUMENT_INVALID for a number of threads that is no positive integer, or instructions that aren't
 *   there.
 */
export async function openEngine(
  threads: number | undefined,
  instructions: Instructions | undefined,
): Promise<OpenedEngine> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `threads is ${threads}: an integer from 1 to 64 was expected.`,
    );
  }
  const wanted = threads ?? Math.min(mostThreads, coreCount());
  const shared = wanted > 1 && canShare();
  const kernels = await compileKernels(instructions, shared);
  return { engine: await startEngine(kernels, shared ? wanted : 1), instructions: kernels.instructions };
}

async function startEngine(kernels: CompiledKernels, threads: number): Promise<Engine> {
  if (threads > 1) return teamEngine(kernels, threads);
  if (!isPage()) return inlineEngine(kernels);
  try {
    return await remoteEngine(kernels);
  } catch {
    // A page whose policy forbids workers: it waits, but it has its answer.
    return inlineEngine(kernels);
  }
}

function coreCount(): number {
  return (
    nodeModule('os')?.availableParallelism() ??
    (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ??
    1
  );
}

function canShare(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return (
    nodeModule('worker_threads') !== undefined ||
    (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true
  );
}

/** Whether this is a page's own thread, which must not be held up. */
function isPage(): boolean {
  return nodeModule('worker_threads') === undefined && typeof document !== 'undefined';
}

type Kernels = { readonly [kernel: string]: (...parameters: number[]) => void };

/** Kernels in the caller's own thread. */
async function inlineEngine({ module }: CompiledKernels): Promise<Engine> {
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

/** Kernels in threads that share a memory; the caller's own thread only copies in and out. */
async function teamEngine({ module }: CompiledKernels, threads: number): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
  const workers = Array.from({ length: threads }, startWorker);
  const close = () => {
    for (const worker of workers) worker.terminate();
  };
  const all = async (requestOf: (number: number) => Parameters<(typeof workers)[0]['ask']>[0]) => {
    try {
      await Promise.all(workers.map((worker, number) => worker.ask(requestOf(number))));
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

/**
 * Kernels in one worker with a memory of its own, for pages that may not share memory: what goes in or out is
 * copied.
 */
async function remoteEngine({ module }: CompiledKernels): Promise<Engine> {
  const worker = startWorker();
  await worker.ask({ action: 'start', module, mostPages, sync: syncAddress, number: 0, threads: 1 });
  let heldPages = 1;
  return {
    threads: 1,
    async grow(pages) {
      if (pages <= heldPages) return;
      try {
        await worker.ask({ action: 'grow', pages });
      } catch (cause) {
        throw memoryRefused(pages, heldPages, cause);
      }
      heldPages = pages;
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

/** Reads and writes a memory of this thread's, or one that it shares. */
function memoryAccess(memory: WebAssembly.Memory) {
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

/** The error for pages that the machine doesn't give. */
function memoryRefused(pages: number, heldPages: number, cause: unknown): FuseInitError {
  return new FuseInitError(
    'TENSOR_TOO_LARGE',
    `The machine doesn't give ${pages} pages of ${pageBytes / 1024} KiB to WebAssembly (${heldPages} are held).`,
    { cause },
  );
}
