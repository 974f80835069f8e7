import { FuseInitError, type LinearAlgebra, type PositiveSolution } from '@fuseinit/core';
import { openEngine } from './engine/engine.js';
import type { Instructions } from './kernels/kernels.js';
import { createArena, type Workspace } from './memory/arena.js';
import { multiplyTransposed, solvePositive } from './solve/dense-algebra.js';
import { createSums } from './sums/create-sums.js';
import type { Sums, SumsOptions } from './sums/stream-sums.js';

declare module '@fuseinit/core' {
  interface FuseInitErrorCodes {
    /** The linear algebra was closed by its owner. */
    ENGINE_CLOSED: true;
    /** A thread of the linear algebra ended by itself, or a kernel failed. */
    ENGINE_FAILED: true;
  }
}

/** Options of {@link createLinearAlgebra}. */
export interface LinearAlgebraOptions {
  /** Default one thread for each core, at most 8; one where memory can't be shared. */
  readonly threads?: number;
  /** Default the fastest that the JavaScript engine has. */
  readonly instructions?: Instructions;
}

/**
 * Covariances and least squares on WebAssembly: the `LinearAlgebra` of `@fuseinit/core`, and sums over rows
 * and patches.
 *
 * Work is done one piece after the other, in threads that run until `close`; they don't keep a program alive.
 * Everything throws TENSOR_TOO_LARGE for more than WebAssembly's 4 GiB, or more than the machine gives,
 * before anything is allocated; ENGINE_CLOSED after `close`; and ENGINE_FAILED when a thread ends by itself.
 */
export interface WasmLinearAlgebra extends LinearAlgebra {
  readonly threads: number;
  readonly instructions: Instructions;
  /**
   * Moments of rows, or of the patches of a convolution, summed over batches: products in float32 of at most
   * 256 rows, sums in float64.
   *
   * @throws ARGUMENT_INVALID for sizes or a geometry that make no sense.
   */
  createSums(options: SumsOptions): Promise<Sums>;
  /** @throws SHAPE_MISMATCH when the lengths don't fit `size`. */
  solvePositive(
    matrix: Float64Array,
    size: number,
    rightSides: Float64Array,
    tolerance: number,
  ): Promise<PositiveSolution>;
  /** @throws SHAPE_MISMATCH when the lengths don't fit `inner`. */
  multiplyTransposed(a: Float64Array, b: Float64Array, inner: number): Promise<Float64Array>;
  /** Waits for work that was begun, then ends the threads and frees the memory. */
  close(): Promise<void>;
}

/**
 * Starts the threads, with the fastest instructions that the JavaScript engine has.
 *
 * @throws ARGUMENT_INVALID for a number of threads or instructions that aren't available.
 * @throws BACKEND_UNAVAILABLE where WebAssembly is missing or forbidden.
 */
export async function createLinearAlgebra(options: LinearAlgebraOptions = {}): Promise<WasmLinearAlgebra> {
  const { engine, instructions } = await openEngine(options.threads, options.instructions);
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const workspace: Workspace = {
    engine,
    arena: createArena(engine),
    exclusively(work) {
      if (closed) {
        return Promise.reject(
          new FuseInitError('ENGINE_CLOSED', 'This linear algebra was closed: create another one.'),
        );
      }
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
  };
  return {
    name: `wasm ${instructions}, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`,
    threads: engine.threads,
    instructions,
    createSums: (options) => createSums(workspace, options),
    solvePositive: (...parameters) => solvePositive(workspace, ...parameters),
    multiplyTransposed: (...parameters) => multiplyTransposed(workspace, ...parameters),
    async close() {
      closed = true;
      await last;
      engine.close();
    },
  };
}
