import { type NdArray, reshape } from '../array/nd-array.js';
import { extractPatches } from '../geometry/extract-patches.js';
import type { PatchGeometry } from '../geometry/patch-geometry.js';
import type { Moments } from '../moments/moments.js';
import { momentsOfRows } from '../moments/moments-of-rows.js';
import type { BackendAdapter } from './backend-adapter.js';
import { patchLayout } from './patch-layout.js';

/** Plain JavaScript in float64: slow, and what every other backend is held to. */
export const referenceBackend = {
  specVersion: 1,
  name: 'reference',
  floatPrecision: 64,
  maxTensorSize: Number.POSITIVE_INFINITY,
  patchMoments(input: NdArray, target: NdArray, geometry: PatchGeometry | null): Moments {
    const { rows, patchSize, outFeatures } = patchLayout(input.shape, target.shape, geometry);
    return momentsOfRows(
      geometry ? extractPatches(input, geometry) : reshape(input, [rows, patchSize]),
      reshape(target, [rows, outFeatures]),
    );
  },
  read: ({ data }: NdArray): Float64Array => data,
} as const satisfies BackendAdapter<NdArray>;
