import { describe, expect, test } from 'vitest';
import type { ArmName, Experiment } from '../experiment.js';
import type { ResultLine } from '../results/result-line.js';
import { experimentReport } from './experiment-report.js';
import { page } from './page.js';
import {
  epochLine,
  sessionLine,
  syntheticExperiment,
  syntheticLines,
  writeLines,
} from './testing-support/synthetic-results.test-support.js';

const links = { figure: (name: string) => `figures/${name}.svg`, lines: (name: string) => `lines/${name}` };

const small: Experiment = {
  ...syntheticExperiment,
  fusions: [{ from: 'a', to: 'b' }],
  arms: ['random', 'fused'],
  epochs: { teacher: 1, student: 1 },
  seeds: { tuning: [], trials: [1, 2, 3, 4, 5] },
};

/** The page of a small experiment whose arms end so, seed by seed. */
function pageOf(ends: Partial<Record<ArmName, readonly (number | null)[]>>, experiment = small): string {
  const lines: ResultLine[] = [sessionLine(experiment)];
  for (const [arm, scores] of Object.entries(ends)) {
    scores.forEach((end, index) => {
      const key = { seed: index + 1, arm };
      lines.push(epochLine({ ...key, score: 0.1 }), epochLine({ ...key, epoch: 1, score: end }));
    });
  }
  const folder = writeLines('synthetic', new Map([['trial.jsonl', lines]]));
  return page([experimentReport({ experiment, task: 'classification' }, folder)], links);
}

/** What a table's row of these first cells says in its last. */
function verdict(text: string, words: string): string | undefined {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`| ${words} `))
    .at(-1)
    ?.split(' | ')
    .at(-1)
    ?.replace(/[ |]+$/, '');
}

const random = [0.5, 0.6, 0.7, 0.55, 0.65];
const words = 'Fused ends better than random';

describe('a claim stands only where the interval leaves 0 out', () => {
  const by = (...gains: number[]) => random.map((score, index) => score + gains[index]!);

  test('a small gain in each seed holds, though the seeds lie far apart', () => {
    const text = pageOf({ random, fused: by(0.01, 0.02, 0.01, 0.02, 0.015) });
    expect(verdict(text, words)).toBe('holds');
    expect(text).toMatch(new RegExp(`\\| ${words} +\\| 1 of 1 +\\| - +\\| - +\\|`));
  });

  test('a large gain that two seeds contradict does not', () => {
    const text = pageOf({ random, fused: by(0.2, 0.1, -0.1, 0.15, -0.05) });
    expect(verdict(text, words)).toBe("can't be told from these seeds");
    expect(text).toMatch(new RegExp(`\\| ${words} +\\| 0 of 1 +\\| - +\\| 1: synthetic +\\|`));
    expect(text).not.toContain('better than random,');
    expect(text).toContain('not told from random');
  });

  test('a loss is said to be one', () => {
    const text = pageOf({ random, fused: by(-0.01, -0.02, -0.01, -0.02, -0.015) });
    expect(verdict(text, words)).toBe("doesn't hold: the other way round");
    expect(text).toContain('worse than random');
  });

  test('four seeds are too few, however clear', () => {
    const text = pageOf({ random: random.slice(0, 4), fused: by(0.1, 0.1, 0.1, 0.1).slice(0, 4) });
    expect(verdict(text, words)).toBe('4 seeds are too few to tell');
    expect(text).toMatch(
      /\| 4 seeds are too few to tell +\|\n\nFused ends \*\*better than random in 0 of 1 student\*\*/,
    );
  });
});

test('what is missing, unfinished or diverged is said', () => {
  const text = pageOf({ random: [0.5, 0.6, null], fused: [0.5] });
  expect(text).toContain('**Not complete**: 4 of the 15 trials that it asks for are done.');
  expect(text).toContain('1 trial diverged and has no score: seed 3, fusion 1, random.');
  expect(text).toContain('; 1 of 3 diverged');
  const longer = pageOf({ random: [0.5] }, { ...small, epochs: { teacher: 1, student: 2 } });
  expect(longer).toContain(
    '1 run has fewer epochs than asked for and is left out: trial seed 1, fusion 1, random',
  );
});

test('an experiment without results stands ready, for a reason', () => {
  const reported = { experiment: small, task: 'classification', notRun: "its data aren't at hand" } as const;
  const text = page([experimentReport(reported, '/nowhere')], links);
  expect(text).toContain(
    "- **synthetic** (Made up, to draw and count with) stands ready, not run: its data aren't at hand.",
  );
  expect(text).toContain('There are no results yet.');
});

test('each score of the page is traced to its lines', () => {
  const text = pageOf({ random, fused: random });
  expect(text).toContain('[seed 1](lines/synthetic/trial.jsonl), [seed 2](');
  // Line 1 is the session's; two a run, random first: the fused run of seed 1 is on lines 12 and 13.
  expect(text).toMatch(/\| 1 +\| fused +\| 10.0 % → 50.0 % \(12-13\)/);
});

test('words of definitions are no Markdown', () => {
  const text = pageOf({ random }, { ...small, title: 'a | b_c', cuts: '<script>' });
  expect(text).toContain('**a \\| b\\_c.** &lt;script>');
});

test('a whole page has every table, and no number that is none', () => {
  const reports = (['classification', 'regression'] as const).map((task) => {
    const experiment = { ...syntheticExperiment, name: task };
    const files = syntheticLines(experiment, (score) => (task === 'regression' ? 1 - score : score));
    return experimentReport({ experiment, task }, writeLines(task, files));
  });
  const text = page(reports, links);
  expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
  for (const { experiment } of reports) {
    expect(text).toContain(
      `![Made up, to draw and count with: test scores by epoch, tables below](figures/${experiment.name}.svg)`,
    );
    for (const stage of [1, 2]) expect(text).toContain(`### ${experiment.name}, fusion ${stage}: `);
  }
  // Every row of a table has as many cells as the row above.
  const tables = text.split('\n\n').filter((block) => block.startsWith('|'));
  for (const table of tables) {
    const cells = table.split('\n').map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(cells).size).toBe(1);
  }
});
