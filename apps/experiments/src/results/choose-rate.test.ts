import { describe, expect, test } from 'vitest';
import { chosenRate } from './choose-rate.js';
import type { EpochLine } from './result-line.js';

const key = { stage: 1, arm: 'fused' };

function line(rate: number, score: number | null, changes: Partial<EpochLine> = {}): EpochLine {
  const measured = { score: score as number, loss: 0 };
  return {
    type: 'epoch',
    purpose: 'tuning',
    seed: 1,
    ...key,
    rate,
    epoch: 5,
    trainingLoss: 0,
    validation: measured,
    test: { score: 0, loss: 0 },
    seconds: 1,
    at: '2026-01-01T00:00:00Z',
    ...changes,
  };
}

describe('the best mean over tuning seeds after the last epoch', () => {
  // Means 0.7 and 0.75: the rate with the best single seed isn't the best.
  const lines = [line(0.1, 0.9), line(0.1, 0.5, { seed: 2 }), line(0.01, 0.8), line(0.01, 0.7, { seed: 2 })];

  test('is the largest accuracy, the smallest error', () => {
    expect(chosenRate(lines, key, 'classification', 5)?.rate).toBe(0.01);
    expect(chosenRate(lines, key, 'regression', 5)?.rate).toBe(0.1);
  });

  test('comes with what it was chosen from, by rate', () => {
    const { candidates } = chosenRate(lines, key, 'classification', 5)!;
    expect(candidates.map(({ rate }) => rate)).toEqual([0.01, 0.1]);
    expect(candidates.map(({ validation }) => validation)).toEqual([
      expect.closeTo(0.75),
      expect.closeTo(0.7),
    ]);
  });

  test('sees no trial, no other arm or stage, no earlier epoch', () => {
    const others = [{ purpose: 'trial' }, { arm: 'random' }, { stage: 2 }, { epoch: 4 }] as const;
    for (const changes of others) {
      expect(chosenRate([...lines, line(1, 0.99, changes)], key, 'classification', 5)?.rate).toBe(0.01);
    }
  });

  test('waits for every seed', () => {
    expect(chosenRate([...lines, line(1, 0.99)], key, 'classification', 5)?.rate).toBe(0.01);
  });
});

test('the smaller rate wins a tie', () => {
  for (const task of ['classification', 'regression'] as const) {
    expect(chosenRate([line(0.1, 0.8), line(0.01, 0.8)], key, task, 5)?.rate).toBe(0.01);
  }
});

test('a diverged rate loses, whether its score is NaN or the null of JSON', () => {
  for (const score of [Number.NaN, null]) {
    for (const task of ['classification', 'regression'] as const) {
      const chosen = chosenRate([line(0.01, score), line(0.1, 0.2)], key, task, 5);
      expect(chosen?.rate).toBe(0.1);
      expect(chosen?.candidates[0]?.validation).toBeNaN();
    }
  }
});

test('where all diverge the smallest is left, and nothing is chosen from nothing', () => {
  expect(chosenRate([line(0.1, null), line(0.01, null)], key, 'classification', 5)?.rate).toBe(0.01);
  expect(chosenRate([], key, 'classification', 5)).toBeUndefined();
});
