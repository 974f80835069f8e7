import { expect, test } from 'vitest';
import { latenciesOf } from '../versions/version-latencies.js';
import { simplifySection } from './simplify-benchmark.js';

test('a first run counts for the version that ran first, warm runs for all, and bars are held against medians', () => {
  const times = (firstRun: number, [given, simplified, graph]: [number, number, number]) => ({
    firstRun,
    warm: { given: [given], simplified: [simplified], graph: [graph] },
  });
  const latencies = latenciesOf([
    { first: 'given', times: times(9, [4, 2, 1]) },
    { first: 'simplified', times: times(5, [6, 3, 4]) },
    { first: 'graph', times: times(3, [5, 2, 3]) },
  ]);
  expect(latencies.firstRun.given.median).toBe(9);
  expect(latencies.firstRun.graph).toEqual({ median: 3, lowest: 3, highest: 3, count: 1 });
  expect(latencies.warm.graph).toEqual({ median: 3, lowest: 1, highest: 4, count: 3 });
  const row = {
    key: 'wasm',
    backend: 'wasm',
    date: 'now',
    difference: { simplified: 1e-7, graph: 2e-7 },
    layers: { given: 150, simplified: 60 },
    bytes: { given: 2e6, simplified: 1e6, graph: 1e6 },
    ...latencies,
  };
  const machine = { cpu: 'c', cores: 1, memoryGiB: 1, system: 's', node: 'n' };
  const text = simplifySection({ benchmark: 'simplify', machine, software: {}, rows: [row] });
  // Medians are 5, 2 and 3.
  expect(text).toContain('2.50x');
  expect(text).toContain('1.67x');
  expect(text).toContain('the GraphModel 2.5 times as fast: **no**');
  expect(text).toContain('the simplified LayersModel 1.5 times: yes');
  expect(text).toContain('outputs within 1e-5: yes');
});
