import { describe } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CallName, Calls } from '../protocol.js';
import type { CallContext } from './call-context.js';
import { compareModels } from './compare-models.js';
import { isLost, whileItLasts } from './device-lasts.js';
import { fuseOnBench } from './fuse-on-bench.js';
import { topClasses } from './predict.js';
import { firstSamples } from './samples.js';
import { saveModel } from './save-model.js';
import { startWorkerBackend } from './start-worker-backend.js';
import { trainBoth } from './train-both.js';
import { closeModels, createWorkbench, openModel, requireData, requireModel } from './workbench.js';

export type Handlers = {
  readonly [Name in CallName]: (
    ask: Calls[Name]['ask'],
    context: CallContext<Name>,
  ) => Promise<Calls[Name]['answer']>;
};

/** Creates the worker's handlers of all calls, which share one workbench. */
export function createHandlers(): Handlers {
  const bench = createWorkbench();
  return {
    async start() {
      const { backend, info } = await startWorkerBackend(tf);
      bench.backend = backend;
      return info;
    },
    async open({ files }) {
      if (isLost(bench.backend)) bench.backend = (await startWorkerBackend(tf)).backend;
      return openModel(tf, bench, files);
    },
    async useData({ calibration, test }) {
      bench.data = { calibration, test };
      return null;
    },
    async preview({ samples }, { signal }) {
      const { test } = requireData(bench);
      return whileItLasts(
        bench.backend,
        topClasses(tf, requireModel(bench, 'teacher'), firstSamples(test, samples), { signal }),
      );
    },
    async fuse({ samples, ...options }, { signal, onProgress }) {
      const { values, shape } = firstSamples(requireData(bench).calibration, samples);
      const { student, report, backend } = await fuseOnBench(tf, bench, {
        ...options,
        // Small, so that progress and cancelling don't wait long for a slow device.
        batchSize: 128,
        calibrationData: { data: values, shape },
        signal,
        onProgress,
      });
      closeModels(bench, ['student', 'trained']);
      bench.models.student = student;
      return { report, student: describe(student), backend };
    },
    compare: ({ samples }, context) =>
      whileItLasts(
        bench.backend,
        compareModels(
          tf,
          requireModel(bench, 'teacher'),
          requireModel(bench, 'student'),
          firstSamples(requireData(bench).test, samples),
          context,
        ),
      ),
    async train(ask, context) {
      const teacher = requireModel(bench, 'teacher');
      const student = requireModel(bench, 'student');
      const data = requireData(bench);
      const trained = await whileItLasts(bench.backend, trainBoth(tf, teacher, student, data, ask, context));
      closeModels(bench, ['trained']);
      bench.models.trained = trained;
      return null;
    },
    save: ({ which }) => whileItLasts(bench.backend, saveModel(tf, requireModel(bench, which))),
  };
}
