import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type ExperimentReport, experimentReport } from './experiment-report.js';
import { figureSpec } from './figure-spec.js';
import { page } from './page.js';
import { renderFigure } from './render-figure.js';
import type { ReportedExperiment } from './reported-experiment.js';

/** What a report is written from, and to where. */
export interface ReportFiles {
  /** In the order of the page. */
  readonly experiments: readonly ReportedExperiment[];
  /** Holds a folder of lines for each experiment that has been run, by its name. */
  readonly resultsFolder: string;
  /** Of the Markdown. */
  readonly page: string;
  /** For `NAME.svg` of each experiment with results. */
  readonly figuresFolder: string;
}

/** The numbers that a report would be written from, as data for JSON: a NaN in it is a run that diverged. */
export function reportData({
  experiments,
  resultsFolder,
}: Pick<ReportFiles, 'experiments' | 'resultsFolder'>): ExperimentReport[] {
  return experiments.map((reported) => experimentReport(reported, resultsFolder));
}

/**
 * Writes the page and its figures; the same lines give the same bytes.
 *
 * @throws Error for lines that can't be read, before anything is written.
 * @returns The numbers that it wrote, and the paths of all files that it wrote.
 */
export async function writeReport(
  files: ReportFiles,
): Promise<{ readonly reports: readonly ExperimentReport[]; readonly written: readonly string[] }> {
  const reports = reportData(files);
  const texts = new Map<string, string>();
  for (const report of reports) {
    const spec = figureSpec(report);
    if (spec) texts.set(figurePath(files, report.experiment.name), await renderFigure(spec));
  }
  const folder = dirname(files.page);
  texts.set(
    files.page,
    page(reports, {
      figure: (name) => linkFrom(folder, figurePath(files, name)),
      lines: (name) => linkFrom(folder, join(files.resultsFolder, name)),
    }),
  );
  for (const [path, text] of texts) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return { reports, written: [...texts.keys()] };
}

function figurePath({ figuresFolder }: ReportFiles, name: string): string {
  return join(figuresFolder, `${name}.svg`);
}

function linkFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/');
}
