import { FuseInitError } from '@fuseinit/core';
import { requireNotAborted } from '@fuseinit/statistics';
import { createTfBackend } from '../backend/create-tf-backend.js';
import { calibrationSource } from '../calibration/calibration-source.js';
import { requireFraction } from '../calibration/held-out.js';
import { findSpans, registryWith } from '../find-spans.js';
import { type GraphNode, type ModelGraph, readGraph } from '../graph/model-graph.js';
import { requireModel } from '../graph/require-model.js';
import { requireSoundPrelu } from '../graph/require-sound-prelu.js';
import { costOf } from '../report/cost.js';
import type { FuseReport, RefitReport, SolvedReport, SpanReport } from '../report/fuse-report.js';
import { disposeModel } from '../student/dispose-model.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel } from '../tensorflow.js';
import { type Collecting, collectStep } from './collect-step.js';
import { compileLike } from './compile-like.js';
import type { FuseOptions } from './fuse-options.js';
import { outputError } from './output-error.js';
import { planSpans } from './plan-spans.js';
import { planSteps, type Step } from './plan-steps.js';
import { planText } from './plan-text.js';
import { requireOptions } from './require-options.js';
import { solveStep } from './solve-step.js';

export interface Fused {
  /** A model of stock layers, the caller's to save, train and dispose. */
  readonly student: LayersModel;
  readonly report: FuseReport;
}

/**
 * Fuses spans of a trained model into one layer each, with weights that are MSE-optimal on calibration data, and
 * refits the layers after them.
 *
 * The teacher is neither changed nor disposed, and the student shares nothing with it. Nothing is left behind after an
 * error or an abort.
 *
 * Source: docs/math.md, sections 1 to 5.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws LAYER_UNSUPPORTED for a layer that this backend of TensorFlow.js computes wrongly.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for spans that can't be fused as asked.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH, VALUE_NOT_FINITE for unfit data.
 * @throws SAMPLES_TOO_FEW for fewer rows than inputs at ridge 0, or one row in all.
 * @throws ARGUMENT_INVALID for options that make no sense.
 * @throws PRECISION_TOO_LOW, TENSOR_TOO_LARGE, DEVICE_LOST as the backend does.
 * @throws CHECKPOINT_MISMATCH for a checkpoint of another fusion.
 * @throws ABORTED when the signal fires.
 */
export async function fuse(teacher: LayersModel, options: FuseOptions): Promise<Fused> {
  requireModel(teacher);
  requireOptions(options);
  const { tf, plugins, signal, refit = 'downstream' } = options;
  const graph = readGraph(teacher);
  requireSoundPrelu(tf, graph);
  const registry = registryWith(plugins);
  const spans = planSpans(graph, registry, findSpans(teacher, { plugins: plugins ?? [] }), options);
  const steps = planSteps(graph, registry, spans, refit);
  requireNotAborted(signal, teacher.name);
  const inputShapes = teacher.inputs.map(({ shape }) => shape);
  const source = await calibrationSource(
    tf,
    options.calibrationData,
    inputShapes,
    batchSizeFor(inputShapes, options),
  );
  const work: Work = {
    tf,
    graph,
    source,
    options,
    steps: steps.length + 1,
    heldOut: requireFraction(options.heldOut ?? 0.1),
    backend: options.backend ?? createTfBackend(tf),
    reports: { spans: [], refits: [] },
    warnings: [],
    measuredOn: 'calibrationData',
  };
  options.checkpoint?.begin(await planText(teacher, steps, work));
  let student = replaceRun(tf, graph);
  try {
    for (const [index, step] of steps.entries()) {
      const next = await takeStep(work, student, step, index);
      disposeModel(student);
      student = next;
    }
    const report = await compare(work, teacher, student);
    compileLike(teacher, student);
    options.checkpoint?.clear();
    return { student, report };
  } catch (error) {
    disposeModel(student);
    // What fails on a device that went away fails for that reason, whatever it says.
    work.backend.requireDevice?.();
    throw error;
  }
}

interface Work extends Collecting {
  readonly graph: ModelGraph;
  readonly options: FuseOptions;
  readonly reports: { readonly spans: SpanReport[]; readonly refits: RefitReport[] };
  readonly warnings: string[];
  /** Which samples the outputs are compared on: held-out ones, once any were seen. */
  measuredOn: FuseReport['outputMeasuredOn'];
}

/** Collects and solves one layer, and builds the student that has it. */
async function takeStep(work: Work, student: LayersModel, step: Step, index: number): Promise<LayersModel> {
  const { tf, graph, options } = work;
  const { propagate = 'student' } = options;
  const studentGraph = readGraph(student);
  const run = runBetween(studentGraph, step.run[0]!.id, step.run.at(-1)!.id);
  // Before any fusion the student is the teacher: one run then gives both sides.
  const readsStudent = step.seesChange && (step.stage === 'refit' || propagate === 'student');
  const inputGraph = readsStudent ? studentGraph : graph;
  const reader = readsStudent ? run[0]! : step.run[0]!;
  const tap = { inputGraph, input: reader.inputs[0]!, teacher: graph, target: step.run.at(-1)! };
  const collected = await collectStep(work, step, index, tap);
  if (collected.heldOutSamples > 0) work.measuredOn = 'heldOut';
  const current = step.stage === 'refit' ? run[0] : undefined;
  const { solution, unfittedHeldOutRelativeMse, warnings } = solveStep(step, collected, options, current);
  work.warnings.push(...warnings);
  const { fused, receptiveField, plugin, centered } = step.lowered;
  const next = replaceRun(tf, studentGraph, {
    run,
    fused,
    weights: fused.toWeights(solution),
    name: step.name,
  });
  const solved: SolvedReport = {
    name: step.name,
    className: fused.className,
    geometry: fused.geometry,
    samples: collected.samples,
    heldOutSamples: collected.heldOutSamples,
    relativeMse: solution.relativeMse,
    heldOutRelativeMse: solution.heldOutRelativeMse ?? null,
    ridge: solution.diagnostics.ridge,
    diagnostics: solution.diagnostics,
  };
  if (step.stage === 'refit') {
    work.reports.refits.push({ ...solved, unfittedHeldOutRelativeMse });
    return next;
  }
  const before = new Set(studentGraph.nodes.map(({ id }) => id));
  work.reports.spans.push({
    ...solved,
    layers: step.run.map(({ id }) => id),
    replacedBy: readGraph(next)
      .nodes.map(({ id }) => id)
      .filter((id) => !before.has(id)),
    receptiveField,
    plugin: plugin ?? null,
  });
  if (!centered) {
    work.warnings.push(
      `The kernel [${fused.geometry?.kernelSize}] of ${JSON.stringify(step.name)} has no exact middle in the receptive field [${receptiveField}]: it stands half a position towards the start.`,
    );
  }
  work.warnings.push(...growth(step.name, student, next));
  return next;
}

/** A warning where a fusion made the network larger. */
function growth(name: string, before: LayersModel, after: LayersModel): string[] {
  const was = costOf(before);
  const is = costOf(after);
  if (is.parameters <= was.parameters && is.multiplyAdds <= was.multiplyAdds) return [];
  return [
    `Fusing ${JSON.stringify(name)} makes the network larger: ${is.parameters} parameters (${was.parameters} before), ${is.multiplyAdds} multiply-adds (${was.multiplyAdds} before). A smaller kernelSize makes it smaller.`,
  ];
}

async function compare(work: Work, teacher: LayersModel, student: LayersModel): Promise<FuseReport> {
  const { tf, source, heldOut, options } = work;
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
        step: work.steps - 1,
        steps: work.steps,
        samples,
        totalSamples: source.totalSamples,
      }),
  });
  return {
    ...work.reports,
    teacher: costOf(teacher),
    student: costOf(student),
    ...error,
    warnings: work.warnings,
  };
}

/**
 * The student's nodes of a run, by the names of its first and last: more than the teacher's where an activation that
 * is a layer of its own came off.
 */
function runBetween(graph: ModelGraph, first: string, last: string): GraphNode[] {
  let node = graph.nodes.find(({ id }) => id === last);
  const run: GraphNode[] = [];
  for (; node; node = node.inputs[0]?.node) {
    run.unshift(node);
    if (node.id === first) return run;
  }
  throw new FuseInitError(
    'SPAN_NOT_FOUND',
    `The student has lost the layers from ${JSON.stringify(first)} to ${JSON.stringify(last)}: please report this.`,
  );
}

/** As many samples as make about a megabyte of input, 8 to 256: products want many rows, memory few. */
function batchSizeFor(
  inputShapes: readonly (readonly (number | null)[])[],
  { batchSize }: FuseOptions,
): number {
  if (batchSize !== undefined) return batchSize;
  const sample = inputShapes
    .flatMap((shape) => shape.slice(1))
    .reduce<number>((size, length) => size * (length ?? 1), 1);
  return Math.max(8, Math.min(256, Math.floor(2 ** 18 / sample)));
}
