import type { PatchGeometry } from '@fuseinit/core';
import { FuseInitError } from '@fuseinit/core';

/** Sums that rows are added to. */
interface Sums {
  add(inputs: Float32Array, targets: Float32Array): Promise<unknown>;
  take(): Promise<{
    count: number;
    inputMean: Float64Array;
    targetMean: Float64Array;
    inputCovariance: Float64Array;
    crossCovariance: Float64Array;
  }>;
  dispose(): void;
}

/** What the benchmark uses of `@fuseinit/linalg`. */
export interface LinearAlgebra {
  readonly name: string;
  readonly threads: number;
  readonly instructions: string;
  createRowSums(layout: { inputs: number; targets: number }): Promise<Sums>;
  createPatchSums(layout: { geometry: PatchGeometry; channels: number; outFeatures: number }): Promise<Sums>;
  solvePositive(
    matrix: Float64Array,
    size: number,
    rightSides: Float64Array,
    tolerance: number,
  ): Promise<{ solution: Float64Array }>;
  close(): Promise<void>;
}

const linalg: string = '@fuseinit/linalg';

/** @throws BACKEND_UNAVAILABLE while the workspace has no such package. */
export async function startLinearAlgebra(threads: number): Promise<LinearAlgebra> {
  let loaded: { createLinearAlgebra(options: { threads: number }): Promise<LinearAlgebra> };
  try {
    loaded = await import(linalg);
  } catch {
    throw new FuseInitError('BACKEND_UNAVAILABLE', `${linalg} is not in this workspace yet.`);
  }
  return loaded.createLinearAlgebra({ threads });
}
