import { rm } from 'node:fs/promises';
import { graphModelFiles, modelFiles, type WeightDtype, weightRoundings } from '@fuseinit/model-files';
import { type LayersModel, simplify, type TensorFlow } from '@fuseinit/tfjs';
import {
  artifactsOf,
  type DrawnInputs,
  modelFrom,
  outputDifference,
  type RoundedLayer,
  roundWeights,
  runnableGraph,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import type { Samples } from '../data/open-samples.js';
import { artifactBytes } from '../model/load-model.js';
import {
  finerWeights,
  type ModelOutputOptions,
  type StoredWeights,
  saveDraft,
  storeWeights,
} from './model-output.js';
import type { OutputFolder } from './output-folder.js';

/** A student in files, and as it predicts with the weights that they hold. */
export interface StoredStudent extends StoredWeights {
  readonly model: LayersModel;
  readonly bytes: number;
  /** What rounding does to each layer for which it was corrected, or tried to be. */
  readonly rounded: readonly RoundedLayer[];
  /** Names of the weights that are float16 in a file of another type. */
  readonly finerWeights: readonly string[];
}

interface StudentOutputOptions extends ModelOutputOptions {
  /** What its teacher's files store weights as. */
  readonly before: WeightDtype;
  /** What outputs are compared on. */
  readonly inputs: readonly DrawnInputs[];
  /** What rounding is corrected on. */
  readonly samples: Samples;
  readonly batchSize?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Saves a student in the draft of a folder. What rounding to uint8 changes is corrected on samples; other
 * types round so little that nobody would see it.
 *
 * @throws LAYER_UNSUPPORTED for a layer that no GraphModel can have.
 * @throws OUTPUT_UNWRITABLE
 */
export async function storeStudent(
  tf: TensorFlow,
  student: LayersModel,
  output: OutputFolder,
  options: StudentOutputOptions,
  warn: (message: string) => void,
): Promise<StoredStudent> {
  const { format, before, inputs } = options;
  const files = format === 'graph' ? graphModelFiles : modelFiles;
  let model = student;
  let rounded: readonly RoundedLayer[] = [];
  const store = async (weights: WeightDtype): Promise<number> => {
    rounded = [];
    let written = student;
    if (weights === 'uint8')
      ({ model: written, layers: rounded } = await roundedStudent(tf, student, options));
    await saveDraft(output, (draft) => written.save(modelFiles(draft, { weights })));
    if (written !== student) written.dispose();
    if (model !== student) model.dispose();
    model = weights === 'float32' ? student : await tf.loadLayersModel(modelFiles(output.draft));
    if (format === 'graph') {
      const { artifacts } = simplify(model, { tf, format });
      await rm(output.draft, { recursive: true });
      await saveDraft(output, (draft) => graphModelFiles(draft, { weights }).save(artifacts));
    }
    if (weights === 'float32') return 0;
    if (format === 'layers')
      return outputDifference(tf, runnableLayers(student), runnableLayers(model), inputs);
    const graph = runnableGraph(await tf.loadGraphModel(graphModelFiles(output.draft)));
    try {
      return outputDifference(tf, runnableLayers(student), graph, inputs);
    } finally {
      graph.dispose();
    }
  };
  const stored = await storeWeights(options, before, store, warn);
  const artifacts = await files(output.draft).load();
  return {
    ...stored,
    model,
    rounded,
    bytes: artifactBytes(tf, artifacts),
    finerWeights: finerWeights(stored.weights, artifacts),
  };
}

/** A copy of a student, the caller's to dispose, whose kernels are what uint8 can store. */
async function roundedStudent(
  tf: TensorFlow,
  student: LayersModel,
  { samples, batchSize, signal }: StudentOutputOptions,
): Promise<{ readonly model: LayersModel; readonly layers: readonly RoundedLayer[] }> {
  const artifacts = await artifactsOf(tf, student);
  const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData));
  const roundings = weightRoundings(artifacts.weightSpecs ?? [], bytes, 'uint8');
  const { share, seed } = samples.heldOut;
  const { layers, values } = await roundWeights(student, {
    tf,
    roundingOf: (weight) => roundings.get(weight),
    calibrationData: samples.calibrationData(signal),
    heldOut: share,
    seed,
    ...(batchSize !== undefined && { batchSize }),
    signal,
  });
  const model = await modelFrom(tf, artifacts);
  for (const weight of model.weights) {
    const rounded = values.get(weight.originalName);
    if (rounded) tf.tidy(() => void weight.write(tf.tensor(rounded, weight.shape as number[])));
  }
  return { model, layers };
}
