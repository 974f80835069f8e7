import { type AffineSolution, type LinearAlgebra, type SolveOptions, solveAffine } from '@fuseinit/core';
import type { CollectedMoments, CollectedRows } from '@fuseinit/statistics';

/** What was collected for a layer: moments, or rows that are fewer than its inputs. */
export type Collected = CollectedMoments | CollectedRows;

/** What can be asked of either. */
export interface Solvable {
  /** Rows that are solved on. */
  readonly rows: number;
  readonly patchSize: number;
  /** On held-out samples too, where there are some. */
  solve(options: Omit<SolveOptions, 'heldOut'>): Promise<AffineSolution>;
}

/** Solves by moments, or by products of rows: the same up to rounding. */
export function solvable(linearAlgebra: LinearAlgebra, collected: Collected): Solvable {
  const { heldOut } = collected;
  const [data, rows, patchSize] =
    'rows' in collected
      ? ([collected.rows, ...collected.rows.inputs.shape] as const)
      : ([collected.moments, collected.moments.count, collected.moments.inputMean.data.length] as const);
  return {
    rows,
    patchSize,
    solve: (options) => solveAffine(data, { ...options, ...(heldOut && { heldOut }) }, linearAlgebra),
  };
}
