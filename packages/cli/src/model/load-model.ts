import { FuseInitError } from '@fuseinit/core';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import { kernelWarnings, type LayersModel, type TensorFlow } from '@fuseinit/tfjs';
import { type ModelFormat, type RunnableModel, runnableAs, runnableGraph } from '@fuseinit/tfjs/internal';
import type { PluggedDevice } from './open-device.js';

/** The contents of a model's files. */
export type ModelArtifacts = Awaited<ReturnType<ReturnType<typeof modelFiles>['load']>>;

/** A model and the contents of its files. */
export interface SavedModel {
  readonly model: LayersModel;
  readonly artifacts: ModelArtifacts;
}

/**
 * Loads a saved LayersModel.
 *
 * @param path The model's folder or its model.json.
 * @param warn Called for layers that TensorFlow.js computes wrongly where its kernels aren't repaired as they
 *   are here.
 * @throws MODEL_FILE_MISSING, MODEL_FILE_INVALID, MODEL_UNSUPPORTED as `modelFiles` does.
 * @throws MODEL_UNSUPPORTED with the message of TensorFlow.js if it can't build the model.
 */
export async function loadSavedModel(
  tf: TensorFlow,
  path: string,
  warn: (message: string) => void,
): Promise<SavedModel> {
  const artifacts = await modelFiles(path).load();
  const model = await built(path, () => tf.loadLayersModel({ load: async () => artifacts }));
  for (const warning of kernelWarnings(model)) warn(warning);
  return { model, artifacts };
}

/** Loads the model as {@link loadSavedModel} does, without the contents of its files. */
export async function loadModel(
  tf: TensorFlow,
  path: string,
  warn: (message: string) => void,
): Promise<LayersModel> {
  return (await loadSavedModel(tf, path, warn)).model;
}

/** A model of either format that is ready to run. */
export interface LoadedRunnable {
  readonly path: string;
  readonly model: RunnableModel;
  /** The format in which it runs. */
  readonly format: ModelFormat;
  /** The size of its files: topology and weights. */
  readonly bytes: number;
}

/**
 * Loads a model of either format.
 *
 * @param format The format in which a LayersModel is to run; a GraphModel stays one.
 * @throws as {@link loadSavedModel} does; MODEL_UNSUPPORTED for a GraphModel that TensorFlow.js can't build.
 * @throws LAYER_UNSUPPORTED for a layer that can't be converted to a GraphModel.
 */
export async function loadRunnable(
  { tf, plugins }: Pick<PluggedDevice, 'tf' | 'plugins'>,
  path: string,
  format: ModelFormat,
  warn: (message: string) => void,
): Promise<LoadedRunnable> {
  const graph = await graphArtifacts(path);
  if (graph) {
    const model = runnableGraph(await built(path, () => tf.loadGraphModel({ load: async () => graph })));
    return { path, model, format: 'graph', bytes: artifactBytes(tf, graph) };
  }
  const { model, artifacts } = await loadSavedModel(tf, path, warn);
  const bytes = artifactBytes(tf, artifacts);
  return { path, model: await runnableAs(tf, model, format, { plugins }), format, bytes };
}

/** Returns the contents of a GraphModel's files; undefined if there are none. */
async function graphArtifacts(path: string): Promise<ModelArtifacts | undefined> {
  try {
    return await graphModelFiles(path).load();
  } catch (error) {
    // Loading it as a LayersModel reports what is wrong with it.
    if (FuseInitError.isInstance(error) && /^MODEL_(UNSUPPORTED|FILE_MISSING)$/.test(error.code))
      return undefined;
    throw error;
  }
}

/** Returns the size of a model's topology and weights in files. */
export function artifactBytes(tf: TensorFlow, artifacts: ModelArtifacts): number {
  const { modelTopologyBytes, weightSpecsBytes, weightDataBytes } =
    tf.io.getModelArtifactsInfoForJSON(artifacts);
  return modelTopologyBytes! + weightSpecsBytes! + weightDataBytes!;
}

/** @throws MODEL_UNSUPPORTED with the message of TensorFlow.js if it can't build a model. */
async function built<Model>(path: string, build: () => Promise<Model>): Promise<Model> {
  try {
    return await build();
  } catch (cause) {
    if (FuseInitError.isInstance(cause)) throw cause;
    const { message } = cause as Error;
    const advice = /^Unknown layer/.test(message)
      ? ' A layer of your own is registered by --plugin MODULE, in its function register(tf).'
      : '';
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `TensorFlow.js can't build the model at ${path}: ${message}${advice}`,
      { cause },
    );
  }
}
