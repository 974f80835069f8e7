import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import type { FusionReport } from '@fuseinit/report';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fuseinit } from '../../testing-support/fuseinit.test-support.js';

test('a model of open height and width is fused, timed and reported at the size of the data', async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  const folder = await emptyFolder();
  const conv = (name: string, filters: number, more = {}) =>
    tf.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', ...more });
  const layers = [
    conv('first', 4, { inputShape: [null, null, 2], activation: 'relu' }),
    conv('second', 4, { activation: 'relu' }),
    conv('last', 2),
  ];
  const [teacher, path, out] = ['teacher', 'data.npy', 'student'].map((name) => join(folder, name));
  await seedWeights(tf.sequential({ layers }), 4).save(modelFiles(teacher!));
  const { data, shape } = seededData([40, 12, 10, 2], 5);
  await writeFile(path!, npyFile(Float32Array.from(data), shape));
  const asked = ['fuse', teacher!, '--data', path!, '--backend', 'wasm', '--spans', 'first:second@3'];
  expect(await fuseinit([...asked, '-o', out!])).toMatchObject({ code: 0 });
  const student = await tf.loadLayersModel(modelFiles(out!));
  expect(student.inputs[0]!.shape).toEqual([null, null, null, 2]);
  const report = JSON.parse(await readFile(join(out!, 'report.json'), 'utf8')) as FusionReport;
  // 120 positions of 9 pixels: 2 to 4 channels, 4 to 4, 4 to 2; then 2 to 4 and 4 to 2.
  expect(report.teacher.cost.multiplyAdds).toBe(120 * 9 * (8 + 16 + 8));
  expect(report.student.cost.multiplyAdds).toBe(120 * 9 * (8 + 8));
  expect(report.latency!.student.warm.median).toBeGreaterThan(0);
});
