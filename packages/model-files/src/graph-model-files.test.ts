import { mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { graphModelFiles, modelFiles } from './model-files.js';
import { constantModel } from './testing-support/constant-model.test-support.js';

const rows = 70;
const columns = 30;
const kernel = Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(index));
const bias = Float32Array.from({ length: columns }, (_, index) => 100 + Math.cos(index));

/** x [batch, 70] times a kernel plus a bias, as the TensorFlow.js converter describes it. */
function product(): tf.io.ModelArtifacts {
  const type = { type: 'DT_FLOAT' };
  const shape = (...lengths: number[]) => ({ dim: lengths.map((length) => ({ size: String(length) })) });
  const constant = (name: string, ...lengths: number[]) => ({
    name,
    op: 'Const',
    attr: { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: shape(...lengths) } } },
  });
  return {
    format: 'graph-model',
    generatedBy: 'a test',
    convertedBy: null as never,
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: shape(-1, rows) } } },
        constant('kernel', rows, columns),
        constant('bias', columns),
        { name: 'product', op: 'MatMul', input: ['x', 'kernel'], attr: { T: type } },
        { name: 'sum', op: 'AddV2', input: ['product', 'bias'], attr: { T: type } },
      ],
      library: {},
      versions: { producer: 1395 },
    },
    signature: {
      inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: shape(-1, rows) } },
      outputs: { sum: { name: 'sum:0', dtype: 'DT_FLOAT', tensorShape: shape(-1, columns) } },
    },
    userDefinedMetadata: { labels: ['cat', 'dog'] },
    weightSpecs: [
      { name: 'kernel', shape: [rows, columns], dtype: 'float32' },
      { name: 'bias', shape: [columns], dtype: 'float32' },
    ],
    weightData: new Float32Array([...kernel, ...bias]).buffer,
  };
}

/** TensorFlow.js's own loader, as in a browser. */
function loadStock(folder: string) {
  return tf.loadGraphModel('http://localhost/model.json', {
    fetchFunc: async (url: unknown) => new Response(await readFile(join(folder, basename(String(url))))),
  });
}

const ones = () => tf.ones([1, rows]);
const outputs = (model: tf.GraphModel) => [...(model.predict(ones()) as tf.Tensor).dataSync()];
const sums = (values: ArrayLike<number>) =>
  Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, (_, row) => values[row * columns + column]!).reduce(
      (sum, value) => sum + value,
    ),
  );
const expected = sums(kernel).map((sum, column) => sum + bias[column]!);

test('a GraphModel is saved in several files, and loaded by TensorFlow.js and from here', async () => {
  const folder = join(emptyFolder(), 'made', 'here');
  const { modelArtifactsInfo: info } = await graphModelFiles(folder, { shardBytes: 4000 }).save(product());
  expect(info.weightDataBytes).toBe(4 * columns * (rows + 1));
  const files = await readdir(folder);
  expect(files.filter((name) => /^weights-[\da-f]{12}-[123]of3\.bin$/.test(name))).toHaveLength(3);
  expect(files).toHaveLength(4);

  for (const model of [await loadStock(folder), await tf.loadGraphModel(graphModelFiles(folder))]) {
    // 71 numbers below 101, summed in float32.
    for (const [index, value] of outputs(model).entries()) expect(value).toBeCloseTo(expected[index]!, 3);
    expect(model.metadata).toEqual({ labels: ['cat', 'dog'] });
    expect(model.modelSignature).toEqual(product().signature);
    model.dispose();
  }
});

test.each([
  ['float32', 4, 0],
  ['float16', 2, 2 ** -12],
  ['uint16', 2, 1 / 65535],
  ['uint8', 1, 1 / 255],
] as const)('weights saved as %s are predicted with by TensorFlow.js', async (weights, bytes, rounding) => {
  const folder = emptyFolder();
  const { modelArtifactsInfo: info } = await graphModelFiles(folder, { weights }).save(product());
  expect(info.weightDataBytes).toBe(columns * (rows * bytes + 4));
  const model = await loadStock(folder);
  // The kernel's numbers go from -1 to 1, and each is off by half a step at most.
  const bound = rows * rounding;
  const off = outputs(model).map((value, index) => Math.abs(value - expected[index]!));
  expect(Math.max(...off)).toBeLessThanOrEqual(bound + 1e-4);
  if (rounding > 0) expect(Math.max(...off)).toBeGreaterThan(bound / 1000);
  model.dispose();

  // What is loaded and saved again is the same file.
  const copy = emptyFolder();
  await graphModelFiles(copy).save(await graphModelFiles(folder).load());
  expect(await readdir(copy)).toEqual(await readdir(folder));
});

test.each(['float16', 'uint16', 'uint8'] as const)(
  'a LayersModel whose weights were saved as %s is loaded by TensorFlow.js',
  async (weights) => {
    const folder = emptyFolder();
    const model = tf.sequential({ layers: [tf.layers.dense({ units: columns, inputShape: [rows] })] });
    model.setWeights([tf.tensor2d(kernel, [rows, columns]), tf.tensor1d(bias)]);
    await model.save(modelFiles(folder, { weights }));
    const loaded = await tf.loadLayersModel('http://localhost/model.json', {
      fetchFunc: async (url: unknown) => new Response(await readFile(join(folder, basename(String(url))))),
    });
    const [read, readBias] = loaded.getWeights().map((weight) => weight.dataSync());
    expect([...readBias!]).toEqual([...bias]);
    const off = Array.from(read!, (value, index) => Math.abs(value - kernel[index]!));
    // Half a step from -1 to 1; float32 rounds what it stands for.
    const bound = { float16: 2 ** -12, uint16: 1 / 65535, uint8: 1 / 255 }[weights];
    expect(Math.max(...off)).toBeLessThan(bound + 1e-7);
    const ours = await tf.loadLayersModel(modelFiles(folder));
    expect([...ours.getWeights()[0]!.dataSync()]).toEqual([...read!]);
  },
);

test('what replaces a model of the other format takes its files away', async () => {
  const folder = emptyFolder();
  await modelFiles(folder).save(constantModel(1));
  await graphModelFiles(folder).save(product());
  expect(await readdir(folder)).toHaveLength(2);
  const model = await tf.loadGraphModel(graphModelFiles(folder));
  expect(outputs(model)).toHaveLength(columns);
  await modelFiles(folder).save(constantModel(2));
  expect(await readdir(folder)).toHaveLength(2);
});

test('when model.json can’t be written, the weight files go again', async () => {
  const folder = emptyFolder();
  await mkdir(join(folder, 'model.json', 'inside'), { recursive: true });
  const error = await refusalOf(() => graphModelFiles(folder).save(product()));
  expect(error.code).toBe('MODEL_FILE_UNWRITABLE');
  expect(await readdir(folder)).toEqual(['model.json']);
});

test('what can’t be stored leaves the folder as it was', async () => {
  const folder = emptyFolder();
  const model = product();
  const weightData = (model.weightData as ArrayBuffer).slice(0);
  new Float32Array(weightData)[7] = 1e5;
  const error = await refusalOf(() =>
    graphModelFiles(folder, { weights: 'float16' }).save({ ...model, weightData }),
  );
  expect([error.code, error.message]).toEqual(['PRECISION_TOO_LOW', expect.stringContaining('"kernel"')]);
  expect(await readdir(folder)).toEqual([]);
});

test('each format is refused where the other one belongs', async () => {
  const folder = emptyFolder();
  const saving = await refusalOf(() => graphModelFiles(folder).save(constantModel(1)));
  expect([saving.code, saving.message]).toEqual([
    'MODEL_UNSUPPORTED',
    expect.stringContaining('LayersModel'),
  ]);
  await modelFiles(folder).save(constantModel(1));
  const loading = await refusalOf(() => graphModelFiles(folder).load());
  expect([loading.code, loading.message]).toEqual([
    'MODEL_UNSUPPORTED',
    expect.stringContaining('where a GraphModel was expected'),
  ]);
  await graphModelFiles(folder).save(product());
  const graph = await refusalOf(() => modelFiles(folder).load());
  expect([graph.code, graph.message]).toEqual(['MODEL_UNSUPPORTED', expect.stringContaining('no layers')]);
});

test('a type that weights can’t be stored as is refused', async () => {
  const error = await refusalOf(() => modelFiles('anywhere', { weights: 'int4' as never }));
  expect([error.code, error.message]).toEqual(['ARGUMENT_INVALID', expect.stringContaining('"int4"')]);
});
