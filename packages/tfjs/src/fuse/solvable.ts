import {
  type AffineMap,
  type AffineSolution,
  type LinearAlgebra,
  relativeMseOfRowsWith,
  relativeMseWith,
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
  /** Of any map; null where no sample was held out. */
  heldOutRelativeMse(map: AffineMap): Promise<number | null>;
}

/** Solves and measures by moments, or by products of rows: the same up to rounding. */
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
      heldOutRelativeMse: async (map) =>
        heldOut ? relativeMseOfRowsWith(linearAlgebra, heldOut, map) : null,
    };
  }
  const { moments, heldOut } = collected;
  return {
    rows: moments.count,
    patchSize: moments.inputMean.data.length,
    solve: (options) => solveAffineWith(linearAlgebra, moments, { ...options, ...(heldOut && { heldOut }) }),
    heldOutRelativeMse: async (map) => (heldOut ? relativeMseWith(linearAlgebra, heldOut, map) : null),
  };
}
