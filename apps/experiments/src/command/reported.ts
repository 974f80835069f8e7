import { taskKindOf } from '@fuseinit/datasets';
import type { Experiment } from '../experiment.js';
import { allExperiments } from '../experiments/all-experiments.js';
import type { ReportedExperiment } from '../report/reported-experiment.js';

/** Why an experiment that is ready has no published results. */
const notRun: Readonly<Record<string, string>> = {
  'uci-har': 'its data were not at hand; the loader is tested on small files of their format',
  'speech-commands': 'its data were not at hand; the loader is tested on small files of their format',
};

/** The experiments that are evidence: the smoke test checks the program, and nothing else. */
export function publishedExperiments(): ReportedExperiment[] {
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
