import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { taskKindOf } from '@fuseinit/datasets';
import type { Experiment } from '../experiment.js';
import { allExperiments } from '../experiments/all-experiments.js';
import type { ReportedExperiment } from '../report/experiment-report.js';
import { reportData, writeReport } from '../report/write-report.js';

/** The reason why an experiment has no published results. */
const notRun: Readonly<Record<string, string>> = {
  'uci-har': 'its data were not at hand; the loader is tested on small files of their format',
  'speech-commands': 'its data were not at hand; the loader is tested on small files of their format',
};

/** Returns the experiments that are evidence. The smoke test only checks the program. */
function publishedExperiments(): ReportedExperiment[] {
  return allExperiments.filter(({ name }) => name !== 'smoke').map(reportedExperiment);
}

export function reportedExperiment(experiment: Experiment): ReportedExperiment {
  const { data, name } = experiment;
  return {
    experiment,
    task: data === 'fashion-mnist-sample' ? 'classification' : taskKindOf(data),
    ...(notRun[name] ? { notRun: notRun[name] } : {}),
  };
}

const app = fileURLToPath(new URL('../..', import.meta.url));
const docs = join(app, '../../docs');

/** Writes the page of evidence and its figures, or prints their data. */
export async function reportCommand({
  results = join(app, 'published'),
  json,
}: {
  readonly results: string | undefined;
  readonly json: boolean;
}): Promise<number> {
  const experiments = publishedExperiments();
  if (json) {
    console.log(JSON.stringify(reportData({ experiments, resultsFolder: results }), null, 2));
    return 0;
  }
  const { written } = await writeReport({
    experiments,
    resultsFolder: results,
    page: join(docs, 'evidence.md'),
    figuresFolder: join(docs, 'figures'),
  });
  for (const path of written) console.log(relative(process.cwd(), path));
  return 0;
}
