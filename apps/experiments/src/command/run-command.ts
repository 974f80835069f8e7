import { SingleBar } from 'cli-progress';
import { experimentReport } from '../report/experiment-report.js';
import { loadData } from '../trial/load-trial-data.js';
import type { Arguments } from './arguments.js';
import { fusedBeatsRandom } from './expectation.js';
import { reportedExperiment } from './reported.js';
import { resultTable } from './result-table.js';
import { runExperiment } from './run-experiment.js';

/**
 * Runs an experiment with a bar on the error stream, and prints what came out; 1 where a check doesn't hold.
 */
export async function runCommand(
  asked: Arguments & { readonly command: 'run' },
  signal: AbortSignal,
): Promise<number> {
  const { experiment, backend, jobs, data, out, resume } = asked;
  // Before anything is started: data that aren't there are told at once.
  const { task } = await loadData(experiment, data);
  const bar = createBar();
  try {
    await runExperiment({
      experiment,
      task: task.kind,
      backend,
      jobs,
      data,
      out,
      resume,
      signal,
      onProgress: bar.show,
    });
  } finally {
    bar.stop();
  }
  const report = experimentReport(reportedExperiment(experiment), out);
  const expectation = experiment.name === 'smoke' ? fusedBeatsRandom(report) : undefined;
  if (asked.json) console.log(JSON.stringify({ ...report, expectation }, null, 2));
  else console.log(resultTable(report));
  if (expectation && !expectation.holds) {
    console.error(
      'The fused students were expected to be better than random ones at every epoch, by more than two standard errors.',
    );
    return 1;
  }
  return 0;
}

interface Bar {
  readonly show: (done: number, of: number, doing: string) => void;
  readonly stop: () => void;
}

/** Nothing where nobody looks. */
function createBar(): Bar {
  if (!process.stderr.isTTY) return { show() {}, stop() {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value} of {total} epochs | {eta_formatted} left | {doing}',
    etaBuffer: 200,
    clearOnComplete: true,
    hideCursor: true,
  });
  let started = false;
  return {
    show(done, of, doing) {
      if (!started) bar.start(of, 0, { doing });
      started = true;
      bar.update(done, { doing });
    },
    stop: () => bar.stop(),
  };
}
