import { describe, expect, test } from 'vitest';
import type { Experiment } from '../experiment.js';
import type { EpochLine, ResultLine, Task } from '../results/result-line.js';
import { experimentReport } from './experiment-report.js';
import {
  epochLine,
  fusionLine,
  sessionLine,
  syntheticExperiment,
  syntheticLines,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';

const small: Experiment = {
  ...syntheticExperiment,
  fusions: [{ from: 'a', to: 'b' }],
  arms: ['random', 'fused', 'fused, refitted'],
  epochs: { teacher: 2, student: 2 },
};

function report(lines: readonly ResultLine[], experiment = small, task: Task = 'classification') {
  const folder = writeLines('synthetic', new Map([['trial-1.jsonl', [sessionLine(experiment), ...lines]]]));
  return experimentReport({ experiment, task }, folder);
}

/** A run of these scores. */
function run(scores: readonly number[], changes: Partial<EpochLine> = {}): EpochLine[] {
  return scores.map((score, epoch) => epochLine({ epoch, score, ...changes }));
}

describe('a student of three seeds, by hand', () => {
  const random = [0.6, 0.7, 0.8].flatMap((end, seed) => run([0.1, 0.5, end], { seed }));
  const fused = [0.63, 0.74, 0.85].flatMap((end, seed) => run([0.4, 0.72, end], { seed, arm: 'fused' }));
  const [ofRandom, ofFused] = report([...random, ...fused]).stages[0]!.arms;

  test('start and end', () => {
    expect(ofRandom!.start).toEqual({ mean: expect.closeTo(0.1), deviation: expect.closeTo(0), count: 3 });
    expect(ofRandom!.end).toEqual({ mean: expect.closeTo(0.7), deviation: expect.closeTo(0.1), count: 3 });
    expect(ofFused!.end).toEqual({ mean: expect.closeTo(0.74), deviation: expect.closeTo(0.11), count: 3 });
  });

  test('gain over random', () => {
    expect(ofRandom!.overRandom).toBeUndefined();
    expect(ofFused!.overRandom).toMatchObject({
      mean: expect.closeTo(0.04),
      deviation: expect.closeTo(0.01),
    });
  });

  test('epochs until each is where the random one of its seed ends', () => {
    expect(ofRandom!.reachesRandom).toEqual({ median: 2, reached: 3, of: 3 });
    expect(ofFused!.reachesRandom).toEqual({ median: 1, reached: 3, of: 3 });
  });

  test('lines that it stands in', () => {
    expect(ofFused!.trials[1]).toMatchObject({ seed: 1, file: 'trial-1.jsonl', lines: [14, 15, 16] });
  });
});

test('of an error, less is a gain', () => {
  const lines = [0.3, 0.4].flatMap((end, seed) => [
    ...run([0.9, 0.8, end], { seed }),
    ...run([0.5, 0.35, end - 0.1], { seed, arm: 'fused' }),
  ]);
  const fused = report(lines, small, 'regression').stages[0]!.arms[1]!;
  expect(fused.overRandom!.mean).toBeCloseTo(0.1, 12);
  expect(fused.reachesRandom).toEqual({ median: 1.5, reached: 2, of: 2 });
});

test('runs that are not finished are left out, and counted', () => {
  const lines = [...run([0.1, 0.5, 0.6]), ...run([0.1, 0.99], { seed: 2 })];
  const { stages, unfinished, trials } = report(lines);
  expect(stages[0]!.arms[0]!.end).toMatchObject({ mean: 0.6, count: 1 });
  expect(unfinished).toEqual([{ purpose: 'trial', seed: 2, stage: 1, arm: 'random', rate: 0.001 }]);
  // Of six seeds a teacher and three students.
  expect(trials).toEqual({ planned: 24, finished: 1 });
});

test('a run that diverged is no 0: it is counted apart', () => {
  const { stages, unfinished } = report([...run([0.1, 0.5, 0.6]), ...run([0.1, Number.NaN], { seed: 2 })]);
  expect(stages[0]!.arms[0]).toMatchObject({ diverged: [2], end: { mean: 0.6, count: 1 } });
  expect(unfinished).toEqual([]);
});

test('two rates in the trials of an arm are refused', () => {
  expect(() => report([...run([0.1, 0.5, 0.6]), ...run([0.1, 0.5, 0.6], { seed: 2, rate: 0.1 })])).toThrow(
    'stage 1, random: trials at the rates 0.001 and 0.1, not at one',
  );
});

test('a rate at the edge of the grid is marked, one within it is not', () => {
  const edge = (rate: number) => report(run([0.1, 0.5, 0.6], { rate })).stages[0]!.arms[0]!.rateAtEdge;
  expect([0.0003, 0.001, 0.003].map(edge)).toEqual([true, false, true]);
});

test('tuning chooses the arm that stands for fusion, and trials have no say', () => {
  const tuning = { purpose: 'tuning', seed: 101 } as const;
  const better = { ...tuning, arm: 'fused' };
  const worse = { ...tuning, arm: 'fused, refitted' };
  const lines = [
    ...run([0.1, 0.5, 0.8], better),
    ...run([0.1, 0.5, 0.7], worse),
    ...run([0.1, 0.5, 0.6], { arm: 'fused' }),
    ...run([0.1, 0.5, 0.9], { arm: 'fused, refitted' }),
  ];
  expect(report(lines).stages[0]!.fused).toBe('fused');
  expect(report(lines, small, 'regression').stages[0]!.fused).toBe('fused, refitted');
});

test('a layer that was solved anew after a session was cut off counts once', () => {
  const solved = [0.5, 0.1, 0.3].map((heldOutRelativeMse, index) =>
    fusionLine({ heldOutRelativeMse, seed: Math.min(index, 1) }),
  );
  const { stages } = report([...solved, ...run([0.1, 0.5, 0.6], { arm: 'fused' })]);
  // Seed 0 has 0.5; of seed 1's 0.1 and 0.3, the later.
  expect(stages[0]!.arms[0]!.heldOutRelativeMse).toBeCloseTo(0.4, 12);
});

test('sensitivity by depth: twice the spread of the teacher, and a fused student that passes none of it on', () => {
  const ends = [0.7, 0.72, 0.76, 0.71, 0.75, 0.74];
  const lines = ends.flatMap((end, seed) => [
    ...run([0.1, 0.5, 0.8 + end / 10], { seed, stage: 0, arm: 'teacher' }),
    ...run([0.1, 0.5, 0.6 + end / 5], { seed }),
    ...run([0.1, 0.5, 0.9 + end / 100], { seed, arm: 'fused' }),
  ]);
  const { sensitivity } = report([fusionLine({}), ...lines]);
  expect(sensitivity.map(({ depth, arm, ratio, verdict }) => [depth, arm, ratio?.ratio, verdict])).toEqual([
    [5, 'teacher', undefined, undefined],
    [4, 'random', expect.closeTo(2, 10), 'holds'],
    [4, 'fused', expect.closeTo(0.05, 10), 'holds'],
  ]);
});

test('an experiment without lines has neither stages nor a teacher', () => {
  const { stages, teacher, sensitivity } = experimentReport(
    { experiment: small, task: 'regression' },
    '/nowhere',
  );
  expect([stages, teacher, sensitivity]).toEqual([[], undefined, []]);
});

test('a whole experiment: each stage has each arm, from each of its seeds', () => {
  const folder = writeLines('synthetic', syntheticLines());
  const { stages, trials, unfinished } = experimentReport(
    { experiment: syntheticExperiment, task: 'classification' },
    folder,
  );
  expect(stages.map(({ arms }) => arms.map(({ arm }) => arm))).toEqual(
    [1, 2].map(() => syntheticExperiment.arms),
  );
  expect(stages.flatMap(({ arms }) => arms.map((arm) => arm.trials.length))).toEqual(Array(16).fill(6));
  expect(trials.finished).toBe(trials.planned);
  expect(unfinished).toEqual([]);
});
