import type { KernelName } from '../kernels/kernels.js';

/** A kernel and what it is called with, without what it is told of the threads. */
export type KernelCall = readonly [kernel: KernelName, ...parameters: number[]];

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** Kernels on a memory of their own, wherever they run: what is asked for is done in that order. */
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
