import { expect, test } from 'vitest';
import { definitionOf } from '../experiment.js';
import { allExperiments } from '../experiments/all-experiments.js';
import { smoke } from '../experiments/smoke.js';
import { readArguments } from './arguments.js';

const run = (...options: string[]) => {
  const read = readArguments(['run', 'smoke', ...options]);
  if (read.command !== 'run') throw new Error('not a run');
  return read;
};

test('a run is cut down by its options', () => {
  const { experiment, jobs } = run('--trials', '2', '--epochs', '1', '--samples', '100', '--jobs', '3');
  expect(jobs).toBe(3);
  expect(experiment.seeds.trials).toEqual(smoke.seeds.trials.slice(0, 2));
  expect(experiment.epochs).toEqual({ teacher: smoke.epochs.teacher, student: 1 });
  expect(experiment.samples).toMatchObject({ training: 100, calibration: 100 });
});

test('fewer trials leave the definition as it is, so that more can be added; anything else is another one', () => {
  expect(definitionOf(run('--trials', '2').experiment)).toBe(definitionOf(smoke));
  expect(definitionOf(run('--epochs', '1').experiment)).not.toBe(definitionOf(smoke));
  expect(definitionOf(run('--samples', '100').experiment)).not.toBe(definitionOf(smoke));
  expect(new Set(allExperiments.map(definitionOf)).size).toBe(allExperiments.length);
});

test.each([
  [['run', 'smok'], /experiment is smok: one of fashion-mnist, .*smoke was expected/],
  [['run'], /experiment is not named/],
  [['race', 'smoke'], /command is race: list, run, report, held-out or predictions/],
  [['run', 'smoke', 'more'], /more can.t follow smoke/],
  [['run', 'smoke', '--epochs', '0.5'], /--epochs is 0.5: a whole number of at least 1/],
  [['run', 'smoke', '--trials', '99'], /--trials is 99: smoke has 4 seeds/],
  [['run', 'smoke', '--backend', 'cuda'], /--backend is cuda: one of node-gpu, wasm, cpu/],
])('%j is refused in words', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(message);
});
