import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import type { FusionReport } from '@fuseinit/report';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import type { RoundedLayer } from '@fuseinit/tfjs/internal';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { fuseinit } from '../../testing-support/fuseinit.test-support.js';
import type { ThreeNetworks } from './network-figures.js';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const L = tf.layers;
const quick = ['--backend', 'wasm', '--json'];

/** Two convolutions, each with its batch norm and activation, and a dense layer, as they are trained. */
async function savedTeacher(folder: string): Promise<{ teacher: string; data: string }> {
  const conv = (name: string, more = {}) =>
    L.conv2d({ name, filters: 4, kernelSize: 3, useBias: false, ...more });
  const model = seedWeights(
    tf.sequential({
      name: 'trained',
      layers: [
        conv('conv1', { inputShape: [10, 10, 2] }),
        L.batchNormalization({ name: 'norm1' }),
        L.activation({ name: 'relu1', activation: 'relu' }),
        conv('conv2'),
        L.batchNormalization({ name: 'norm2' }),
        L.activation({ name: 'relu2', activation: 'relu' }),
        L.dropout({ name: 'noise', rate: 0.2 }),
        L.flatten({ name: 'flat' }),
        L.dense({ name: 'out', units: 3, activation: 'softmax' }),
      ],
    }),
    4,
  ) as tf.LayersModel;
  model.setUserDefinedMetadata({ author: 'somebody' } as never);
  const [teacher, path] = [join(folder, 'teacher'), join(folder, 'data.npy')];
  await model.save(modelFiles(teacher));
  await writeFile(join(teacher, 'metadata.json'), JSON.stringify({ labels: ['cat', 'dog', 'owl'] }));
  const { data, shape } = seededData([60, 10, 10, 2], 3);
  await writeFile(path, npyFile(Float32Array.from(data), shape));
  return { teacher, data: path };
}

test('spans go by the names of the teacher as given, which stands beside its simplified form everywhere', async () => {
  const folder = await emptyFolder();
  const { teacher, data } = await savedTeacher(folder);
  const out = join(folder, 'student');
  const { code, stdout } = await fuseinit([
    ...['fuse', teacher, '--data', data, '--spans', 'conv1:noise', '-o', out, ...quick],
    ...['--format', 'graph', '--weights', 'uint8'],
  ]);
  expect(code).toBe(0);
  const { networks, fused, ...saved } = JSON.parse(stdout) as {
    networks: ThreeNetworks;
    fused: { spans: { layers: string[] }[] };
    difference: number;
    rounded: RoundedLayer[];
  };
  expect(saved).toMatchObject({ format: 'graph', weights: 'uint8', finerWeights: [] });
  // The samples are noise, whose pixels have nothing in common that the convolution could use.
  expect(saved.rounded.map(({ name, applied }) => [name, applied])).toEqual([
    ['conv1_conv2', false],
    ['out', true],
  ]);
  // Rounding to 256 steps, of which the largest number has 128, and what that comes to.
  expect(saved.difference).toBeGreaterThan(1e-5);
  expect(saved.difference).toBeLessThan(0.01);
  // conv1, norm1 and relu1 are one layer of the simplified teacher, conv2 and all behind it the other.
  expect(fused.spans.map(({ layers }) => layers)).toEqual([['conv1', 'conv2']]);
  const parameters = [networks.given!, networks.teacher, networks.student].map(({ cost }) => cost.parameters);
  // Kernels of 72 and 144, a dense layer of 435; batch norms of 16 each become biases of 4; one kernel of
  // 5x5x2x4 and a bias.
  expect(parameters).toEqual([72 + 144 + 32 + 435, 72 + 144 + 8 + 435, 200 + 4 + 435]);
  expect(networks.given).toMatchObject({
    agreement: 1,
    latency: { first: null, warm: { count: expect.any(Number) } },
  });

  const report = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as FusionReport;
  expect(report.given).toMatchObject({ name: 'trained', agreement: 1, cost: { parameters: parameters[0] } });
  expect(report.given!.relativeMse[0]).toBeLessThan(1e-9);
  expect([report.latency!.format, report.classNames]).toEqual(['graph', ['cat', 'dog', 'owl']]);
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('teacher as given');
  expect(JSON.parse(await readFile(join(out, 'metadata.json'), 'utf8'))).toMatchObject({
    labels: ['cat', 'dog', 'owl'],
  });

  const student = await tf.loadGraphModel(graphModelFiles(out));
  expect(student.metadata).toEqual({ author: 'somebody' });
  const held = report.disagreements[0]!;
  const rows = seededData([60, 10, 10, 2], 3).data;
  // The held-out samples are in the order of the file.
  const seen = Array.from({ length: 60 }, (_, row) => {
    const image = tf.tensor(rows.slice(200 * row, 200 * (row + 1)), [1, 10, 10, 2]);
    return [...(student.predict(image) as tf.Tensor).dataSync()];
  });
  const [values] = held.outputs.map((output) => [...output.student]);
  const nearest = seen.map((row) => Math.max(...row.map((value, at) => Math.abs(value - values![at]!))));
  // What is reported is what is saved, weights of 8 bits and all.
  expect(Math.min(...nearest)).toBeLessThan(1e-5);
}, 120_000);

test('the teacher is taken as it is where nobody wants it simplified, and metadata that are there stay', async () => {
  const folder = await emptyFolder();
  const { teacher, data } = await savedTeacher(folder);
  const asked = ['fuse', teacher, '--data', data, '--no-simplify', '--no-report', ...quick];
  const out = join(folder, 'student');
  const fused = await fuseinit([...asked, '--spans', 'conv1:conv2', '-o', out]);
  expect(JSON.parse(fused.stdout)).toMatchObject({ networks: { given: null }, weights: 'float32' });
  await writeFile(join(out, 'metadata.json'), '{}');
  expect(await fuseinit([...asked, '--spans', 'conv1:conv2', '-o', out, '--force'])).toMatchObject({
    code: 0,
  });
  expect(await readFile(join(out, 'metadata.json'), 'utf8')).toBe('{}');
}, 120_000);
