import { expect, test } from 'vitest';
import { smoke } from '../experiments/smoke.js';
import type { ExperimentReport } from '../report/experiment-report.js';
import { fusedBeatsRandom } from './run-command.js';

/** A report of two arms with these scores, by seed and epoch; of the rest of a report nothing is read. */
function report(fused: readonly number[][], random: readonly number[][]): ExperimentReport {
  const arm = (name: string, scores: readonly number[][]) => ({
    arm: name,
    trials: scores.map((ofSeed, index) => ({ seed: index + 1, scores: ofSeed })),
  });
  return {
    experiment: { ...smoke, epochs: { teacher: 1, student: 1 } },
    task: 'classification',
    stages: [{ stage: 1, arms: [arm('fused', fused), arm('random', random)] }],
  } as unknown as ExperimentReport;
}

test('holds where the paired difference is above two standard errors at every epoch', () => {
  const { holds, epochs } = fusedBeatsRandom(
    report(
      [
        [0.7, 0.8],
        [0.72, 0.82],
        [0.71, 0.84],
      ],
      [
        [0.1, 0.7],
        [0.1, 0.7],
        [0.1, 0.7],
      ],
    ),
  );
  expect(holds).toBe(true);
  // Differences 0.10, 0.12, 0.14: mean 0.12, deviation 0.02.
  expect(epochs[1]!.better).toBeCloseTo(0.12, 12);
  expect(epochs[1]!.standardError).toBeCloseTo(0.02 / Math.sqrt(3), 12);
});

test("doesn't hold where one epoch is within two standard errors, nor without results", () => {
  expect(
    fusedBeatsRandom(
      report(
        [
          [0.7, 0.8],
          [0.7, 0.6],
          [0.7, 0.75],
        ],
        [
          [0.1, 0.7],
          [0.1, 0.7],
          [0.1, 0.7],
        ],
      ),
    ).holds,
  ).toBe(false);
  expect(fusedBeatsRandom(report([], [])).holds).toBe(false);
});
