import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';

type LayersModel = tfjs.LayersModel;

/**
 * Required, not imported, so that tests and the models that they load share the one CommonJS copy of tfjs.
 */
export const tf = createRequire(import.meta.url)('@tensorflow/tfjs') as Omit<typeof tfjs, 'default'>;

/** mulberry32 in [-1, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Numbers of a shape, the same for a seed. */
export function seededData(
  shape: readonly number[],
  seed: number,
): { data: Float32Array; shape: readonly number[] } {
  const next = seeded(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  return { data: Float32Array.from({ length: size }, next), shape };
}

/** Gives every weight of a model seeded numbers; variances stay positive. */
export function seedWeights(model: LayersModel, seed: number): LayersModel {
  const next = seeded(seed);
  for (const layer of model.layers) {
    tf.tidy(() => {
      layer.setWeights(
        layer.weights.map((weight) => {
          const shape = weight.shape as number[];
          const size = shape.reduce((product, length) => product * length, 1);
          const values = Float32Array.from({ length: size }, () => {
            const value = next();
            return weight.originalName.includes('variance') ? Math.abs(value) + 0.5 : value * 0.7;
          });
          return tf.tensor(values, shape);
        }),
      );
    });
  }
  return model;
}

/** Every weight and output of a model, to see that it stays as it is. */
export function fingerprint(model: LayersModel): string {
  return JSON.stringify([
    model.toJSON(undefined, false),
    model.weights.map((weight) => Array.from(weight.read().dataSync())),
  ]);
}

/** The largest distance of two models' predictions on the same inputs. */
export function predictionDistance(
  first: LayersModel,
  second: LayersModel,
  shape: readonly number[],
  seed = 5,
): number {
  return tf.tidy(() => {
    const { data } = seededData(shape, seed);
    const input = tf.tensor(data, [...shape]);
    const outputs = [first, second].map((model) => {
      const output = model.predict(input);
      return Array.isArray(output) ? output : [output];
    });
    const distances = outputs[0]!.map(
      (output, index) => output.sub(outputs[1]![index]!).abs().max().dataSync()[0]!,
    );
    return Math.max(...distances);
  });
}

/** A model saved to memory and loaded again by plain tfjs. */
export async function reloaded(model: LayersModel): Promise<LayersModel> {
  let artifacts: Parameters<typeof tf.io.fromMemory>[0] | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      // Through text, as a file would go.
      const modelTopology = JSON.parse(JSON.stringify(saved.modelTopology)) as object;
      artifacts = { modelTopology, weightSpecs: saved.weightSpecs!, weightData: saved.weightData! };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return tf.loadLayersModel(tf.io.fromMemory(artifacts!));
}
