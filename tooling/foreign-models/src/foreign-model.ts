import { readFileSync } from 'node:fs';
import tf from '@tensorflow/tfjs';

/** A trained model by somebody else, from its files in `models/`. */
export function foreignModel(name: string): Promise<tf.LayersModel> {
  const folder = new URL(`../models/${name}/`, import.meta.url);
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(new URL('model.json', folder), 'utf8'));
  const [{ paths, weights }] = weightsManifest;
  const { buffer, byteOffset, byteLength } = readFileSync(new URL(paths[0], folder));
  const weightData = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weights, weightData }));
}
