import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { modelFiles } from '../model-files.js';

interface Values {
  readonly shape: number[];
  readonly values: number[];
}

function outputsOf(model: tf.LayersModel, input: tf.Tensor): tf.Tensor[] {
  return [model.predict(input)].flat();
}

test.each(['keras3-sequential', 'keras3-functional', 'keras3-recurrent'])(
  '%s predicts what Keras 3 predicted',
  async (name) => {
    const folder = modelFolder(name);
    const text = await readFile(join(folder, 'predictions.json'), 'utf8');
    const { input, outputs } = JSON.parse(text) as { input: Values; outputs: Values[] };
    const model = await tf.loadLayersModel(modelFiles(folder));
    const predicted = outputsOf(model, tf.tensor(input.values, input.shape));
    expect(predicted.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [index, output] of predicted.entries()) {
      const values = output.dataSync();
      // Outputs are about 1; float32 sums of up to 300 terms taken in another order differ by some 1e-7.
      outputs[index]!.values.forEach(
        (value, at) => void expect(Math.abs(values[at]! - value)).toBeLessThan(2e-6),
      );
    }
  },
);

interface SavedLayers {
  readonly name: string;
  readonly modelTopology: object;
  readonly weights: { readonly name: string; readonly shape: number[]; readonly dtype: string }[];
  /** Base 64. */
  readonly weightData: string;
  readonly inputs: Values[];
  readonly outputs: Values[];
}

const savedLayers = JSON.parse(
  await readFile(modelFolder('keras3-layers.json').replace(/\/$/, ''), 'utf8'),
) as SavedLayers[];

test.each(savedLayers.map((saved) => [saved.name, saved] as const))(
  'keras3-layers: %s predicts what Keras 3 predicted',
  async (_, { modelTopology, weights, weightData, inputs, outputs }) => {
    const folder = emptyFolder();
    await writeFile(join(folder, 'weights.bin'), Buffer.from(weightData, 'base64'));
    const weightsManifest = [{ paths: ['weights.bin'], weights }];
    await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
    const model = await tf.loadLayersModel(modelFiles(folder));
    const given = inputs.map(({ values, shape }) => tf.tensor(values, shape));
    const predicted = [model.predict(given.length === 1 ? given[0]! : given)].flat();
    expect(predicted.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [index, output] of predicted.entries()) {
      const expected = outputs[index]!.values;
      const largest = Math.max(1, ...expected.map(Math.abs));
      const values = output.dataSync();
      // Six digits are kept of Keras's outputs; float32 sums taken in another order differ by less.
      expect(Math.max(...expected.map((value, at) => Math.abs(values[at]! - value))) / largest).toBeLessThan(
        5e-6,
      );
    }
    // What was read is saved under names that TensorFlow.js's own loader tells apart.
    const copy = emptyFolder();
    await model.save(modelFiles(copy));
    const again = await tf.loadLayersModel(modelFiles(copy));
    expect(again.countParams()).toBe(model.countParams());
    model.dispose();
    again.dispose();
  },
);

test.each(['rocksetta-linear-dense', 'tensorspace-lenet-keras', 'tfjs-examples-abalone'])(
  '%s, which TensorFlow.js reads, is read the same',
  async (name) => {
    const folder = modelFolder(name);
    const { modelTopology, weightsManifest } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    const [{ paths, weights: weightSpecs }] = weightsManifest;
    const weightData = new Uint8Array(await readFile(join(folder, paths[0]))).buffer;
    const expected = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const model = await tf.loadLayersModel(modelFiles(folder));
    const input = tf.randomUniform([3, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, 'float32', 5);
    const values = outputsOf(expected, input).map((output) => Array.from(output.dataSync()));
    expect(outputsOf(model, input).map((output) => Array.from(output.dataSync()))).toEqual(values);
  },
);

test('rocksetta-iris, its weights saved four times over, knows its flowers', async () => {
  const model = await tf.loadLayersModel(modelFiles(modelFolder('rocksetta-iris')));
  // Two of each kind from Fisher's table: setosa, versicolor, virginica.
  const flowers = tf.tensor([
    [5.1, 3.5, 1.4, 0.2],
    [4.9, 3, 1.4, 0.2],
    [7, 3.2, 4.7, 1.4],
    [6.4, 3.2, 4.5, 1.5],
    [6.3, 3.3, 6, 2.5],
    [5.8, 2.7, 5.1, 1.9],
  ]);
  const [kinds] = outputsOf(model, flowers);
  expect(Array.from(kinds!.argMax(-1).dataSync())).toEqual([0, 0, 1, 1, 2, 2]);
});
