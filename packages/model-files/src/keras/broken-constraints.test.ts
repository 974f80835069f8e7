import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { modelFiles } from '../model-files.js';

const { nonNeg, unitNorm, maxNorm, minMaxNorm } = tf.constraints;
const kernel = [3, -4, 0.5, 1];

/** A model of one layer with a 2x2 kernel that no constraint was applied to, saved. */
async function savedWith(config: object, values = kernel) {
  const model = tf.sequential({
    layers: [tf.layers.dense({ name: 'it', units: 2, inputShape: [2], useBias: false, ...config })],
  });
  // Unlike setWeights, this applies no constraint.
  (model.getWeights(false)[0] as tf.Variable).assign(tf.tensor2d(values, [2, 2]));
  const folder = emptyFolder();
  await model.save(modelFiles(folder));
  return folder;
}

// By hand: columns of norms 3.04 and 4.12, rows of 5 and 1.12.
test.each([
  ['NonNeg', nonNeg(), '4.0'],
  ['UnitNorm', unitNorm({ axis: 0 }), '3.0'],
  ['MaxNorm', maxNorm({ maxValue: 3, axis: 1 }), '1.6'],
  ['MinMaxNorm', minMaxNorm({ minValue: 0, maxValue: 3, rate: 0.5, axis: 1 }), '0.80'],
])('weights that %s would change when a model is loaded are refused', async (name, kernelConstraint, by) => {
  const { code, message, layerName } = await refusalOf(async () =>
    modelFiles(await savedWith({ kernelConstraint })).load(),
  );
  expect([code, layerName]).toEqual(['MODEL_UNSUPPORTED', 'it']);
  expect(message).toContain(`break their constraint ${name}. `);
  expect(message).toContain(`by up to ${by}.`);
});

test.each([
  ['NonNeg', nonNeg(), [3, 4, 0, 1]],
  ['UnitNorm', unitNorm({ axis: 1 }), [0.6, -0.8, 0, 1]],
  ['MaxNorm', maxNorm({ maxValue: 5, axis: 1 }), kernel],
  ['MinMaxNorm', minMaxNorm({ minValue: 1, maxValue: 5, rate: 0.5, axis: 1 }), kernel],
])('weights that meet %s are read as they were saved', async (_, kernelConstraint, values) => {
  const model = await tf.loadLayersModel(modelFiles(await savedWith({ kernelConstraint }, values)));
  const read = Array.from(model.getWeights()[0]!.dataSync());
  for (const [index, value] of values.entries()) expect(read[index]).toBeCloseTo(value, 5);
});
