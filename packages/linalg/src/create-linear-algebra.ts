import { openEngine } from './engine/open-engine.js';
import type { Instructions } from './kernels/instructions.js';
import { LinalgError } from './linalg-error.js';
import { createArena } from './memory/arena.js';
import { multiplyTransposed } from './solve/multiply-transposed.js';
import { type PositiveSolution, solvePositive } from './solve/solve-positive.js';
import { createPatchSums, type PatchSumsOptions } from './sums/patch-sums.js';
import { createRowSums, type RowLayout } from './sums/row-sums.js';
import type { Sums } from './sums/sums.js';
import type { Workspace } from './sums/workspace.js';

export interface LinearAlgebraOptions {
  /** Default one a core, at most 8; one where memory can't be shared. */
  readonly threads?: number;
  /** Default the best that the engine has. */
  readonly instructions?: Instructions;
}

/**
 * Covariances and least squares on WebAssembly. Work is done one piece after the other, in threads that are there until
 * `close`; they don't keep a program alive.
 */
export interface LinearAlgebra {
  readonly name: string;
  readonly threads: number;
  readonly instructions: Instructions;
  /** Sums over rows. @throws ARGUMENT_INVALID, MEMORY_TOO_SMALL, ENGINE_CLOSED */
  createRowSums(layout: RowLayout): Promise<Sums>;
  /** Sums over the patches of a convolution. @throws ARGUMENT_INVALID, MEMORY_TOO_SMALL, ENGINE_CLOSED */
  createPatchSums(options: PatchSumsOptions): Promise<Sums>;
  /**
   * Solves `matrix x = b` for every row b of `rightSides` in float64.
   *
   * @param matrix [size, size], symmetric and positive semidefinite; only the lower triangle is read.
   * @param rightSides [count, size]
   * @param tolerance A column of which no more than this share of its own diagonal is left gets 0.
   * @throws SHAPE_MISMATCH, MEMORY_TOO_SMALL, ENGINE_CLOSED
   */
  solvePositive(
    matrix: Float64Array,
    size: number,
    rightSides: Float64Array,
    tolerance: number,
  ): Promise<PositiveSolution>;
  /**
   * `a b^T` in float64: `a` [rows, inner], `b` [columns, inner], the result [rows, columns].
   *
   * @throws SHAPE_MISMATCH, MEMORY_TOO_SMALL, ENGINE_CLOSED
   */
  multiplyTransposed(a: Float64Array, b: Float64Array, inner: number): Promise<Float64Array>;
  /** Ends the threads and gives the memory back, after the work that was begun. */
  close(): Promise<void>;
}

/**
 * Starts threads, on the best instructions that are there.
 *
 * @throws ARGUMENT_INVALID for numbers of threads or instructions that can't be had.
 */
export async function createLinearAlgebra(options: LinearAlgebraOptions = {}): Promise<LinearAlgebra> {
  const { engine, instructions } = await openEngine(options.threads, options.instructions);
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const workspace: Workspace = {
    engine,
    arena: createArena(engine),
    exclusively(work) {
      if (closed) {
        return Promise.reject(
          new LinalgError('ENGINE_CLOSED', 'This linear algebra was closed: create another one.'),
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
    createRowSums: (layout) => createRowSums(workspace, layout),
    createPatchSums: (layout) => createPatchSums(workspace, layout),
    solvePositive: (...parameters) => solvePositive(workspace, ...parameters),
    multiplyTransposed: (...parameters) => multiplyTransposed(workspace, ...parameters),
    async close() {
      closed = true;
      await last;
      engine.close();
    },
  };
}
