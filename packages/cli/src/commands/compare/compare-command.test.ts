import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fuseinit } from '../../testing-support/fuseinit.test-support.js';
import type { ThreeNetworks } from '../fuse/network-figures.js';

test('any two models are measured on the same samples, all of them', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const folder = await emptyFolder();
  const { data, shape } = seededData([40, 5], 2);
  const model = async (units: number, seed: number) => {
    const layers = [
      tf.layers.dense({ units, activation: 'tanh', inputShape: [5] }),
      tf.layers.dense({ units: 3, activation: 'softmax' }),
    ];
    const made = seedWeights(tf.sequential({ layers }), seed) as tf.LayersModel;
    await made.save(modelFiles(join(folder, String(units))));
    const answers = (made.predict(tf.tensor(data, [...shape])) as tf.Tensor).argMax(-1).dataSync();
    return { path: join(folder, String(units)), answers: [...answers] };
  };
  const [first, second] = [await model(4, 1), await model(9, 2)];
  const [inputs, labels] = [join(folder, 'x.npy'), join(folder, 'y.npy')];
  await writeFile(inputs, npyFile(Float32Array.from(data), shape));
  // The first model is always right.
  await writeFile(labels, npyFile(Int32Array.from(first.answers), [40]));
  const page = join(folder, 'compared.html');
  const asked = [
    'compare',
    first.path,
    second.path,
    '--data',
    inputs,
    '--labels',
    labels,
    '--task',
    'classes',
  ];
  const { code, stdout } = await fuseinit([...asked, '-o', page, '--json', '--backend', 'wasm']);
  expect(code).toBe(0);
  const { networks } = JSON.parse(stdout) as { networks: ThreeNetworks };
  const same = first.answers.filter((answer, row) => answer === second.answers[row]).length / 40;
  expect(networks.teacher).toMatchObject({ accuracy: 1, cost: { parameters: 24 + 15 } });
  expect(networks.student).toMatchObject({ accuracy: same, agreement: same, cost: { parameters: 54 + 30 } });
  expect(same).toBeLessThan(1);
  expect(await readFile(page, 'utf8')).toContain('Nothing was fused');
}, 60_000);
