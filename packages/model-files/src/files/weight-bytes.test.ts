import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf, { type io } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { modelFiles } from '../model-files.js';
import { weightBytes } from './weight-bytes.js';

test('quantized weights in several groups and files are decoded to what they stand for', async () => {
  const folder = emptyFolder();
  const dense = (name: string, extra: object) => ({
    class_name: 'Dense',
    config: { name, units: 2, activation: 'linear', use_bias: true, ...extra },
  });
  const layers = [dense('one', { batch_input_shape: [null, 2] }), dense('two', {})];
  const weightsManifest = [
    {
      paths: ['a', 'b'],
      weights: [
        {
          name: 'one/kernel',
          shape: [2, 2],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
        },
        {
          name: 'one/bias',
          shape: [2],
          dtype: 'float32',
          quantization: { dtype: 'float16', original_dtype: 'float32' },
        },
      ],
    },
    {
      paths: ['c'],
      weights: [
        {
          name: 'two/kernel',
          shape: [2, 2],
          dtype: 'float32',
          quantization: { dtype: 'uint16', scale: 1, min: 0 },
        },
        { name: 'two/bias', shape: [2], dtype: 'float32' },
      ],
    },
  ];
  // 1.5 and -2 in half precision; the border between two files falls inside a weight.
  const first = Buffer.from([0, 2, 4, 6, 0x00, 0x3e, 0x00, 0xc0]);
  await writeFile(join(folder, 'a'), first.subarray(0, 5));
  await writeFile(join(folder, 'b'), first.subarray(5));
  const second = Buffer.concat([
    Buffer.from(new Uint16Array([1, 0, 0, 300]).buffer),
    Buffer.from(new Float32Array([0.25, 8]).buffer),
  ]);
  await writeFile(join(folder, 'c'), second);
  const modelTopology = { class_name: 'Sequential', config: { name: 'quantized', layers } };
  await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));

  const model = await tf.loadLayersModel(modelFiles(folder));
  expect(model.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual([
    [-1, 0, 1, 2],
    [1.5, -2],
    [1, 0, 0, 300],
    [0.25, 8],
  ]);
});

test.each([
  [{ shape: [2, -1], dtype: 'float32' }, /shape \[2,-1\]/],
  [{ shape: 'many', dtype: 'float32' }, /shape "many"/],
  [{ shape: [1], dtype: 'string' }, /of type string: float32, int32, bool, complex64 can be read/],
  [{ shape: [1], dtype: 'uint32' }, /of type uint32/],
  [{ shape: [1], dtype: 'float32', quantization: { dtype: 'int4' } }, /quantized to int4/],
  [{ shape: [1], dtype: 'float32', quantization: { dtype: 'uint8', min: 0 } }, /without its min and scale/],
  [{ shape: [1], dtype: 'int32', quantization: { dtype: 'float16' } }, /knows no such thing/],
])('%j is refused', async (spec, message) => {
  const specs = [{ name: 'dense/kernel', ...spec } as unknown as io.WeightsManifestEntry];
  const error = await refusalOf(() => weightBytes(specs));
  expect([error.code, error.message]).toEqual(['MODEL_FILE_INVALID', expect.stringMatching(message)]);
  expect(error.message).toContain('Weight dense/kernel');
});
