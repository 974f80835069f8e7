import { expect, test } from 'vitest';
import type { Experiment } from '../experiment.js';
import type { Task } from '../results/result-line.js';
import { experimentReport } from './experiment-report.js';
import { figureSpec, renderFigure } from './figure-spec.js';
import {
  sessionLine,
  syntheticExperiment,
  syntheticLines,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';

function draw(experiment: Experiment = syntheticExperiment, task: Task = 'classification') {
  const files = syntheticLines(experiment, (score) => (task === 'regression' ? 1 - score : score));
  return renderFigure(
    figureSpec(experimentReport({ experiment, task }, writeLines(experiment.name, files)))!,
  );
}

const panels = (svg: string) => svg.match(/ are one</g)!.length;

test('a panel for each stage, a line for each arm in each, no NaN', async () => {
  const svg = await draw();
  expect(panels(svg)).toBe(2);
  expect(svg.match(/class="mark-line role-mark/g)).toHaveLength(2 * 8);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(
    panels(await draw({ ...syntheticExperiment, fusions: syntheticExperiment.fusions.slice(0, 1) })),
  ).toBe(1);
});

test('one seed has no deviation, and is drawn all the same', async () => {
  const svg = await draw({ ...syntheticExperiment, seeds: { tuning: [101], trials: [1] } });
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test('the same results are the same bytes, whatever was drawn before', async () => {
  const first = await draw();
  await draw(syntheticExperiment, 'regression');
  expect(await draw()).toBe(first);
});

test('starts that the axis leaves out are counted', async () => {
  // Random, random distilled, inherited and independent start below 40 %.
  expect(await draw()).toContain('4 arms start off this axis');
});

test('names of layers are text, whatever they say', async () => {
  const fusions = [{ from: '<b>', to: 'c & "d"' }];
  const svg = await draw({ ...syntheticExperiment, fusions });
  expect(svg).toContain('&lt;b&gt; and c &amp; "d" are one');
});

test('nothing is drawn of nothing', () => {
  const folder = writeLines('synthetic', new Map([['trial-1.jsonl', [sessionLine()]]]));
  const report = experimentReport({ experiment: syntheticExperiment, task: 'classification' }, folder);
  expect(figureSpec(report)).toBeUndefined();
});
