import { expect, test } from 'vitest';
import { allBenchmarks } from './all-benchmarks.js';
import { readArguments, usage } from './arguments.js';

test('every benchmark is run by its name, and stands in the usage', () => {
  for (const benchmark of allBenchmarks) {
    expect(readArguments([benchmark.name, '--json'])).toMatchObject({
      command: 'run',
      benchmark,
      json: true,
    });
    expect(usage).toContain(`  ${benchmark.name}: `);
  }
});

test.each([
  [['nothing'], `"nothing": one of ${allBenchmarks.map(({ name }) => name).join(', ')}, report`],
  [['numpy', '--rows', '9'], '--rows has "9": some of 1,2,3,4,5,6,7,8'],
  [['numpy', '--repeats', '0'], '--repeats is 0'],
  [['numpy', '--columns', '1'], 'columns'],
  [['fuse', '--backend', 'gpu'], '--backend has "gpu"'],
  [['inference', 'wasm'], 'wasm'],
  [['report', '--json'], 'json'],
])('%j is refused', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(message);
});

test('report, and help where there are no arguments', () => {
  expect(readArguments(['report'])).toEqual({ command: 'report' });
  expect(readArguments([])).toEqual({ command: 'help' });
  expect(readArguments(['numpy', '-h'])).toEqual({ command: 'help' });
});
