import { expect, test } from 'vitest';
import { spreadOf } from '../measuring/measurements.js';
import type { Recorded } from '../measuring/record.js';
import { type NumpyRow, numpySection } from './numpy-benchmark.js';
import { problemSources } from './problems.js';

const row = (key: string, ours: number, numpy: number): NumpyRow & { readonly date: string } => ({
  key,
  date: '2026-01-01',
  name: `problem ${key}`,
  data: 'numbers',
  rows: 10,
  inputs: 3,
  targets: 2,
  zeros: 0.25,
  ours: spreadOf([ours]),
  oursMoments: ours / 2,
  oursError: 1e-5,
  numpy: [{ by: 'loop', time: spreadOf([numpy]), moments: null, ratio: numpy / ours, error: null }],
});

const recorded = (rows: Recorded<NumpyRow>['rows']): Recorded<NumpyRow> => ({
  benchmark: 'numpy',
  machine: { cpu: 'c', cores: 2, memoryGiB: 8, system: 's', node: 'v1' },
  software: {},
  rows,
});

test('rows come by their numbers; those that lose and those that are missing are named', () => {
  const text = numpySection(recorded([row('4', 2, 1), row('1', 1, 3)]));
  expect(text.indexOf('problem 1')).toBeLessThan(text.indexOf('problem 4'));
  expect(text).toContain('**Slower than NumPy: row 4 by loop (2.00 times its time).**');
  const missing = problemSources
    .map(({ key }) => `row ${key}`)
    .filter((key) => !['row 1', 'row 4'].includes(key));
  expect(text).toContain(`**Not run yet: ${missing.join(', ')}.**`);
  expect(text).toContain('25 % of the inputs are zero');
});

test('where every row is there, none is said to be missing', () => {
  const text = numpySection(recorded(problemSources.map(({ key }) => row(key, 1, 2))));
  expect(text).not.toContain('Not run yet');
  expect(text).toContain('nowhere in this table');
});
