import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { fuseinit, start } from '../../testing-support/fuseinit.test-support.js';
import { mnistModel } from '../../testing-support/mnist.test-support.js';
import type { Simplification } from './simplification-text.js';

const L = tf.layers;
const quick = ['--backend', 'wasm', '--seconds', '0', '--json'];

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/**
 * A nested Sequential with a residual block and batch norms, and a head, as Teachable Machine exports them.
 */
function nested(length: number | null = 16): tf.LayersModel {
  const input = tf.input({ shape: [length, length, 3] });
  const apply = (layer: tf.layers.Layer, ...x: tf.SymbolicTensor[]) =>
    layer.apply(x.length === 1 ? x[0]! : x) as tf.SymbolicTensor;
  const normalized = (x: tf.SymbolicTensor) => apply(L.batchNormalization(), x);
  const relu6 = (x: tf.SymbolicTensor) => apply(L.reLU({ maxValue: 6 }), x);
  const conv = (filters: number, kernelSize: number, strides = 1) =>
    L.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false });
  const stem = relu6(normalized(apply(conv(6, 3, 2), input)));
  const expanded = relu6(normalized(apply(conv(12, 1), stem)));
  const depthwise = L.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false });
  const filtered = relu6(normalized(apply(depthwise, expanded)));
  const sum = apply(L.add(), stem, normalized(apply(conv(6, 1), filtered)));
  const backbone = tf.model({ inputs: input, outputs: sum, name: 'backbone' });
  const features = tf.sequential({ name: 'features', layers: [backbone, L.globalAveragePooling2d({})] });
  const head = tf.sequential({
    name: 'head',
    layers: [
      L.dense({ units: 10, inputShape: [6], activation: 'relu' }),
      L.dropout({ rate: 0.5, name: 'noise' }),
      L.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  return seedWeights(tf.sequential({ layers: [features, head] }), 5) as tf.LayersModel;
}

async function savedIn(folder: string, model: tf.LayersModel, weights?: 'float16' | 'uint8') {
  const path = join(folder, 'teacher');
  await model.save(modelFiles(path, weights && { weights }));
  return path;
}

async function simplified(...args: string[]) {
  const ended = await fuseinit(['simplify', ...args, ...quick]);
  return { ...ended, data: JSON.parse(ended.stdout) as Simplification & { error?: { code: string } } };
}

/** Largest difference of two models' outputs on seeded images. */
function furthest(model: tf.LayersModel, other: tf.LayersModel | tf.GraphModel, length = 16): number {
  const { data, shape } = seededData([3, length, length, 3], 2);
  return tf.tidy(() => {
    const images = tf.tensor(data, [...shape]);
    const [expected, actual] = [model, other].map((each) => each.predict(images) as tf.Tensor);
    return (tf.max(tf.abs(tf.sub(expected!, actual!))) as tf.Scalar).dataSync()[0]!;
  });
}

test('a nested model with batch norms becomes a LayersModel or a GraphModel that predicts the same', async () => {
  const folder = emptyFolder();
  const model = nested();
  model.setUserDefinedMetadata({ labels: ['a', 'b', 'c'] });
  const teacher = await savedIn(folder, model);

  const layers = await simplified(teacher, '-o', join(folder, 'layers'));
  expect(layers).toMatchObject({ code: 0, stderr: expect.stringMatching(/"head\/noise".* training/) });
  expect(layers.data.applied.map(({ rule }) => rule)).toContain('scale-into-before');
  const written = await tf.loadLayersModel(modelFiles(join(folder, 'layers')));
  // Softmax outputs, computed in float32 by way of other weights.
  expect(furthest(model, written)).toBeLessThan(1e-6);
  expect(written.getUserDefinedMetadata()).toEqual({ labels: ['a', 'b', 'c'] });
  // Four batch norms and the dropout go. ReLU6 stays a layer, in which form TensorFlow.js computes it faster.
  expect([layers.data.before.layers, layers.data.after.layers]).toEqual([16, 11]);

  const graph = await simplified(teacher, '--format', 'graph', '-o', join(folder, 'graph'));
  expect(graph.code).toBe(0);
  expect(graph.data).toMatchObject({ format: 'graph', weights: 'float32', lengths: [] });
  const { difference, before, after } = graph.data;
  expect(difference.exact).toBeLessThanOrEqual(difference.explained);
  expect(after.kernels).toBeLessThan(layers.data.after.kernels);
  expect(layers.data.after.kernels).toBeLessThan(before.kernels);
  const operations = await tf.loadGraphModel(graphModelFiles(join(folder, 'graph')));
  expect(furthest(model, operations)).toBeLessThan(1e-6);
  expect(operations.metadata).toEqual({ labels: ['a', 'b', 'c'] });
  expect((await readdir(folder)).sort()).toEqual(['graph', 'layers', 'teacher']);

  const again = await simplified(join(folder, 'layers'), '-o', join(folder, 'again'));
  expect([again.code, again.data.before.layers, again.data.after.layers]).toEqual([0, 11, 11]);
});

test('a model in which nothing can be rewritten is written as it is', async () => {
  const folder = emptyFolder();
  const ended = await fuseinit(['simplify', mnistModel, '-o', join(folder, 'out'), ...quick.slice(0, -1)]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/There was nothing to rewrite/);
});

test('weights stay in the type that they came in, where it is fine enough', async () => {
  const folder = emptyFolder();
  const model = nested();
  const half = await savedIn(folder, model, 'float16');
  const kept = await simplified(half, '--format', 'graph', '-o', join(folder, 'half'));
  expect(kept.data).toMatchObject({ weights: 'float16', difference: { stored: expect.any(Number) } });
  expect(kept.data.difference.stored).toBeGreaterThan(kept.data.difference.exact);
  const loaded = await tf.loadGraphModel(graphModelFiles(join(folder, 'half')));
  // Numbers of 11 bits in the teacher and again after folding.
  expect(furthest(model, loaded)).toBeLessThan(0.01);

  // Folding multiplies one channel by a hundred: steps of one size no longer do for the others.
  const uneven = tf.sequential({
    layers: [
      L.depthwiseConv2d({ kernelSize: 3, inputShape: [8, 8, 3], useBias: false }),
      L.batchNormalization({ center: false, epsilon: 0 }),
      L.dense({ units: 2 }),
    ],
  });
  seedWeights(uneven, 3);
  const [norm, dense] = uneven.layers.slice(1);
  norm!.setWeights([tf.ones([3]), tf.zeros([3]), tf.tensor1d([1e-4, 1, 1])]);
  dense!.setWeights([tf.tensor2d([0, 0, 1, -1, 1, 2], [3, 2]), tf.zeros([2])]);
  await uneven.save(modelFiles(join(folder, 'uneven'), { weights: 'uint8' }));
  const finer = await simplified(join(folder, 'uneven'), '-o', join(folder, 'finer'));
  expect(finer.data.weights).not.toBe('uint8');
  expect(finer.stderr).toMatch(/stored as float16: as uint8, like the model's/);
  const asked = await simplified(join(folder, 'uneven'), '--weights', 'uint8', '-o', join(folder, 'asked'));
  expect(asked).toMatchObject({ code: 0, data: { weights: 'uint8', finerWeights: [] } });
  expect(asked.stderr).toMatch(/choose finer --weights, such as float16/);
});

test('a model of open lengths is checked at two of them', async () => {
  const folder = emptyFolder();
  const model = nested(null);
  const teacher = await savedIn(folder, model);
  const { code, data } = await simplified(teacher, '--format', 'graph', '-o', join(folder, 'graph'));
  expect([code, data.lengths, data.before.latency.first]).toEqual([0, [32, 47], null]);
  const loaded = await tf.loadGraphModel(graphModelFiles(join(folder, 'graph')));
  for (const length of [9, 20]) expect(furthest(model, loaded, length)).toBeLessThan(1e-6);
});

test('weights that aren’t finite are left alone, and said', async () => {
  const folder = emptyFolder();
  const model = tf.sequential({
    layers: [
      L.dense({ name: 'broken', units: 3, inputShape: [4] }),
      L.batchNormalization({ name: 'norm' }),
      L.dense({ units: 2 }),
    ],
  });
  seedWeights(model, 1);
  const [kernel, bias] = model.layers[0]!.getWeights();
  model.layers[0]!.setWeights([kernel!.mul(Number.NaN), bias!]);
  const teacher = await savedIn(folder, model);
  const { code, stderr } = await simplified(teacher, '-o', join(folder, 'out'));
  expect([code, stderr]).toEqual([0, expect.stringMatching(/"broken".*aren't finite/)]);
});

test('it is compared on data where there are some, and keeps the metadata beside the model', async () => {
  const folder = await emptyFolder();
  const teacher = await savedIn(folder, nested());
  await writeFile(join(teacher, 'metadata.json'), '{"labels":["a","b","c"]}');
  const { data, shape } = seededData([20, 16, 16, 3], 7);
  await writeFile(join(folder, 'images.npy'), npyFile(Float32Array.from(data), shape));
  const out = join(folder, 'out');
  const done = await simplified(teacher, '--data', join(folder, 'images.npy'), '--limit', '17', '-o', out);
  expect(done).toMatchObject({
    code: 0,
    data: { comparedOn: expect.stringMatching(/^17 samples of .*npy$/) },
  });
  const { exact, explained } = done.data.difference;
  expect(exact).toBeGreaterThan(0);
  expect(exact).toBeLessThanOrEqual(explained);
  expect(await readFile(join(out, 'metadata.json'), 'utf8')).toBe('{"labels":["a","b","c"]}');
});

test('with data, what rounding to uint8 changes is corrected, in both formats', async () => {
  const folder = emptyFolder();
  const teacher = await savedIn(folder, nested());
  // Neighbouring pixels are nearly equal, so that one weight can take up the rounding error of another.
  const images = tf.tidy(() => {
    const { data } = seededData([80, 4, 4, 3], 7);
    return tf.tensor4d(Float32Array.from(data), [80, 4, 4, 3]).resizeBilinear([16, 16]);
  });
  const path = join(folder, 'images.npy');
  await writeFile(path, npyFile((await images.data()) as Float32Array, images.shape));
  const asUint8 = (...args: string[]) => simplified(teacher, '--weights', 'uint8', ...args);
  const plain = await asUint8('-o', join(folder, 'plain'));
  expect([plain.code, plain.data.rounded]).toEqual([0, []]);
  for (const format of ['layers', 'graph']) {
    const { code, data } = await asUint8('--data', path, '--format', format, '-o', join(folder, format));
    expect([code, data.weights, data.comparedOn]).toEqual([0, 'uint8', expect.stringMatching(/^64 samples/)]);
    const applied = data.rounded.filter((layer) => layer.applied);
    expect(applied.length).toBeGreaterThan(data.rounded.length / 2);
    for (const { corrected, nearest } of applied) expect(corrected).toBeLessThan(nearest);
  }
  // The error of the outputs over all images, as relative MSE, by the files that were written.
  const [corrected, rounded] = await Promise.all(
    ['layers', 'plain'].map(async (name) => {
      const model = await tf.loadLayersModel(modelFiles(join(folder, name)));
      return tf.tidy(() => {
        const [expected, actual] = [nested(), model].map((each) => each.predict(images) as tf.Tensor);
        return tf.mean(tf.squaredDifference(expected!, actual!)).dataSync()[0]!;
      });
    }),
  );
  expect(corrected).toBeLessThan(rounded!);
});

test('words before an Embedding are drawn among those that there are', async () => {
  const folder = emptyFolder();
  const model = tf.sequential({
    layers: [
      L.embedding({ inputDim: 5, outputDim: 4, inputLength: 6 }),
      L.globalAveragePooling1d({}),
      L.dense({ units: 3 }),
      L.batchNormalization({}),
    ],
  });
  const teacher = await savedIn(folder, seedWeights(model, 4) as tf.LayersModel);
  expect(await simplified(teacher, '-o', join(folder, 'out'))).toMatchObject({ code: 0, stderr: '' });
});

test('what is refused writes nothing', async () => {
  const folder = emptyFolder();
  const recurrent = tf.sequential({ layers: [L.lstm({ name: 'memory', units: 2, inputShape: [3, 2] })] });
  const teacher = await savedIn(folder, seedWeights(recurrent, 1) as tf.LayersModel);
  const large = tf.sequential({ layers: [L.dense({ name: 'large', units: 2, inputShape: [2] })] });
  large.setWeights([tf.fill([2, 2], 1e5), tf.zeros([2])]);
  await large.save(modelFiles(join(folder, 'large')));
  await mkdir(join(folder, 'taken'));
  await writeFile(join(folder, 'taken', 'notes'), 'mine');
  const out = join(folder, 'out');
  const cases: [string[], number, string, RegExp][] = [
    [[teacher, '--format', 'graph', '-o', out], 1, 'LAYER_UNSUPPORTED', /"memory"/],
    [[join(folder, 'large'), '--weights', 'float16', '-o', out], 1, 'PRECISION_TOO_LOW', /"large\/kernel"/],
    [[teacher, '-o', join(folder, 'taken')], 1, 'OUTPUT_EXISTS', /taken/],
    [[teacher, '--weights', 'int4', '-o', out], 2, 'USAGE', /uint8/],
    [[teacher], 2, 'USAGE', /--output/],
    [[join(folder, 'nowhere'), '-o', out], 1, 'MODEL_FILE_MISSING', /nowhere/],
  ];
  for (const [args, code, name, message] of cases) {
    const ended = await simplified(...args);
    expect([ended.code, ended.data.error]).toEqual([
      code,
      { code: name, message: expect.stringMatching(message) },
    ]);
  }
  expect((await readdir(folder)).sort()).toEqual(['large', 'taken', 'teacher']);
  expect(await readdir(join(folder, 'taken'))).toEqual(['notes']);
});

test('with --force the model in a folder is replaced, by one of the other format too', async () => {
  const folder = emptyFolder();
  const model = nested();
  const teacher = await savedIn(folder, model);
  const out = join(folder, 'out');
  await model.save(modelFiles(out));
  await writeFile(join(out, 'notes'), 'mine');
  const { code } = await simplified(teacher, '--format', 'graph', '--force', '-o', out);
  expect(code).toBe(0);
  expect(await readdir(out)).toHaveLength(3);
  expect(await readFile(join(out, 'notes'), 'utf8')).toBe('mine');
  expect(furthest(model, await tf.loadGraphModel(graphModelFiles(out)))).toBeLessThan(1e-6);
});

test('Ctrl-C leaves nothing, and the exit code of an interruption', async () => {
  const folder = emptyFolder();
  const teacher = await savedIn(folder, nested(160));
  const running = start(['simplify', teacher, '-o', join(folder, 'out'), '--backend', 'cpu']);
  while (!(await readdir(folder)).some((name) => name.startsWith('.out.'))) await setTimeout(1);
  running.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, killedBy: null, stdout: '' });
  expect(await readdir(folder)).toEqual(['teacher']);
}, 60_000);
