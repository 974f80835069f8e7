import { limitedSource } from '../calibration/limited-source.js';
import { kernelWarnings } from '../kernel-faults/require-sound-kernels.js';
import { costOf } from '../report/cost.js';
import type { FuseReport, RefitReport, SpanReport } from '../report/fuse-report.js';
import type { LayersModel } from '../tensorflow.js';
import { outputError } from './output-error.js';
import type { Work } from './work.js';

/** Compares the outputs of student and teacher, and tells of all that was done, layers in the order of the graph. */
export async function makeReport(
  work: Work,
  teacher: LayersModel,
  student: LayersModel,
): Promise<FuseReport> {
  const { tf, heldOut, passes, options } = work;
  // Of data that were more than enough, no more are run than were seen.
  const seen = Math.max(...work.solved.map(({ report }) => report.samples + report.heldOutSamples));
  const source = limitedSource(tf, work.source, seen, heldOut);
  const error = await outputError({
    tf,
    read: (tensor) => work.backend.read(tensor),
    teacher,
    student,
    source,
    heldOut,
    measuredOn: work.measuredOn,
    signal: options.signal,
    onSamples: (samples) =>
      options.onProgress?.({
        stage: 'compare',
        name: teacher.name,
        step: passes.length,
        steps: passes.length + 1,
        samples,
        totalSamples: source.totalSamples,
      }),
  });
  const { nodes } = work.graph;
  const ordered = work.solved.toSorted(
    (first, second) => nodes.indexOf(first.step.run[0]!) - nodes.indexOf(second.step.run[0]!),
  );
  const reportsOf = (stage: 'fuse' | 'refit') =>
    ordered.filter(({ step }) => step.stage === stage).map(({ report }) => report);
  return {
    spans: reportsOf('fuse') as SpanReport[],
    refits: reportsOf('refit') as RefitReport[],
    teacher: costOf(teacher),
    student: costOf(student),
    ...error,
    warnings: [...work.warnings, ...kernelWarnings(student)],
  };
}
