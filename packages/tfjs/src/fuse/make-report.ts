import { costOf, type Network } from '@fuseinit/core';
import { limitedSource } from '../calibration/limited-source.js';
import { kernelWarnings } from '../kernel-faults/require-sound-kernels.js';
import type { FuseReport, RefitReport, SpanReport } from '../report/fuse-report.js';
import type { LayersModel } from '../tensorflow.js';
import type { AppliedStep } from './apply-step.js';
import type { Fusion } from './fusion.js';
import { outputError } from './output-error.js';
import { spreadWarnings } from './spread-warnings.js';

/**
 * Compares the outputs of student and teacher, and reports on all steps, with layers in the order of the
 * network.
 */
export async function makeReport(
  fusion: Fusion,
  {
    teacher,
    student,
    network,
  }: {
    readonly teacher: LayersModel;
    readonly student: LayersModel;
    /** The student's network, with all lengths resolved. */
    readonly network: Network;
  },
  steps: readonly AppliedStep[],
  warnings: readonly string[],
): Promise<FuseReport> {
  const { tf, heldOut, passes, options } = fusion;
  // If there are more data than were needed, no more of them are run than were used.
  const seen = Math.max(...steps.map(({ report }) => report.samples + report.heldOutSamples));
  const source = limitedSource(tf, fusion.source, seen, heldOut);
  const error = await outputError({
    tf,
    read: (tensor) => fusion.backend.read(tensor),
    teacher,
    student,
    source,
    heldOut,
    measuredOn: steps.some(({ report }) => report.heldOutSamples > 0) ? 'heldOut' : 'calibrationData',
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
  const { nodes } = fusion.teacher;
  const outputSpread =
    error.outputMeasuredOn === 'heldOut'
      ? error.outputRelativeMse.flatMap(({ output, relativeMse, standardError }) =>
          spreadWarnings(
            `the output ${JSON.stringify(output)}`,
            { relativeMse, ...(standardError !== null && { standardError }) },
            error.heldOut.samples,
          ),
        )
      : [];
  const ordered = steps.toSorted(
    (first, second) => nodes.indexOf(first.step.nodes[0]!) - nodes.indexOf(second.step.nodes[0]!),
  );
  const reportsOf = (stage: 'fuse' | 'refit') =>
    ordered.filter(({ step }) => step.stage === stage).map(({ report }) => report);
  return {
    spans: reportsOf('fuse') as SpanReport[],
    refits: reportsOf('refit') as RefitReport[],
    teacher: costOf(fusion.teacher),
    student: costOf(network),
    ...error,
    warnings: [...warnings, ...outputSpread, ...kernelWarnings(student)],
  };
}
