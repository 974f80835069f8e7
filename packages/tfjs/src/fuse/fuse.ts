import { requireNotAborted } from '@fuseinit/core';
import { limitedSource, samplesTaken } from '../calibration/limited-source.js';
import { type OpenedData, openData } from '../calibration/open-data.js';
import { requireSoundKernels } from '../kernel-faults/require-sound-kernels.js';
import { hasOpenLengths, withInputsOf } from '../network/input-lengths.js';
import { sourceOf } from '../network/layer-internals.js';
import { createLiveLayers } from '../network/make-layer.js';
import { requireDeclaredActivation } from '../network/pre-activation.js';
import { readNetwork } from '../network/read-network.js';
import { requireModel } from '../network/require-model.js';
import { disposeModel, toLayersModel } from '../network/write-layers-model.js';
import { registryWith } from '../plugins.js';
import type { FuseReport } from '../report/fuse-report.js';
import type { LayersModel } from '../tensorflow.js';
import { compileLike } from './compile-like.js';
import { firstOfStream } from './first-of-stream.js';
import type { FuseOptions } from './fuse-options.js';
import { requirePluginLayer } from './fused-weights.js';
import { type Fusion, passesOf } from './fusion.js';
import { givenStatistics, heldOutOf, missingSamples, unlikeStatistics } from './given-statistics.js';
import { makeReport } from './make-report.js';
import { openComputing } from './open-computing.js';
import { planSpans } from './plan-spans.js';
import { type PlannedSteps, planSteps } from './plan-steps.js';
import { planText } from './plan-text.js';
import type { FusedSpan } from './replace-span.js';
import { requireOptions } from './require-options.js';
import { type SolvedSteps, solveSteps } from './solve-steps.js';
import { settingsWarnings } from './training-settings.js';

/** The result of {@link fuse}. */
export interface Fused {
  /** A model of stock layers, the caller's to save, train and dispose. */
  readonly student: LayersModel;
  readonly report: FuseReport;
}

/**
 * Fuses spans of a trained model into one layer each, with weights that are MSE-optimal on calibration data,
 * and refits the layers after them.
 *
 * The teacher is neither changed nor disposed, and the student shares nothing with it. Nothing is left behind
 * after an error or an abort.
 *
 * Source: docs/math.md, sections 1 to 5 and 7.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for what is no living LayersModel.
 * @throws LAYER_UNSUPPORTED for a layer that this backend of TensorFlow.js computes wrongly, or whose
 * activation can't be put aside.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for spans that can't be fused as asked.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH, VALUE_NOT_FINITE for unfit
 * data.
 * @throws SAMPLES_TOO_FEW for fewer rows than inputs at ridge 0, or one row in all.
 * @throws ARGUMENT_INVALID for options that make no sense.
 * @throws PLUGIN_FAILED for a plugin that throws, breaks the contract, or builds a layer that computes
 * something else than its solution: before any data is read, but for what depends on the solution itself.
 * @throws PRECISION_TOO_LOW, TENSOR_TOO_LARGE, DEVICE_LOST as the backend does.
 * @throws BACKEND_UNAVAILABLE where there is no WebAssembly, and `backend` or `linearAlgebra` is left out.
 * @throws CHECKPOINT_MISMATCH for a checkpoint of another fusion, or statistics of another teacher or other
 * spans.
 * @throws ABORTED when the signal fires.
 */
export async function fuse(teacher: LayersModel, options: FuseOptions): Promise<Fused> {
  requireModel(teacher);
  requireOptions(options);
  const { tf, signal } = options;
  const open = readNetwork(teacher);
  requireSoundKernels(tf, open);
  const registry = registryWith(options.plugins);
  const { network, source } = await openData(tf, options.calibrationData, open, options.batchSize);
  try {
    const spans = planSpans(network, registry, options, open);
    const warnings = hasOpenLengths(open) ? stepWarnings(spans) : [];
    const planned = { spans, warnings, ...planSteps(network, registry, spans, options) };
    const fused = new Set(spans.flatMap(({ nodes }) => nodes));
    // The others are copied, which shows what their configs leave out only when all is solved.
    for (const node of network.nodes) if (!fused.has(node)) requireDeclaredActivation(sourceOf(node.layer)!);
    for (const span of spans) await requirePluginLayer(tf, span);
    requireNotAborted(signal, teacher.name);
    return await fusePlanned(teacher, { network, source, ...planned }, options);
  } finally {
    await source.close();
  }
}

/** The steps of a fusion, and what they are solved on. */
interface PlannedFusion extends OpenedData, PlannedSteps {
  readonly spans: readonly FusedSpan[];
  readonly warnings: readonly string[];
}

/**
 * Where a model takes any length: TensorFlow's 'same' begins elsewhere on lengths that leave another
 * remainder by the stride.
 */
function stepWarnings(spans: readonly FusedSpan[]): string[] {
  return spans.flatMap(({ name, lowered: { fused } }) => {
    const { strides, inputSize } = fused.geometry ?? { strides: [], inputSize: [] };
    if (strides.every((stride) => stride === 1)) return [];
    return [
      `The fused layer ${JSON.stringify(name)} steps by [${strides}] and was solved where it reads [${inputSize}] positions: on lengths that aren't as far from multiples of [${strides}] as these, it reads a position beside those that the teacher's layers read.`,
    ];
  });
}

async function fusePlanned(
  teacher: LayersModel,
  { network, source, spans, steps, unfitted, warnings: planned }: PlannedFusion,
  options: FuseOptions,
): Promise<Fused> {
  const { tf, samples = 'auto' } = options;
  const computing = await openComputing(options);
  const { backend, linearAlgebra } = computing;
  const live = createLiveLayers(tf);
  try {
    const given = await givenStatistics(teacher, options.statistics, steps, backend);
    const heldOut = heldOutOf(options, samplesTaken(source, samples));
    const fusion: Fusion = {
      tf,
      teacher: network,
      source: samples === 'auto' ? source : limitedSource(tf, source, samples, heldOut),
      options,
      passes: passesOf(steps, given),
      heldOut,
      backend,
      linearAlgebra,
      live,
    };
    options.checkpoint?.begin(await planText(teacher, fusion));
    const warnings = [
      ...planned,
      ...(options.statistics ? missingSamples(options.statistics) : []),
      ...(options.statistics ? await unlikeStatistics(tf, options.statistics, source, heldOut, backend) : []),
      ...settingsWarnings(spans, unfitted),
    ];
    const solved = await solveSteps(fusion);
    return await written(fusion, teacher, solved, warnings);
  } catch (error) {
    // What fails on a device that went away fails for that reason, whatever it says.
    backend.requireDevice?.();
    throw error;
  } finally {
    live.dispose();
    await computing.close();
  }
}

/** The student as a model, compared with its teacher as people run both. */
async function written(
  fusion: Fusion,
  teacher: LayersModel,
  { student: network, steps }: SolvedSteps,
  warnings: readonly string[],
): Promise<Fused> {
  const student = toLayersModel(fusion.tf, withInputsOf(network, readNetwork(teacher)));
  try {
    const metadata = teacher.getUserDefinedMetadata?.() as Record<string, object> | undefined;
    if (metadata) student.setUserDefinedMetadata(metadata);
    const report = await makeReport(fusion, { teacher, student, network }, steps, [
      ...warnings,
      ...steps.flatMap((step) => step.warnings),
      ...compileLike(teacher, student),
      ...firstOfStream(fusion, steps),
    ]);
    fusion.options.checkpoint?.clear();
    return { student, report };
  } catch (error) {
    disposeModel(student);
    throw error;
  }
}
