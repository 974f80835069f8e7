import type { NdArray } from '../array/nd-array.js';
import { type PatchGeometry, patchGeometry } from '../geometry/patch-geometry.js';
import { randomArray } from './random-array.js';

/** A batch that every backend must give the reference's moments of. */
export interface BackendCase {
  readonly name: string;
  readonly input: NdArray;
  readonly target: NdArray;
  readonly geometry: PatchGeometry | null;
}

const layouts: readonly (readonly [string, number, PatchGeometry | null])[] = [
  ['rows', 70, null],
  ['one row', 1, null],
  ['1300 rows', 1300, null],
  [
    '1-D, same, stride 2',
    70,
    patchGeometry({ inputSize: [9], kernelSize: [3], strides: [2], padding: 'same' }),
  ],
  ['1-D, dilated', 70, patchGeometry({ inputSize: [9], kernelSize: [3], dilationRate: [3] })],
  ['1-D, one long sample', 1, patchGeometry({ inputSize: [150_000], kernelSize: [3] })],
  ['2-D, one sample', 1, patchGeometry({ inputSize: [4, 5], kernelSize: [2, 2] })],
  ['2-D, same', 70, patchGeometry({ inputSize: [6, 7], kernelSize: [3, 2], padding: 'same' })],
  ['2-D, strides apart', 70, patchGeometry({ inputSize: [7, 8], kernelSize: [4, 3], strides: [3, 2] })],
  [
    '2-D, padded and cropped',
    70,
    patchGeometry({
      inputSize: [6, 6],
      kernelSize: [3, 3],
      padding: [
        [2, -1],
        [-1, 0],
      ],
    }),
  ],
  [
    '2-D, larger than the input',
    70,
    patchGeometry({ inputSize: [3, 3], kernelSize: [5, 5], padding: 'same' }),
  ],
  ['2-D, dilated', 70, patchGeometry({ inputSize: [7, 7], kernelSize: [2, 3], dilationRate: [2, 3] })],
];

/** The first is of plain rows. Means stand a hundred deviations from zero in some cases, and at zero after a relu in others. */
export const backendCases = layouts.map(([name, samples, geometry], index): BackendCase => {
  const inputShape = [samples, ...(geometry?.inputSize ?? [12]), 3];
  const input = randomArray(2 * index + 1, inputShape);
  const target = randomArray(2 * index + 2, [samples, ...(geometry?.outputSize ?? []), 5]);
  const far = index % 2 === 0;
  return {
    name: far ? `${name}, far from zero` : `${name}, after a relu`,
    input: { shape: inputShape, data: input.data.map((value) => (far ? value + 100 : Math.max(0, value))) },
    target: { shape: target.shape, data: target.data.map((value) => (far ? value - 10 : value)) },
    geometry,
  };
}) as [BackendCase, ...BackendCase[]];
