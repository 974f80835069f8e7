import { rm } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles, type WeightDtype, weightDtypes } from '@fuseinit/model-files';
import { type LayersModel, simplify, type TensorFlow } from '@fuseinit/tfjs';
import {
  type DrawnInputs,
  type ModelFormat,
  outputDifference,
  runnableLayers,
} from '@fuseinit/tfjs/internal';
import { type Command, Option } from 'commander';
import { artifactBytes } from '../model/load-model.js';
import { percent } from '../terminal/figures.js';
import { unwritable } from './output-errors.js';
import type { OutputFolder } from './output-folder.js';

/** What a model is saved as. */
export interface ModelOutputOptions {
  readonly format: ModelFormat;
  readonly weights?: WeightDtype;
}

export function formatOption(what: string): Option {
  return new Option('--format <format>', what).choices(['layers', 'graph']).default('layers');
}

export function addModelOutputOptions(command: Command): Command {
  return command
    .addOption(
      formatOption(
        'layers, for tf.loadLayersModel; graph, for tf.loadGraphModel, is faster but for inference alone',
      ),
    )
    .addOption(
      new Option('--weights <type>', 'what weights are stored as (default: as in the model)').choices(
        weightDtypes,
      ),
    );
}

/**
 * Saves a model in the draft of a folder.
 *
 * @param save Given the draft.
 * @throws OUTPUT_UNWRITABLE with the folder's own path.
 */
export async function saveDraft(
  { draft, path }: OutputFolder,
  save: (draft: string) => Promise<unknown>,
): Promise<void> {
  try {
    await save(draft);
  } catch (error) {
    if (!FuseInitError.isInstance(error) || error.code !== 'MODEL_FILE_UNWRITABLE') throw error;
    throw unwritable(path, error.cause);
  }
}

/** A type that weights were stored as, and what that changed. */
export interface StoredWeights {
  readonly weights: WeightDtype;
  /** The largest change of any output, relative to the largest number in it. */
  readonly difference: number;
}

/**
 * Of the largest output: what rounding weights may change where nobody asked for the type that they are
 * stored as.
 */
const mostRounding = 0.01;

/**
 * Stores weights as the type asked for; else as those of the model were, or as the next finer type where that
 * would now change outputs by too much. Folded and fused kernels have channels of other scales than those
 * that were trained, so that the type that did for these may be too coarse.
 *
 * @param store Stores them, and gives the difference that remains.
 */
export async function storeWeights(
  { weights: asked }: Pick<ModelOutputOptions, 'weights'>,
  before: WeightDtype,
  store: (weights: WeightDtype) => Promise<number>,
  warn: (message: string) => void,
): Promise<StoredWeights> {
  const wanted = asked ? [asked] : [before, ...finer[before]];
  const stored = await storedAsFirst(wanted, store);
  if (stored.weights !== wanted[0]) {
    warn(
      `Weights are stored as ${stored.weights}: as ${wanted[0]}, like the model's, outputs would change by more than ${percent(mostRounding)} of the largest one.`,
    );
  } else if (stored.difference > mostRounding) {
    warn(
      `Stored as ${stored.weights}, outputs change by ${percent(stored.difference)} of the largest one: choose finer --weights.`,
    );
  }
  return stored;
}

/** Finer types than each, of which float32 is the last. */
const finer: Readonly<Record<WeightDtype, readonly WeightDtype[]>> = {
  uint8: ['uint16', 'float32'],
  uint16: ['float32'],
  float16: ['float32'],
  float32: [],
};

async function storedAsFirst(
  wanted: readonly WeightDtype[],
  store: (weights: WeightDtype) => Promise<number>,
): Promise<StoredWeights> {
  for (const weights of wanted) {
    try {
      const difference = await store(weights);
      if (difference <= mostRounding || weights === wanted.at(-1)) return { weights, difference };
    } catch (error) {
      const isOutOfRange =
        FuseInitError.isInstance(error) && ['PRECISION_TOO_LOW', 'VALUE_NOT_FINITE'].includes(error.code);
      if (!isOutOfRange || weights === wanted.at(-1)) throw error;
    }
  }
  throw new Error('No type of weights was wanted.');
}

/** A student in files, and as it predicts with the weights that they hold. */
export interface StoredStudent extends StoredWeights {
  readonly model: LayersModel;
  readonly bytes: number;
}

/**
 * Saves a student in the draft of a folder.
 *
 * @param before What its teacher's files store weights as.
 * @param inputs What outputs are compared on.
 * @throws LAYER_UNSUPPORTED for a layer that no GraphModel can have.
 * @throws OUTPUT_UNWRITABLE
 */
export async function storeStudent(
  tf: TensorFlow,
  student: LayersModel,
  output: OutputFolder,
  options: ModelOutputOptions & { readonly before: WeightDtype; readonly inputs: readonly DrawnInputs[] },
  warn: (message: string) => void,
): Promise<StoredStudent> {
  let model = student;
  const stored = await storeWeights(
    options,
    options.before,
    async (weights) => {
      await saveDraft(output, (draft) => student.save(modelFiles(draft, { weights })));
      if (weights === 'float32') {
        model = student;
        return 0;
      }
      model = await tf.loadLayersModel(modelFiles(output.draft));
      return outputDifference(tf, runnableLayers(student), runnableLayers(model), options.inputs);
    },
    warn,
  );
  if (options.format === 'graph') {
    const { artifacts } = simplify(model, { tf, format: 'graph' });
    await rm(output.draft, { recursive: true });
    await saveDraft(output, (draft) => graphModelFiles(draft, { weights: stored.weights }).save(artifacts));
  }
  const files = options.format === 'graph' ? graphModelFiles : modelFiles;
  return { ...stored, model, bytes: artifactBytes(tf, await files(output.draft).load()) };
}
