import fc from 'fast-check';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import { axes, paddingKinds } from './draw-geometry.test-support.js';

/** Windows in a row over 1 or 2 axes, each reading what the one before writes; three of them fit into 90. */
export function chains(depth: number): fc.Arbitrary<PatchGeometry[]> {
  const link = (rank: number) => fc.tuple(fc.array(axes, { minLength: rank, maxLength: rank }), paddingKinds);
  return fc
    .integer({ min: 1, max: 2 })
    .chain((rank) =>
      fc.tuple(
        fc.array(fc.integer({ min: 90, max: 100 }), { minLength: rank, maxLength: rank }),
        fc.array(link(rank), { minLength: depth, maxLength: depth }),
      ),
    )
    .map(([inputSize, links]) => {
      let size = inputSize;
      return links.map(([drawn, padding]) => {
        const geometry = patchGeometry({
          inputSize: size,
          kernelSize: drawn.map(({ kernel }) => Math.min(kernel, 3)),
          strides: drawn.map(({ stride }) => stride),
          dilationRate: drawn.map(({ dilation }) => dilation),
          padding:
            padding === 'explicit' ? drawn.map(({ before, after }) => [before, after] as const) : padding,
        });
        size = [...geometry.outputSize];
        return geometry;
      });
    });
}
