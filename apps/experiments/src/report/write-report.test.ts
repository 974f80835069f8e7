import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  syntheticExperiment,
  syntheticLines,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';
import { reportData, writeReport } from './write-report.js';

const experiments = [
  { experiment: syntheticExperiment, task: 'classification' },
  { experiment: { ...syntheticExperiment, name: 'later' }, task: 'classification', notRun: 'too long' },
] as const;

test('writes a page, and a figure for what has results, the same each time', async () => {
  const folder = writeLines('synthetic', syntheticLines());
  const files = {
    experiments,
    resultsFolder: folder,
    page: join(folder, 'docs', 'evidence.md'),
    figuresFolder: join(folder, 'docs', 'figures'),
  };
  const { written, reports } = await writeReport(files);
  expect(written).toEqual([join(files.figuresFolder, 'synthetic.svg'), files.page]);
  const text = readFileSync(files.page, 'utf8');
  expect(text).toContain('](figures/synthetic.svg)');
  expect(text).toContain('](../synthetic)');
  expect(reports).toEqual(reportData(files));

  await writeReport(files);
  expect(readFileSync(files.page, 'utf8')).toBe(text);
});

test('writes nothing where a line is broken', async () => {
  const files = new Map([['trial-1.jsonl', ['{\n']]]);
  const folder = writeLines('synthetic', files);
  const page = join(folder, 'evidence.md');
  await expect(
    writeReport({ experiments, resultsFolder: folder, page, figuresFolder: folder }),
  ).rejects.toThrow('trial-1.jsonl:1: ');
  expect(existsSync(page)).toBe(false);
});
