import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EpochLine } from '../results/result-line.js';
import { type Placed, readResults, runState, runsOf } from './read-results.js';
import {
  epochLine,
  fusionLine,
  sessionLine,
  syntheticExperiment,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';

const syntheticSession = sessionLine();

type Lines = readonly (Parameters<typeof JSON.stringify>[0] | string)[];

function read(lines: Lines, file = 'trial-1.jsonl') {
  return readResults(
    join(writeLines('synthetic', new Map([[file, lines]])), 'synthetic'),
    syntheticExperiment,
  );
}

test('each line knows its file and its number', () => {
  const { sessions, fusions, epochs } = read([syntheticSession, fusionLine({}), epochLine({ score: 0.5 })]);
  expect(sessions).toEqual([{ line: syntheticSession, file: 'trial-1.jsonl', number: 1 }]);
  expect(fusions.map(({ number }) => number)).toEqual([2]);
  expect(epochs.map(({ number, line }) => [number, line.test.score])).toEqual([[3, 0.5]]);
});

test('the null of JSON is a NaN again', () => {
  expect(read([syntheticSession, epochLine({ score: null })]).epochs[0]!.line.test.score).toBeNaN();
  expect(read([syntheticSession, epochLine({ score: Number.NaN })]).epochs[0]!.line.test.score).toBeNaN();
});

test('what a run is writing just now is left for later', () => {
  const whole = JSON.stringify(epochLine({ score: 0.5 }));
  for (const cut of [whole, whole.slice(0, 20)]) {
    expect(read([syntheticSession, cut]).epochs).toEqual([]);
  }
});

test('a folder that is not there holds nothing', () => {
  expect(readResults('/nowhere/synthetic', syntheticExperiment).epochs).toEqual([]);
});

describe('a line that can not be counted is named', () => {
  const { rate: _, ...withoutRate } = epochLine({ score: 0.5 });
  const cases: readonly [string, Lines, string][] = [
    ['cut off', [syntheticSession, '{"type":"epo\n'], 'trial-1.jsonl:2: '],
    ['empty', [syntheticSession, '\n', epochLine({ score: 0.5 })], 'trial-1.jsonl:2: '],
    ['of no known type', [syntheticSession, { type: 'epic' }], 'trial-1.jsonl:2: type is "epic"'],
    ['without a rate', [syntheticSession, withoutRate], 'trial-1.jsonl:2: rate is undefined, not a number'],
    [
      'with a score in words',
      [syntheticSession, { ...withoutRate, rate: 1, test: { score: 'good', loss: 1 } }],
      'trial-1.jsonl:2: test.score is "good", not a number or null',
    ],
    ['before any session', [epochLine({ score: 0.5 })], 'trial-1.jsonl:1: no session before it'],
    [
      'of another experiment',
      [{ ...syntheticSession, experiment: 'other' }],
      'trial-1.jsonl:1: a session of other',
    ],
    [
      'of another definition',
      [syntheticSession, { ...syntheticSession, definition: 'f' }],
      "trial-1.jsonl:2: a session of another definition of synthetic than today's",
    ],
  ];
  test.each(cases)('%s', (_, lines, message) => {
    expect(() => read(lines)).toThrow(message);
  });
});

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
