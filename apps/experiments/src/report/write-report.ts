import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type ExperimentReport, experimentReport, type ReportedExperiment } from './experiment-report.js';
import { figureSpec, renderFigure } from './figure-spec.js';
import { page } from './page.js';

/** The inputs and outputs of a report. */
export interface ReportFiles {
  /** The experiments in the order of the page. */
  readonly experiments: readonly ReportedExperiment[];
  /** The folder with a folder of lines for each experiment that has been run, by its name. */
  readonly resultsFolder: string;
  /** The path of the Markdown page. */
  readonly page: string;
  /** The folder for `NAME.svg` of each experiment with results. */
  readonly figuresFolder: string;
}

/** Returns the numbers of a report as JSON data; a NaN in it is a run that diverged. */
export function reportData({
  experiments,
  resultsFolder,
}: Pick<ReportFiles, 'experiments' | 'resultsFolder'>): ExperimentReport[] {
  return experiments.map((reported) => experimentReport(reported, resultsFolder));
}

/**
 * Writes the page and its figures. Equal lines give equal bytes.
 *
 * @throws Error before anything is written if a line can't be read.
 * @returns The numbers and the paths of all written files.
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
