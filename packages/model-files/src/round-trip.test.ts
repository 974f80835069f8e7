import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modelFolder } from '@fuseinit/test-inputs/fixtures';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { modelFiles } from './model-files.js';

const teacherFolder = modelFolder('rocksetta-mnist-conv');

async function predictions(model: tf.LayersModel): Promise<number[]> {
  const input = tf.randomUniform([4, 28, 28, 1], 0, 1, 'float32', 7);
  const output = model.predict(input) as tf.Tensor;
  return Array.from(await output.data());
}

test('a trained network predicts the same after being saved in several files and loaded', async () => {
  const folder = join(emptyFolder(), 'made', 'here');
  const teacher = await tf.loadLayersModel(modelFiles(teacherFolder));
  const { modelArtifactsInfo: info } = await teacher.save(modelFiles(folder, { shardBytes: 50_000 }));

  const files = await readdir(folder);
  expect(files.filter((name) => /^weights-[\da-f]{12}-[123]of3\.bin$/.test(name))).toHaveLength(3);
  expect(files).toHaveLength(4);
  expect(info).toMatchObject({ modelTopologyType: 'JSON', weightDataBytes: 4 * teacher.countParams() });
  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  expect(info.modelTopologyBytes).toBe(Buffer.byteLength(JSON.stringify(json.modelTopology)));
  expect(info.weightSpecsBytes).toBe(Buffer.byteLength(JSON.stringify(json.weightsManifest[0].weights)));

  for (const path of [folder, `${folder}/model.json`, pathToFileURL(folder), pathToFileURL(folder).href]) {
    const loaded = await tf.loadLayersModel(modelFiles(path));
    expect(await predictions(loaded)).toEqual(await predictions(teacher));
  }
});

test("TensorFlow.js's own loader reads what was saved", async () => {
  const folder = emptyFolder();
  const teacher = await tf.loadLayersModel(modelFiles(teacherFolder));
  await teacher.save(modelFiles(folder, { shardBytes: 50_000 }));
  const loaded = await tf.loadLayersModel('http://localhost/model.json', {
    fetchFunc: async (url: unknown) => new Response(await readFile(join(folder, basename(String(url))))),
  });
  expect(await predictions(loaded)).toEqual(await predictions(teacher));
});

test('how a model is trained, its optimizer, its metadata and its origin come back', async () => {
  const folder = emptyFolder();
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  model.compile({ optimizer: tf.train.adam(0.25), loss: 'meanSquaredError', metrics: ['accuracy'] });
  await model.fit(tf.ones([4, 3]), tf.zeros([4, 2]), { verbose: 0 });
  model.setUserDefinedMetadata({ classes: ['cat', 'dog'] });
  await model.save(modelFiles(folder), { includeOptimizer: true });

  const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  expect(json).toMatchObject({
    format: 'layers-model',
    generatedBy: `TensorFlow.js tfjs-layers v${tf.version['tfjs-layers']}`,
    convertedBy: null,
    userDefinedMetadata: { classes: ['cat', 'dog'] },
    trainingConfig: { loss: 'mean_squared_error' },
  });
  const loaded = await tf.loadLayersModel(modelFiles(folder));
  expect(loaded.getUserDefinedMetadata()).toEqual({ classes: ['cat', 'dog'] });
  expect(loaded.loss).toBe('meanSquaredError');
  expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  const weightsOf = async ({ optimizer }: tf.LayersModel) =>
    Promise.all((await optimizer.getWeights()).map(async ({ tensor }) => Array.from(await tensor.data())));
  expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
});

test('a model without weights is one file', async () => {
  const folder = emptyFolder();
  await tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 3] })] }).save(modelFiles(folder));
  expect(await readdir(folder)).toEqual(['model.json']);
  expect((await tf.loadLayersModel(modelFiles(folder))).outputShape).toEqual([null, 6]);
});

test('two models in one folder are saved apart, however alike', async () => {
  const folder = emptyFolder();
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones' })],
  });
  const other = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [3] })] });
  await model.save(modelFiles(join(folder, 'first.json')));
  await model.save(modelFiles(join(folder, 'second.json')));
  await other.save(modelFiles(join(folder, 'first.json')));
  expect((await tf.loadLayersModel(modelFiles(join(folder, 'second.json')))).outputShape).toEqual([null, 2]);
  expect((await tf.loadLayersModel(modelFiles(join(folder, 'first.json')))).outputShape).toEqual([null, 1]);
  expect(await readdir(folder)).toHaveLength(4);
});
