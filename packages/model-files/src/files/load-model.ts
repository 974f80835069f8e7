import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { refuseBrokenConstraints } from '../keras/broken-constraints.js';
import { nameWeights } from '../keras/name-weights.js';
import { translateTopology } from '../keras/translate-topology.js';
import { type ModelFormat, type ModelJson, readModelJson } from './model-json.js';
import type { ModelLocation } from './model-location.js';
import { readWeights } from './read-weights.js';

/**
 * Reads and checks a model's files, and returns the artifacts for `tf.loadLayersModel` or
 * `tf.loadGraphModel`.
 */
export async function loadModel(location: ModelLocation, format: ModelFormat): Promise<io.ModelArtifacts> {
  const { model, weightData } = await readWhole(location, format);
  const { modelTopology: _, weightsManifest: __, ...others } = model.content;
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value != null));
  const specs = model.manifest.flatMap(({ weights }) => weights);
  if (format === 'graph-model') {
    return { ...given, modelTopology: model.topology, weightSpecs: specs, weightData };
  }
  const { topology, weightSpecs } = nameWeights(translateTopology(model.topology), model.topology, specs);
  refuseBrokenConstraints(topology, weightSpecs, weightData);
  return {
    ...given,
    modelTopology: topology,
    weightSpecs,
    weightData,
  };
}

/**
 * Reads a model.json and its weight files. If a file is missing because the model was replaced in the
 * meantime, the new model is read.
 */
async function readWhole(
  location: ModelLocation,
  format: ModelFormat,
): Promise<{ model: ModelJson; weightData: ArrayBuffer }> {
  let model = await readModelJson(location, format);
  for (;;) {
    try {
      return { model, weightData: await readWeights(location.folder, model.manifest) };
    } catch (error) {
      if (!FuseInitError.isInstance(error) || error.code !== 'MODEL_FILE_MISSING') throw error;
      const now = await readModelJson(location, format);
      if (now.text === model.text) throw error;
      model = now;
    }
  }
}
