import { expect, test } from 'vitest';
import type { Recorded } from '../measuring/record.js';
import { performancePage } from './performance-page.js';

const benchmark = { name: 'numpy', section: ({ rows }: Recorded) => `A table of ${rows.length}.` };
const recorded: Recorded = {
  benchmark: 'numpy',
  machine: { cpu: 'Some CPU', cores: 2, memoryGiB: 23, system: 'linux x64', node: 'v20' },
  software: { NumPy: '2.0' },
  rows: [
    { key: '1', date: '2026-01-02' },
    { key: '2', date: '2026-01-01' },
  ],
};

test('a benchmark that has results has its table, machine, days and command', () => {
  const page = performancePage([{ benchmark, recorded }]);
  expect(page).toContain('A table of 2.');
  expect(page).toContain(
    'Measured by `npm run bench -- numpy` on 2026-01-01 to 2026-01-02: Some CPU, 2 cores, 23 GiB, linux x64, Node v20. NumPy: 2.0.',
  );
  expect(page).not.toContain('Not run yet');
});

test('one that has none says so, with the command', () => {
  const page = performancePage([{ benchmark, recorded: undefined }]);
  expect(page).toContain('**Not run yet**: `npm run bench -- numpy`');
});

test('the same results give the same page', () => {
  const again = structuredClone(recorded);
  expect(performancePage([{ benchmark, recorded: again }])).toBe(performancePage([{ benchmark, recorded }]));
});
