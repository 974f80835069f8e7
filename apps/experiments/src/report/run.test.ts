import { expect, test } from 'vitest';
import type { EpochLine } from '../results/result-line.js';
import type { Placed } from './placed.js';
import { runState, runsOf } from './run.js';
import { epochLine } from './testing-support/synthetic-results.test-support.js';

function placed(...lines: EpochLine[]): Placed<EpochLine>[] {
  return lines.map((line, index) => ({ line, file: 'trial-1.jsonl', number: index + 2 }));
}

const epochs = (count: number, changes: Partial<EpochLine> = {}) =>
  Array.from({ length: count }, (_, epoch) => epochLine({ epoch, score: 0.5, ...changes }));

test('a run is all that tells it from others, in the order of epochs', () => {
  const others = [{ seed: 2 }, { stage: 2 }, { arm: 'fused' }, { rate: 0.1 }, { purpose: 'tuning' }] as const;
  const runs = runsOf(placed(...epochs(2).reverse(), ...others.flatMap((changes) => epochs(1, changes))));
  expect(runs.map((run) => run.epochs.map(({ line }) => line.epoch))).toEqual([
    [0, 1],
    [0],
    [0],
    [0],
    [0],
    [0],
  ]);
});

test('two lines of one epoch are refused, and both are named', () => {
  expect(() => runsOf(placed(...epochs(2), epochLine({ epoch: 1, score: 0.6 })))).toThrow(
    'trial-1.jsonl:4: the same epoch of the same run as trial-1.jsonl:3',
  );
});

test('is finished with all epochs, and diverged whatever else where a score is lost', () => {
  const state = (...lines: EpochLine[]) => runState(runsOf(placed(...lines))[0]!, 2);
  expect(state(...epochs(3))).toBe('finished');
  expect(state(...epochs(2))).toBe('unfinished');
  expect(state(...epochs(2), epochLine({ epoch: 2, score: Number.NaN }))).toBe('diverged');
  expect(state(...epochs(1), epochLine({ epoch: 1, score: Number.NaN }))).toBe('diverged');
});
