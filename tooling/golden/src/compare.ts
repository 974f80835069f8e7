import type { NdArray } from '@fuseinit/core';
import type { GoldenCase } from './golden-case.js';

/** A geometry as text, equal where the geometries are. */
export function geometryText(geometry: GoldenCase['expected']['geometry']): string {
  if (!geometry) return 'dense';
  const { kernelSize, strides, padding } = geometry;
  return JSON.stringify({ kernelSize, strides, padding });
}

/** Distance over norm; infinite when the shapes differ. */
export function relativeError(actual: NdArray, expected: NdArray): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  const norm = Math.hypot(...expected.data);
  const distance = Math.hypot(...expected.data.map((value, index) => value - actual.data[index]!));
  return norm > 0 ? distance / norm : distance;
}
