import { expect, test } from 'vitest';
import { experimentReport } from './experiment-report.js';
import { claimWords, namesOf, studentsOf } from './summary-section.js';
import {
  syntheticExperiment,
  syntheticLines,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';

const one = { ...syntheticExperiment, name: 'one', fusions: syntheticExperiment.fusions.slice(0, 1) };
const students = studentsOf(
  [syntheticExperiment, one].map((experiment) =>
    experimentReport(
      { experiment, task: 'classification' },
      writeLines(experiment.name, syntheticLines(experiment)),
    ),
  ),
);

test('the students of one experiment are numbered, and named together', () => {
  expect(students.map(({ name }) => name)).toEqual(['synthetic 1', 'synthetic 2', 'one']);
  expect(namesOf(students)).toBe('synthetic 1, 2; one');
});

test('with all arms each has a verdict on every claim', () => {
  for (const { verdicts } of students) expect([...verdicts.keys()]).toEqual(claimWords);
});
