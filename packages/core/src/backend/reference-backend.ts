import { type NdArray, reshape, sizeOf } from '../array/nd-array.js';
import { extractPatches } from '../geometry/extract-patches.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import type { BackendAdapter } from './backend-adapter.js';

/** Plain JavaScript in float64: slow, and what every other backend is held to. */
export const referenceBackend = {
  specVersion: 1,
  name: 'reference',
  floatPrecision: 64,
  patchMoments(input: NdArray, target: NdArray, geometry: PatchGeometry | null): Moments {
    const rows = geometry
      ? extractPatches(input, geometry)
      : reshape(input, [input.shape[0] ?? 0, sizeOf(input.shape.slice(1))]);
    return momentsOfRows(rows, target);
  },
} as const satisfies BackendAdapter<NdArray>;
