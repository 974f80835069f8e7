import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { modelFiles } from '../model-files.js';
import { modelFolder } from '../testing-support/folder.test-support.js';

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
