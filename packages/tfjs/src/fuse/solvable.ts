import { type AffineSolution, type LinearAlgebra, type SolveOptions, solveAffine } from '@fuseinit/core';
import type { CollectedMoments, CollectedRows } from '@fuseinit/statistics';

/** The data collected for a layer: moments, or rows if there are fewer of them than inputs. */
export type Collected = CollectedMoments | CollectedRows;

/** The common interface of both. */
export interface Solvable {
  /** The number of rows to solve on. */
  readonly rows: number;
  readonly patchSize: number;
  /** Solves the layer, and uses held-out samples if there are any. */
  solve(options: Omit<SolveOptions, 'heldOut'>): Promise<AffineSolution>;
}

/** Prepares to solve from moments or from products of rows. The results are the same up to rounding. */
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
