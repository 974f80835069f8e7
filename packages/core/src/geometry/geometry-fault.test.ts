import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chains } from '../testing-support/draw-chain.test-support.js';
import { geometries } from '../testing-support/draw-geometry.test-support.js';
import { holds } from '../testing-support/holds.test-support.js';
import { centerKernel } from './center-kernel.js';
import { composeGeometry } from './compose-geometry.js';
import { geometryFault } from './geometry-fault.js';
import { patchGeometry } from './patch-geometry.js';

test('what patchGeometry, composeGeometry and centerKernel give has no fault', () => {
  holds(fc.property(geometries, (geometry) => geometryFault(geometry) === undefined));
  holds(
    fc.property(chains(2), ([first, second]) => {
      const composed = composeGeometry(first!, second!);
      expect(geometryFault(composed)).toBeUndefined();
      const smaller = centerKernel(
        composed,
        composed.kernelSize.map((size) => Math.ceil(size / 2)),
      );
      expect(geometryFault(smaller)).toBeUndefined();
    }),
  );
});

const good = patchGeometry({ inputSize: [5, 6], kernelSize: [3, 2], padding: 'same' });

test.each([
  [undefined, /it is undefined/],
  [null, /it is null/],
  ['same', /it is "same"/],
  [{}, /inputSize undefined where a list of positive integers/],
  [{ ...good, strides: 1 }, /strides 1 where/],
  [{ ...good, strides: [1, 1.5] }, /strides \[1, 1\.5\] where/],
  [{ ...good, kernelSize: [3, Number.NaN] }, /kernelSize \[3, NaN\] where/],
  [{ ...good, dilationRate: [1, -1] }, /dilationRate \[1, -1\] where/],
  [{ ...good, padding: 'same' }, /padding "same" where integers/],
  [{ ...good, padding: [[1, 1], [0]] }, /padding \[\[1, 1\], \[0\]\] where integers/],
  [{ ...good, strides: [1] }, /strides of 1 axes and inputSize of 2/],
  [{ ...good, padding: [[1, 1]] }, /padding of 1 axes and inputSize of 2/],
  // Five windows of extent 2 end at position 6 of the 7 that are padded to extent 3.
  [{ ...good, kernelSize: [2, 2] }, /5 windows that end at position 6 of 7 padded ones on axis 0/],
  [{ ...good, strides: [2, 1] }, /axis 0/],
  [{ ...good, outputSize: [5, 7] }, /axis 1/],
  [
    {
      inputSize: [],
      outputSize: [],
      kernelSize: [],
      strides: [],
      dilationRate: [],
      padding: [],
    },
    /0 spatial axes/,
  ],
])('%j is none', (geometry, fault) => expect(geometryFault(geometry)).toMatch(fault));
