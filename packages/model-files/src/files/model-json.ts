import { readFile } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { isObject, type JsonObject } from '../json-object.js';
import { unreadable } from './file-errors.js';
import type { ModelLocation } from './model-location.js';

/**
 * The `format` of a model.json: layers, which tfjs-layers builds, or a graph of operations, which is executed
 * directly.
 */
export type ModelFormat = 'layers-model' | 'graph-model';

/** The validated contents of a model.json. */
export interface ModelJson {
  readonly format: ModelFormat;
  readonly text: string;
  readonly content: JsonObject;
  readonly topology: JsonObject;
  readonly manifest: io.WeightsManifestConfig;
}

/**
 * Reads the file that describes a model.
 *
 * @param wanted The required format; a model of the other one is refused. By default both are accepted.
 */
export async function readModelJson(
  { json: path, folder }: ModelLocation,
  wanted?: ModelFormat,
): Promise<ModelJson> {
  let text: string;
  try {
    // Some editors on Windows write a byte-order mark before the text, which JSON doesn't allow.
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw unreadable(path, cause, `A folder with a model.json was expected at ${folder}`);
  }
  return parseModelJson(path, text, wanted);
}

function parseModelJson(path: string, text: string, wanted: ModelFormat | undefined): ModelJson {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} isn't JSON (${(cause as Error).message}; ${Buffer.byteLength(text)} bytes): copy or save the model again.`,
      { cause },
    );
  }
  const topology = isObject(content) ? parsedTopology(content.modelTopology) : undefined;
  if (!isObject(content) || !topology) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} has no modelTopology that is an object: it isn't the model.json of a TensorFlow.js model.`,
    );
  }
  const { weightsManifest } = content;
  const format = isGraph(content.format, topology) ? 'graph-model' : 'layers-model';
  if (format !== (wanted ?? format)) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      format === 'graph-model'
        ? `${path} is a GraphModel, which has no layers. Convert the Keras model with --output_format=tfjs_layers_model.`
        : `${path} is a LayersModel where a GraphModel was expected: load it with tf.loadLayersModel(modelFiles(path)).`,
    );
  }
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isGroup)) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} has no weightsManifest of groups with paths and weights: it tells no weight files. Save the model with its weights.`,
    );
  }
  return { format, text, content, topology, manifest: weightsManifest };
}

/** Whether a model with this `format` and this topology is a GraphModel. */
export function isGraph(format: unknown, topology: object): boolean {
  return format === 'graph-model' || ('node' in topology && Array.isArray(topology.node));
}

/**
 * Parses a topology and the model in it. Either may be a JSON string, as `model.to_json()` of Keras returns
 * it.
 */
function parsedTopology(value: unknown): JsonObject | undefined {
  const topology = parsedObject(value);
  if (typeof topology?.model_config !== 'string') return topology;
  const model = parsedObject(topology.model_config);
  return model && { ...topology, model_config: model };
}

function parsedObject(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isGroup(group: unknown): group is io.WeightsManifestConfig[number] {
  return (
    isObject(group) &&
    Array.isArray(group.paths) &&
    group.paths.every((path) => typeof path === 'string') &&
    Array.isArray(group.weights) &&
    group.weights.every((spec) => isObject(spec) && typeof spec.name === 'string')
  );
}
