import { FuseInitError } from '@fuseinit/core';
import { type WeightDtype, weightDtypes } from '@fuseinit/model-files';
import type { ModelFormat } from '@fuseinit/tfjs/internal';
import { type Command, Option } from 'commander';
import type { ModelArtifacts } from '../model/load-model.js';
import { percent } from '../terminal/figures.js';
import { unwritable } from './output-errors.js';
import type { OutputFolder } from './output-folder.js';

/** The options for the format in which a model is saved. */
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
 * @param save Called with the draft folder.
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

/**
 * The names of the weights stored as float16 in a file of another type, because that type would be too coarse
 * for them.
 */
export function finerWeights(
  weights: WeightDtype,
  { weightSpecs = [] }: Pick<ModelArtifacts, 'weightSpecs'>,
): string[] {
  if (weights === 'float16') return [];
  return weightSpecs.filter(({ quantization }) => quantization?.dtype === 'float16').map(({ name }) => name);
}

export function weightsText(weights: string, finer: readonly string[]): string {
  if (finer.length === 0) return weights;
  return `${weights}, but float16 for ${finer.length} that ${weights} is too coarse for`;
}

/** The type that weights were stored as, and its effect on the outputs. */
export interface StoredWeights {
  readonly weights: WeightDtype;
  /** The largest change of any output, relative to the largest number in it. */
  readonly difference: number;
}

/**
 * The largest change due to rounding of weights, relative to the largest output, that is acceptable without
 * the user having chosen the type.
 */
const mostRounding = 0.01;

/**
 * Stores weights as the requested type. By default it is the type of the model's own files, or the next finer
 * type if outputs would change by too much. Channels of folded and fused kernels differ in scale from the
 * trained ones, so a type that was sufficient for those may be too coarse.
 *
 * @param store Stores the weights as a type and returns the largest relative difference of the outputs.
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
      `Stored as ${stored.weights}, outputs change by ${percent(stored.difference)} of the largest one: choose finer --weights, such as ${finer[stored.weights][0]}.`,
    );
  }
  return stored;
}

/**
 * The finer types to try instead of each type, ending with float32. A float16 has a relative precision, which
 * suits small numbers, and takes no more space than a uint16.
 */
const finer: Readonly<Record<WeightDtype, readonly WeightDtype[]>> = {
  uint8: ['float16', 'uint16', 'float32'],
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
