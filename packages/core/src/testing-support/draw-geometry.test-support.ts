import fc from 'fast-check';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';

/** One spatial axis of a window that fits its input. */
export interface AxisDraw {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** An axis that is long enough for its kernel even when it is cropped by one at either end. */
export const axes: fc.Arbitrary<AxisDraw> = fc
  .record({
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    spare: fc.integer({ min: 0, max: 5 }),
    before: fc.integer({ min: -1, max: 2 }),
    after: fc.integer({ min: -1, max: 2 }),
  })
  .map(({ kernel, spare, ...rest }) => ({
    ...rest,
    kernel,
    length: (kernel - 1) * rest.dilation + 3 + spare,
  }));

const paddingKinds = fc.constantFrom('same' as const, 'valid' as const, 'explicit' as const);

/** Windows of one or two spatial axes, with every kind of padding. */
export const geometries: fc.Arbitrary<PatchGeometry> = fc
  .tuple(fc.array(axes, { minLength: 1, maxLength: 2 }), paddingKinds)
  .map(([drawn, padding]) =>
    patchGeometry({
      inputSize: drawn.map(({ length }) => length),
      kernelSize: drawn.map(({ kernel }) => kernel),
      strides: drawn.map(({ stride }) => stride),
      dilationRate: drawn.map(({ dilation }) => dilation),
      padding: padding === 'explicit' ? drawn.map(({ before, after }) => [before, after] as const) : padding,
    }),
  );

/**
 * Chains of windows over one or two axes, each reading the output of the one before. Three of them fit into a
 * length of 90.
 */
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
