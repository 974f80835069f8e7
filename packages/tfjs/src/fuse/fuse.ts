import { type CollectedMoments, requireNotAborted } from '@fuseinit/statistics';
import { calibrationSource } from '../calibration/calibration-source.js';
import { limitedSource } from '../calibration/limited-source.js';
import { findSpans, registryWith } from '../find-spans.js';
import { readGraph } from '../graph/model-graph.js';
import { requireModel } from '../graph/require-model.js';
import { requireSoundKernels } from '../kernel-faults/require-sound-kernels.js';
import type { FuseReport } from '../report/fuse-report.js';
import { disposeModel } from '../student/dispose-model.js';
import { requirePluginLayer } from '../student/fused-weights.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel } from '../tensorflow.js';
import { applyStep } from './apply-step.js';
import { type CollectedStep, collectPass } from './collect-pass.js';
import { compileLike } from './compile-like.js';
import { defaultBatchSize } from './default-batch-size.js';
import { firstOfStream } from './first-of-stream.js';
import type { FuseOptions } from './fuse-options.js';
import { givenStatistics, heldOutOf, missingShards } from './given-statistics.js';
import { makeReport } from './make-report.js';
import { createNetworkProbe, type NetworkProbe } from './network-probe.js';
import { openComputing } from './open-computing.js';
import { planSpans } from './plan-spans.js';
import { planSteps } from './plan-steps.js';
import { planText } from './plan-text.js';
import { requireOptions } from './require-options.js';
import { settingsWarnings } from './training-settings.js';
import { passesOf, type Work } from './work.js';

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
 * Source: docs/math.md, sections 1 to 5 and 7.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws LAYER_UNSUPPORTED for a layer that this backend of TensorFlow.js computes wrongly, or whose activation can't be put aside.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for spans that can't be fused as asked.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH, VALUE_NOT_FINITE for unfit data.
 * @throws SAMPLES_TOO_FEW for fewer rows than inputs at ridge 0, or one row in all.
 * @throws ARGUMENT_INVALID for options that make no sense.
 * @throws PLUGIN_FAILED for a plugin that throws, breaks the contract, or builds a layer that computes something else
 * than its solution: before any data is read, but for what depends on the solution itself.
 * @throws PRECISION_TOO_LOW, TENSOR_TOO_LARGE, DEVICE_LOST as the backend does.
 * @throws BACKEND_UNAVAILABLE where there is no WebAssembly, and `backend` or `linearAlgebra` is left out.
 * @throws CHECKPOINT_MISMATCH for a checkpoint of another fusion, or statistics of another teacher or other spans.
 * @throws ABORTED when the signal fires.
 */
export async function fuse(teacher: LayersModel, options: FuseOptions): Promise<Fused> {
  requireModel(teacher);
  requireOptions(options);
  const { tf, plugins, signal } = options;
  const graph = readGraph(teacher);
  requireSoundKernels(tf, graph);
  const registry = registryWith(plugins);
  const spans = planSpans(graph, registry, findSpans(teacher, { plugins: plugins ?? [] }), options);
  const { steps, unfitted } = planSteps(graph, registry, spans, options);
  for (const span of spans) await requirePluginLayer(tf, span);
  requireNotAborted(signal, teacher.name);
  const inputShapes = teacher.inputs.map(({ shape }) => shape);
  const batchSize = options.batchSize ?? defaultBatchSize(inputShapes);
  const source = calibrationSource(tf, options.calibrationData, inputShapes, batchSize);
  const { samples = 'auto' } = options;
  const computing = await openComputing(options);
  const { backend, linearAlgebra } = computing;
  try {
    const given = await givenStatistics(teacher, options.statistics, steps, backend);
    const heldOut = heldOutOf(options);
    const work: Work = {
      tf,
      graph,
      source: samples === 'auto' ? source : limitedSource(tf, source, samples, heldOut),
      options,
      passes: passesOf(steps, given),
      heldOut,
      backend,
      linearAlgebra,
      solved: [],
      warnings: [
        ...(options.statistics ? missingShards(options.statistics) : []),
        ...settingsWarnings(graph, spans, unfitted),
      ],
      measuredOn: 'calibrationData',
    };
    options.checkpoint?.begin(await planText(teacher, work));
    return await fuseAll(teacher, work);
  } catch (error) {
    // What fails on a device that went away fails for that reason, whatever it says.
    backend.requireDevice?.();
    throw error;
  } finally {
    await source.close();
    await computing.close();
  }
}

const asGiven = (collected: CollectedMoments): CollectedStep => ({
  collected,
  solved: undefined,
  settling: null,
});

async function fuseAll(teacher: LayersModel, work: Work): Promise<Fused> {
  let student = replaceRun(work.tf, work.graph);
  let probe: Promise<NetworkProbe | undefined> | undefined;
  try {
    for (const pass of work.passes) {
      const collected = pass.given?.map(asGiven) ?? (await collectPass(work, student, pass));
      for (const [index, step] of pass.steps.entries()) {
        const { samples, heldOutSamples } = collected[index]!.collected;
        if (step.stage === 'refit') probe ??= createNetworkProbe(teacher, work, samples + heldOutSamples);
        const next = await applyStep(work, student, step, collected[index]!, await probe);
        if (next === student) continue;
        disposeModel(student);
        student = next;
      }
    }
    if (!teacher.trainable) student.trainable = false;
    work.warnings.push(...compileLike(teacher, student));
    work.warnings.push(...firstOfStream(work));
    const report = await makeReport(work, teacher, student);
    work.options.checkpoint?.clear();
    return { student, report };
  } catch (error) {
    disposeModel(student);
    throw error;
  }
}
