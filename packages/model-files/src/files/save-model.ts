import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseInitError } from '@fuseinit/core';
import type { io } from '@tensorflow/tfjs';
import { unwritable } from './file-errors.js';
import { isGraph, type ModelFormat, type ModelJson, readModelJson } from './model-json.js';
import type { ModelLocation } from './model-location.js';
import { quantizeWeights, type WeightDtype } from './quantize-weights.js';
import { replaceFile, syncFolder } from './replace-file.js';
import { isWritten, shardsOf } from './shards.js';
import { weightBytes } from './weight-bytes.js';

export interface SaveOptions {
  readonly format: ModelFormat;
  /** The maximum size of a weight file in bytes. */
  readonly shardBytes: number;
  /** The type in which weights are stored; if undefined, they are stored as they are. */
  readonly weights: WeightDtype | undefined;
}

/** Writes weight files under unique names, and then atomically the model.json that refers to them. */
export async function saveModel(
  location: ModelLocation,
  given: io.ModelArtifacts,
  { format, shardBytes, weights }: SaveOptions,
): Promise<io.SaveResult> {
  if (!Number.isSafeInteger(shardBytes) || shardBytes < 1) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `shardBytes is ${shardBytes}: a whole number of at least 1 was expected.`,
    );
  }
  const { folder, json, weightPrefix } = location;
  const { values, weightSpecs } = quantizeWeights(given.weightSpecs ?? [], valuesOf(given, format), weights);
  const artifacts = { ...given, weightSpecs };
  const shards = shardsOf(values, shardBytes, weightPrefix);
  const content = modelJsonOf(
    artifacts,
    shards.map(({ name }) => name),
  );
  const before = await writtenBefore(location);
  const fresh: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const shard of shards) {
      if (!before.has(shard.name)) fresh.push(shard.name);
      await replaceFile(join(folder, shard.name), shard.content);
    }
    await syncFolder(folder);
    await replaceFile(json, content);
  } catch (cause) {
    // Only files are removed: a folder of such a name wasn't written here.
    for (const name of fresh) await rm(join(folder, name), { force: true }).catch(() => {});
    throw unwritable(json, cause);
  }
  // From here on readers find the new model. A failure below only leaves superfluous files behind.
  await syncFolder(folder).catch(() => {});
  const kept = await writtenBefore(location);
  for (const name of before) {
    if (!kept.has(name)) await rm(join(folder, name), { force: true }).catch(() => {});
  }
  return { modelArtifactsInfo: infoOf(artifacts, values.length) };
}

function valuesOf(
  { modelTopology, format, weightSpecs = [], weightData = [] }: io.ModelArtifacts,
  wanted: ModelFormat,
): Uint8Array {
  const isJson = modelTopology !== undefined && !(modelTopology instanceof ArrayBuffer);
  if (!isJson || isGraph(format, modelTopology) !== (wanted === 'graph-model')) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      wanted === 'graph-model'
        ? 'Only the topology of a tf.GraphModel, as JSON, can be saved here: a LayersModel or weights alone came. modelFiles saves LayersModels.'
        : 'Only the topology of a tf.LayersModel, as JSON, can be saved here: a GraphModel or weights alone came. graphModelFiles saves GraphModels.',
    );
  }
  const parts = (Array.isArray(weightData) ? weightData : [weightData]).map((part) => new Uint8Array(part));
  const values = parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
  const expected = weightBytes(weightSpecs);
  if (values.length !== expected) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `weightData has ${values.length} bytes where weightSpecs need ${expected}: such a model couldn't be loaded.`,
    );
  }
  return values;
}

/**
 * The fields that TensorFlow.js's own handlers write: always `format`, `generatedBy` and `convertedBy`, and
 * the others where they are present.
 */
function modelJsonOf(
  { weightSpecs = [], weightData: _, getWeightStream: __, ...rest }: io.ModelArtifacts,
  paths: string[],
) {
  const { modelTopology, format, generatedBy, convertedBy, ...others } = rest;
  const weightsManifest = [{ paths, weights: weightSpecs }];
  const given = Object.entries(others).filter(([, value]) => value != null);
  return JSON.stringify({
    modelTopology,
    format,
    generatedBy,
    convertedBy,
    weightsManifest,
    ...Object.fromEntries(given),
  });
}

/**
 * The names of the weight files that the model.json at a location refers to and that were written by this
 * package.
 */
async function writtenBefore(location: ModelLocation): Promise<ReadonlySet<string>> {
  const model = await readModelJson(location).catch((): Pick<ModelJson, 'manifest'> => ({ manifest: [] }));
  const names = model.manifest.flatMap(({ paths }) => paths);
  return new Set(names.filter((name) => isWritten(name, location.weightPrefix)));
}

function infoOf(
  { modelTopology, weightSpecs }: io.ModelArtifacts,
  weightDataBytes: number,
): io.ModelArtifactsInfo {
  const bytes = (value: unknown) => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));
  return {
    dateSaved: new Date(),
    modelTopologyType: 'JSON',
    modelTopologyBytes: bytes(modelTopology),
    weightSpecsBytes: bytes(weightSpecs),
    weightDataBytes,
  };
}
