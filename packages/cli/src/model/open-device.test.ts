import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '@fuseinit/model-files';
import { npyFile } from '@fuseinit/test-inputs/array-files';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { seededData, seedWeights } from '@fuseinit/test-inputs/seeded-models';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { fuseinit } from '../testing-support/fuseinit.test-support.js';

/** A module as users write it, except that it lies outside of a project with @fuseinit/core. */
const plugin = `
import { defineLayer, mapElements } from ${JSON.stringify(import.meta.resolve('@fuseinit/core'))};

export const halving = defineLayer({
  specVersion: 1,
  classNames: ['Halving'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_layer, input) => mapElements(input, (x) => x / 2),
});

export function register(tf) {
  class Halving extends tf.layers.Layer {
    static className = 'Halving';
    call(inputs) {
      return tf.tidy(() => tf.div([inputs].flat()[0], 2));
    }
  }
  tf.serialization.registerClass(Halving);
}
`;

class Halving extends tf.layers.Layer {
  static readonly className = 'Halving';
}

async function modelWithCustomLayer(folder: string) {
  await tf.setBackend('cpu');
  tf.serialization.registerClass(Halving);
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'first', units: 6, inputShape: [4] }),
      new Halving({ name: 'halved' }),
      tf.layers.dense({ name: 'second', units: 3 }),
    ],
  });
  const [teacher, data, module] = ['teacher', 'data.npy', 'halving.mjs'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  await seedWeights(model, 4).save(modelFiles(teacher));
  const inputs = seededData([60, 4], 3);
  await writeFile(data, npyFile(Float32Array.from(inputs.data), inputs.shape));
  await writeFile(module, plugin);
  return { teacher, data, module };
}

test('a span with a custom layer is fused by the plugin of a module that registers its class', async () => {
  const folder = await emptyFolder();
  const { teacher, data, module } = await modelWithCustomLayer(folder);
  const asked = ['--backend', 'cpu', '--no-report', '--json'];
  const fused = ['fuse', teacher, '--data', data, '--spans', 'first:second', ...asked];
  const { code, stdout } = await fuseinit([...fused, '--plugin', module, '-o', join(folder, 'student')]);
  expect(code).toBe(0);
  const { fused: report } = JSON.parse(stdout) as {
    fused: { spans: { layers: string[] }[]; outputRelativeMse: { relativeMse: number }[] };
  };
  expect(report.spans.map(({ layers }) => layers)).toEqual([['first', 'halved', 'second']]);
  // All three layers are linear, so that one dense layer computes the same but for rounding of float32.
  expect(report.outputRelativeMse[0]!.relativeMse).toBeLessThan(1e-10);

  const without = await fuseinit([...fused, '-o', join(folder, 'other')]);
  expect(JSON.parse(without.stdout)).toMatchObject({
    error: { code: 'MODEL_UNSUPPORTED', message: expect.stringMatching(/Halving.*--plugin/s) },
  });
  const { stdout: inspected } = await fuseinit(['inspect', teacher, '--plugin', module, '--json']);
  expect(JSON.parse(inspected)).toMatchObject({ spans: [{ from: 'first', to: 'second' }] });
});

test.each([
  ['missing.mjs', undefined, /can't be loaded.*path of a JavaScript module/],
  ['@acme/no-such-plugin', undefined, /can't be loaded.*no-such-plugin.*a package installed here/],
  ['broken.mjs', 'export const = 1;', /can't be loaded/],
  ['other.mjs', 'export const answer = 42;', /exports answer: what defineLayer/],
])('%s is refused as a plugin', async (name, text, message) => {
  const module = text === undefined ? name : join(await emptyFolder(), name);
  if (text !== undefined) await writeFile(module, text);
  const { code, stdout } = await fuseinit(['inspect', 'no-model', '--plugin', module, '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'PLUGIN_INVALID', message: expect.stringMatching(message) },
  });
});
