import { FuseInitError } from '@fuseinit/core';
import type { SolvedReport, SpanReport } from '@fuseinit/tfjs';
import type { CreateReportOptions } from './create-report-options.js';
import { type FusionReport, reportVersion } from './data/fusion-report.js';
import type { LayerError } from './data/layer-error.js';
import type { RefitResult } from './data/refit-result.js';
import type { SpanResult } from './data/span-result.js';
import { compareNetworks } from './measure/compare-networks.js';
import { reportedNetwork } from './measure/reported-network.js';

/**
 * Compares a student with its teacher on held-out data and tells all of a fusion as plain JSON. Nothing is
 * kept of the data but the samples shown; neither network is changed, and no tensor is left.
 *
 * @throws SHAPE_MISMATCH for data, labels or networks that don't fit each other.
 * @throws ARGUMENT_INVALID for labels that are no classes, or predictions for what is no span.
 * @throws LAYER_UNKNOWN where teacher or student lack a layer that `fused` names.
 * @throws VALUE_NOT_FINITE when what a network gives is no finite number.
 * @throws SAMPLES_TOO_FEW where data hold no sample.
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws ABORTED when the signal fires.
 */
export async function createReport(options: CreateReportOptions): Promise<FusionReport> {
  const { teacher, student, fused, predicted = {}, classNames, latency, inputShapes } = options;
  const networks = {
    teacher: reportedNetwork(teacher, inputShapes),
    student: reportedNetwork(student, inputShapes),
  };
  requireKnownSpans(predicted, fused.spans);
  const comparison = await compareNetworks(options);
  const layers = comparison.layers();
  return {
    format: 'fuseinit-report',
    version: reportVersion,
    createdAt: options.createdAt ?? null,
    given: comparison.given(),
    ...networks,
    spans: fused.spans.map((span, index) => spanResult(span, predicted[span.name] ?? null, layers[index]!)),
    refits: fused.refits.map(
      ({ name, className, applied, ridge, heldOutRelativeMse, unfittedHeldOutRelativeMse }): RefitResult => ({
        name,
        className,
        applied,
        ridge,
        heldOutRelativeMse,
        unfittedHeldOutRelativeMse,
      }),
    ),
    heldOut: { ...fused.heldOut },
    samples: comparison.samples(),
    outputs: comparison.outputs().map((output, index) => ({
      name: teacher.outputs[index]!.name,
      ...output,
      calibrationRelativeMse: fused.outputRelativeMse[index]?.relativeMse ?? null,
    })),
    answers: comparison.answers(),
    classNames: classNames ? [...classNames] : null,
    latency: latency ?? null,
    disagreeing: comparison.disagreeing(),
    disagreements: comparison.disagreements(),
    warnings: [...fused.warnings],
    reproduction: {
      command: options.command ?? null,
      settings: asJson(options.settings),
      versions: { ...options.versions },
    },
  };
}

function spanResult(span: SpanReport, predictedRelativeMse: number | null, final: LayerError): SpanResult {
  const { name, className, layers, replacedBy, geometry, receptiveField } = span;
  return {
    name,
    className,
    layers,
    replacedBy,
    kernelSize: geometry?.kernelSize ?? null,
    receptiveField,
    ...solving(span),
    predictedRelativeMse,
    final,
  };
}

function solving({ samples, heldOutSamples, ridge, diagnostics, ...report }: SolvedReport) {
  const { conditionEstimate, patchSize, rank } = diagnostics;
  const { relativeMse: solvedRelativeMse, heldOutRelativeMse, heldOutStandardError } = report;
  const solved = { solvedRelativeMse, heldOutRelativeMse, heldOutStandardError };
  return { samples, heldOutSamples, ridge, conditionEstimate, patchSize, rank, ...solved };
}

function requireKnownSpans(predicted: Readonly<Record<string, number>>, spans: readonly SpanReport[]): void {
  const unknown = Object.keys(predicted).find((name) => !spans.some((span) => span.name === name));
  if (unknown === undefined) return;
  throw new FuseInitError(
    'ARGUMENT_INVALID',
    `predicted has ${JSON.stringify(unknown)}, which is no fused layer: ${spans.map(({ name }) => name).join(', ')} are.`,
  );
}

/** What is no JSON (functions, tensors' methods) falls away, as it will when the report is saved. */
function asJson(settings: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
}
