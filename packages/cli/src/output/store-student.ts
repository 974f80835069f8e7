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

/** A stored student, and the model with the weights as they were stored. */
export interface StoredStudent extends StoredWeights {
  readonly model: LayersModel;
  readonly bytes: number;
  /** The effect of rounding on each layer for which a correction was tried. */
  readonly rounded: readonly RoundedLayer[];
  /** The names of the weights stored as float16 in a file of another type. */
  readonly finerWeights: readonly string[];
}

interface StudentOutputOptions extends ModelOutputOptions {
  /** The type of the weights in the teacher's files. */
  readonly before: WeightDtype;
  /** The inputs on which outputs are compared. */
  readonly inputs: readonly DrawnInputs[];
  /** The samples on which rounding is corrected; without any, it isn't. */
  readonly samples: Samples | undefined;
  readonly batchSize?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Saves a student in the draft of a folder. The effect of rounding to uint8 is corrected on the samples, if
 * there are any; the rounding of other types is too small to matter.
 *
 * @throws LAYER_UNSUPPORTED for a layer that can't be converted to a GraphModel.
 * @throws OUTPUT_UNWRITABLE
 */
export async function storeStudent(
  tf: TensorFlow,
  student: LayersModel,
  output: OutputFolder,
  options: StudentOutputOptions,
  warn: (message: string) => void,
): Promise<StoredStudent> {
  const { format, before, inputs, samples } = options;
  const files = format === 'graph' ? graphModelFiles : modelFiles;
  let model = student;
  let rounded: readonly RoundedLayer[] = [];
  const store = async (weights: WeightDtype): Promise<number> => {
    rounded = [];
    if (model !== student) model.dispose();
    model = student;
    if (format === 'layers' || weights !== 'float32') {
      let written = student;
      if (weights === 'uint8' && samples)
        ({ model: written, layers: rounded } = await roundedStudent(tf, student, samples, options));
      await saveDraft(output, (draft) => written.save(modelFiles(draft, { weights })));
      if (written !== student) written.dispose();
    }
    if (weights !== 'float32') model = await tf.loadLayersModel(modelFiles(output.draft));
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

/** A copy of a student whose kernels are rounded to numbers that uint8 can store. The caller disposes it. */
async function roundedStudent(
  tf: TensorFlow,
  student: LayersModel,
  samples: Samples,
  { batchSize, signal }: Pick<StudentOutputOptions, 'batchSize' | 'signal'>,
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
