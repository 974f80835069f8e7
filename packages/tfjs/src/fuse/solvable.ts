import {
  type AffineSolution,
  type LinearAlgebra,
  type SolveOptions,
  solveAffineRowsWith,
  solveAffineWith,
} from '@fuseinit/core';
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
  if ('rows' in collected) {
    const { rows, heldOut } = collected;
    const [count, patchSize] = rows.inputs.shape;
    return {
      rows: count,
      patchSize,
      solve: (options) =>
        solveAffineRowsWith(linearAlgebra, rows.inputs, rows.targets, {
          ...options,
          ...(heldOut && { heldOut }),
        }),
    };
  }
  const { moments, heldOut } = collected;
  return {
    rows: moments.count,
    patchSize: moments.inputMean.data.length,
    solve: (options) => solveAffineWith(linearAlgebra, moments, { ...options, ...(heldOut && { heldOut }) }),
  };
}
