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
import { createKeptActivations } from './kept-activations.js';
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
  /** A model of stock layers, which the caller saves, trains and disposes. */
  readonly student: LayersModel;
  readonly report: FuseReport;
}

/**
 * Fuses each span of a trained model into one layer, with weights that are MSE-optimal on calibration data,
 * and refits the layers after it.
 *
 * The teacher is neither changed nor disposed, and the student shares nothing with it. No tensors remain
 * after an error or an abort.
 *
 * Source: docs/math.md, sections 1 to 5 and 7.
 *
 * @throws MODEL_UNSUPPORTED, MODEL_UNBUILT, MODEL_DISPOSED for anything but a built LayersModel that isn't
 *   disposed.
 * @throws LAYER_UNSUPPORTED for a layer that this backend of TensorFlow.js computes incorrectly, or whose
 *   activation can't be separated from it.
 * @throws SPAN_NOT_FOUND, SPAN_ILLEGAL, KERNEL_TOO_LARGE for spans that can't be fused as requested.
 * @throws CALIBRATION_DATA_UNSUPPORTED, CALIBRATION_DATA_EMPTY, SHAPE_MISMATCH, VALUE_NOT_FINITE for
 *   unsuitable data.
 * @throws SAMPLES_TOO_FEW for fewer rows than inputs with ridge 0, or a single row.
 * @throws ARGUMENT_INVALID for invalid options.
 * @throws PLUGIN_FAILED for a plugin that throws, breaks the contract, or builds a layer that doesn't compute
 *   its solution. It is thrown before any data are read, unless the fault depends on the solution.
 * @throws PRECISION_TOO_LOW, TENSOR_TOO_LARGE, DEVICE_LOST as the backend does.
 * @throws BACKEND_UNAVAILABLE if there is no WebAssembly and `backend`, or its linear algebra, is omitted.
 * @throws CHECKPOINT_MISMATCH for a checkpoint of another fusion, or for statistics of another teacher or
 *   other spans.
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
    // The other layers are copied, which reveals what their configs omit only after everything is solved.
    for (const node of network.nodes) if (!fused.has(node)) requireDeclaredActivation(sourceOf(node.layer)!);
    for (const span of spans) await requirePluginLayer(tf, span);
    requireNotAborted(signal, teacher.name);
    return await fusePlanned(teacher, { network, source, ...planned }, options);
  } finally {
    await source.close();
  }
}

/** The steps of a fusion, and the data that they are solved on. */
interface PlannedFusion extends Omit<OpenedData, 'batchSize'>, PlannedSteps {
  readonly spans: readonly FusedSpan[];
  readonly warnings: readonly string[];
}

/**
 * Warns about fused strides in a model with open lengths: the offset of TensorFlow's 'same' padding depends
 * on the remainder of the length by the stride.
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
  const computing = await openComputing(options.backend);
  const { backend, linearAlgebra } = computing;
  const live = createLiveLayers(tf);
  const activations = createKeptActivations(tf);
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
      activations,
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
    // A lost device is the cause of any failure on it, whatever the error message says.
    backend.requireDevice?.();
    throw error;
  } finally {
    activations.dispose();
    live.dispose();
    await computing.close();
  }
}

/** Writes the student as a model, and compares its predictions with the teacher's. */
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
