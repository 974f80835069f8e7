import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readResults } from './read-results.js';
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
