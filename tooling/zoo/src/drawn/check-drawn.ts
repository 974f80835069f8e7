import { FuseInitError } from '@fuseinit/core';
import { drawModel, maskingClasses } from '@fuseinit/test-inputs/drawn-models';
import { type LayersModel, simplify, type TensorFlow } from '@fuseinit/tfjs';
import {
  type DrawnInputs,
  float32Explains,
  outputDifference,
  runnableGraph,
  runnableLayers,
  writtenClasses,
} from '@fuseinit/tfjs/internal';
import type { io } from '@tensorflow/tfjs';

/** The result for a random model in one format. */
type Fared =
  | { readonly as: 'equal' }
  /** FuseInit refused the model, with a code and a layer's name. */
  | { readonly as: 'refused'; readonly reason: string }
  | { readonly as: 'failed'; readonly reason: string };

export interface DrawnResult {
  readonly seed: number;
  readonly layers: Fared;
  readonly graph: Fared;
  readonly classNames: readonly string[];
  /** Whether anything was rewritten. */
  readonly isSimpler: boolean;
}

/**
 * Draws a model, simplifies it to both formats, loads what would be saved, and compares predictions. Models
 * of every other seed have the classes only that can be written as a GraphModel; half of the others those
 * that masks go through.
 */
export async function checkDrawn(tf: TensorFlow, seed: number): Promise<DrawnResult> {
  const { model, inputs, classNames } = drawModel(tf, seed, classesOf(seed));
  const drawn: readonly DrawnInputs[] = [{ length: null, isFixedBatch: false, tensors: inputs }];
  const given = runnableLayers(model);
  const before = numbersOf(model);
  let isSimpler = false;
  const layers = await faring(async () => {
    const { model: simplified, applied } = simplify(model, { tf });
    isSimpler = applied.length > 0;
    const again = simplify(simplified, { tf });
    if (again.applied.length > 0)
      return `simplified again, it changes: ${again.applied.map(({ rule }) => rule)}`;
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await throughText(tf, simplified)));
    return differs(outputDifference(tf, given, runnableLayers(loaded), drawn));
  });
  const graph = await faring(async () => {
    const { artifacts } = simplify(model, { tf, format: 'graph' });
    const loaded = await tf.loadGraphModel(tf.io.fromMemory(asText(artifacts)));
    return differs(outputDifference(tf, given, runnableGraph(loaded), drawn));
  });
  if (numbersOf(model) !== before) throw new Error(`Seed ${seed}: the model was changed.`);
  return { seed, layers, graph, classNames, isSimpler };

  /** What is wrong, or nothing. */
  function differs(difference: number): string | undefined {
    if (difference <= 2e-6) return undefined;
    const explained = float32Explains(tf, model, drawn);
    if (difference <= explained) return undefined;
    return `outputs differ by ${difference.toExponential(1)}, float32 explains ${explained.toExponential(1)}`;
  }
}

function classesOf(seed: number): readonly string[] | undefined {
  if (seed % 2 === 0) return writtenClasses();
  return seed % 4 === 1 ? maskingClasses : undefined;
}

async function faring(work: () => Promise<string | undefined>): Promise<Fared> {
  try {
    const reason = await work();
    return reason === undefined ? { as: 'equal' } : { as: 'failed', reason };
  } catch (error) {
    const { message } = error as Error;
    const isRefusal =
      FuseInitError.isInstance(error) &&
      ['LAYER_UNSUPPORTED', 'MODEL_UNSUPPORTED'].includes(error.code) &&
      error.layerName !== undefined;
    return isRefusal
      ? { as: 'refused', reason: `${error.code}: ${message}` }
      : { as: 'failed', reason: message };
  }
}

/** The topology and weights as a string. */
function numbersOf(model: LayersModel): string {
  return JSON.stringify([
    model.toJSON(undefined, false),
    model.weights.map((weight) => Array.from(weight.read().dataSync())),
  ]);
}

function asText(artifacts: io.ModelArtifacts): io.ModelArtifacts {
  return { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) as object };
}

function throughText(tf: TensorFlow, model: LayersModel): Promise<io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(asText(artifacts));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}
