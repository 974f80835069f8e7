import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LayersModel, TensorFlow } from '@fuseinit/tfjs';

/** Loads a LayersModel from a folder with model.json and weights.bin. */
export async function loadModel(tf: TensorFlow, folder: string): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const weights = await readFile(join(folder, 'weights.bin'));
  return tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
    }),
  );
}

/** Saves a LayersModel as a folder that plain tfjs loads; the folder appears whole or not at all. */
export async function saveModel(tf: TensorFlow, model: LayersModel, folder: string): Promise<void> {
  const draft = await mkdtemp(join(dirname(folder), '.draft-'));
  try {
    await model.save(
      tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format, generatedBy }) => {
        const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
        const json = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest: manifest };
        const parts = (Array.isArray(weightData) ? weightData : [weightData!]) as ArrayBuffer[];
        await writeFile(join(draft, 'weights.bin'), Buffer.concat(parts.map((part) => Buffer.from(part))));
        await writeFile(join(draft, 'model.json'), JSON.stringify(json));
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
