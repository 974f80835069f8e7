import { FuseInitError } from '@fuseinit/core';
import { costOf, describe, type LayersModel, type SolvedReport, type SpanReport } from '@fuseinit/tfjs';
import type { CreateReportOptions } from './create-report-options.js';
import {
  type FusionReport,
  type LayerError,
  type RefitResult,
  type ReportedNetwork,
  reportVersion,
  type SpanResult,
} from './data/fusion-report.js';
import { compareNetworks } from './measure/compare-networks.js';

/**
 * Compares a student with its teacher on held-out data and describes the fusion as plain JSON. Only the
 * samples that are shown are kept. The networks aren't changed, and no tensor is leaked.
 *
 * @throws SHAPE_MISMATCH for data, labels or networks that don't fit each other.
 * @throws ARGUMENT_INVALID for a label that is no class, or a prediction whose name is no fused layer's.
 * @throws LAYER_UNKNOWN if the teacher or the student lacks a layer that `fused` names.
 * @throws VALUE_NOT_FINITE when what a network gives is no finite number.
 * @throws SAMPLES_TOO_FEW if the data hold no sample.
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
    plan: options.plan ?? null,
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

/** Values that aren't JSON, such as functions, are left out, as they would be in the saved report. */
function asJson(settings: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, unknown>;
}

/** @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel. */
function reportedNetwork(model: LayersModel, inputShapes?: readonly (readonly number[])[]): ReportedNetwork {
  const { name, layers } = describe(model, { ...(inputShapes && { inputShapes }) });
  return {
    name,
    cost: costOf(model, inputShapes),
    layers: layers.map(({ outputShapes, inputShapes: _, feeds: __, ...layer }) => ({
      ...layer,
      outputShape: outputShapes[0]?.slice(1) ?? [],
    })),
  };
}
