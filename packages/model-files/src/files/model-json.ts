import { readFile } from 'node:fs/promises';
import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { isObject, type JsonObject } from '../json-object.js';
import { unreadable } from './file-errors.js';
import type { ModelLocation } from './model-location.js';

/** What a model.json holds, as far as it was looked at. */
export interface ModelJson {
  readonly text: string;
  readonly content: JsonObject;
  readonly topology: JsonObject;
  readonly manifest: io.WeightsManifestConfig;
}

/** Reads the file that describes a model and refuses what isn't a layers model. */
export async function readModelJson({ json: path, folder }: ModelLocation): Promise<ModelJson> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause, `A folder with a model.json was expected at ${folder}`);
  }
  return parseModelJson(path, text);
}

function parseModelJson(path: string, text: string): ModelJson {
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
  if (!isObject(content) || !isObject(content.modelTopology)) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} has no modelTopology: it isn't the model.json of a TensorFlow.js layers model.`,
    );
  }
  const { modelTopology: topology, format, weightsManifest } = content;
  if (format === 'graph-model' || Array.isArray(topology.node)) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `${path} is a GraphModel, which has no layers. Convert the Keras model with --output_format=tfjs_layers_model.`,
    );
  }
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isGroup)) {
    throw new FuseInitError(
      'MODEL_FILE_INVALID',
      `${path} has no weightsManifest of groups with paths and weights: it tells no weight files. Save the model with its weights.`,
    );
  }
  return { text, content, topology, manifest: weightsManifest };
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
