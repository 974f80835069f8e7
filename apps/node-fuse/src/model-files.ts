import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/** A model as plain data: what its files hold, and what workers can hand each other. */
export interface ModelArtifacts {
  readonly modelTopology: object;
  readonly weightSpecs: readonly object[];
  readonly weightData: ArrayBuffer;
}

/** A model's topology and weights as data. */
export async function artifactsOf(tf: TensorFlow, model: LayersModel): Promise<ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      resolve({
        modelTopology: modelTopology as object,
        weightSpecs: weightSpecs!,
        weightData: weightData as ArrayBuffer,
      });
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    });
    model.save(handler).catch(reject);
  });
}

/** The model that artifacts describe. */
export async function modelFrom(tf: TensorFlow, artifacts: ModelArtifacts): Promise<LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(artifacts as Parameters<typeof tf.io.fromMemory>[0]));
}

/** Reads a folder with model.json and weights.bin. */
export async function readModel(folder: string): Promise<ModelArtifacts> {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const { buffer, byteOffset, byteLength } = await readFile(join(folder, 'weights.bin'));
  return {
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer,
  };
}

/** Writes a folder that plain tfjs loads; it appears whole or not at all. */
export async function writeModel(artifacts: ModelArtifacts, folder: string): Promise<void> {
  const draft = await mkdtemp(join(dirname(folder), '.draft-'));
  try {
    const weightsManifest = [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }];
    const json = { format: 'layers-model', modelTopology: artifacts.modelTopology, weightsManifest };
    await writeFile(join(draft, 'weights.bin'), new Uint8Array(artifacts.weightData));
    await writeFile(join(draft, 'model.json'), JSON.stringify(json));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
