import { referenceBackend } from '@fuseinit/core';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LayersModel } from '../tensorflow.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

function convNet(): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'conv1',
        filters: 3,
        kernelSize: 3,
        activation: 'relu',
        inputShape: [6, 6, 2],
      }),
      tf.layers.conv2d({ name: 'conv2', filters: 3, kernelSize: 3, activation: 'relu' }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense', units: 2 }),
    ],
  });
  return seedWeights(model, 21);
}

const images = seededData([24, 6, 6, 2], 22);
const span = { from: 'conv1', to: 'conv2' };
const withValue = (value: number) => {
  const data = images.data.slice();
  // The value is in sample 13, which belongs to the second batch of 8.
  data[13 * 72 + 5] = value;
  return { data, shape: images.shape };
};

let teacher: LayersModel;
let before: string;
let tensorsBefore = 0;
beforeEach(() => {
  teacher = convNet();
  before = fingerprint(teacher);
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  expect(fingerprint(teacher)).toBe(before);
  teacher.dispose();
});

const refusal = (options: Partial<FuseOptions>) =>
  refusalOf(() => fuse(teacher, { tf, spans: [span], calibrationData: images, batchSize: 8, ...options }));

describe('calibration data', () => {
  test.each([
    [
      'another size',
      { data: new Float32Array(4 * 5 * 5 * 2), shape: [4, 5, 5, 2] },
      /\[4,5,5,2\] came where the model reads \[batch, 6, 6, 2\]/,
    ],
    ['no batch axis', { data: new Float32Array(72), shape: [6, 6, 2] }, /batch axis missing/],
    [
      'fewer numbers than the shape says',
      { data: new Float32Array(71), shape: [1, 6, 6, 2] },
      /71 numbers .* has 72/,
    ],
    ['two inputs for one', [images, images], /for 2 inputs came; the model reads 1/],
  ] as const)('%s: SHAPE_MISMATCH', async (_name, calibrationData, message) => {
    const error = await refusal({ calibrationData });
    expect(error.code).toBe('SHAPE_MISMATCH');
    expect(error.message).toMatch(message);
  });

  test.each([
    ['no sample', { data: new Float32Array(0), shape: [0, 6, 6, 2] }],
    ['an iterable of nothing', (async function* () {})()],
  ])('%s: CALIBRATION_DATA_EMPTY', async (_name, calibrationData) => {
    expect((await refusal({ calibrationData })).code).toBe('CALIBRATION_DATA_EMPTY');
  });

  test.each([
    ['a string', 'images.npy'],
    ['nothing', undefined],
    ['a plain object', {}],
    ['a number', 3],
  ])('%s: CALIBRATION_DATA_UNSUPPORTED', async (_name, calibrationData) => {
    expect((await refusal({ calibrationData: calibrationData as never })).code).toBe(
      'CALIBRATION_DATA_UNSUPPORTED',
    );
  });

  test('a disposed tensor: CALIBRATION_DATA_UNSUPPORTED', async () => {
    const tensor = tf.zeros([4, 6, 6, 2]);
    tensor.dispose();
    expect((await refusal({ calibrationData: tensor })).code).toBe('CALIBRATION_DATA_UNSUPPORTED');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%d: VALUE_NOT_FINITE, batch and tap named',
    async (value) => {
      const error = await refusal({ calibrationData: withValue(value) });
      expect(error.code).toBe('VALUE_NOT_FINITE');
      expect(error.message).toMatch(/^Batch 1 .* in the input at "conv1_conv2"/);
    },
  );

  test('one row in all, or fewer than inputs at ridge 0: SAMPLES_TOO_FEW', async () => {
    const dense = { from: 'conv2', to: 'dense' };
    const few = { data: images.data.subarray(0, 72), shape: [1, 6, 6, 2] };
    const one = await refusal({ spans: [dense], calibrationData: few });
    expect(one.code).toBe('SAMPLES_TOO_FEW');
    expect(one.message).toMatch(/one row has no variance/);
    const atRidge0 = await refusal({ spans: [dense], ridge: 0 });
    expect(atRidge0.code).toBe('SAMPLES_TOO_FEW');
    expect(atRidge0.message).toMatch(/16 samples give 16 rows for 48 inputs .* 49 samples or more/);
  });
});

describe('spans', () => {
  test.each([
    [
      'a layer that is not there',
      [{ from: 'conv1', to: 'conv9' }],
      'SPAN_NOT_FOUND',
      /no layer "conv9"\. Did you mean "conv1"\? It has conv1_input, conv1/,
    ],
    ['the wrong way round', [{ from: 'conv2', to: 'conv1' }], 'SPAN_NOT_FOUND', /first must come before/],
    ['one layer alone', [{ from: 'conv2', to: 'conv2' }], 'SPAN_NOT_FOUND', /no two layers/],
    ['an end that is none', [{ from: 'conv2', to: 'flatten' }], 'SPAN_ILLEGAL', /can end at "dense"/],
    [
      'a start that is none',
      [{ from: 'flatten', to: 'dense' }],
      'SPAN_ILLEGAL',
      /begins with a dense layer or a conv/,
    ],
    [
      'two that overlap',
      [span, { from: 'conv2', to: 'dense' }],
      'SPAN_ILLEGAL',
      /both hold the layer "conv2"/,
    ],
    ['none', [], 'ARGUMENT_INVALID', /spans is empty/],
    [
      'a kernel size for a dense layer',
      [{ from: 'conv2', to: 'dense', kernelSize: 3 }],
      'ARGUMENT_INVALID',
      /from "conv2" to "dense" becomes a Dense, which has no kernel to size: leave kernelSize 3 out/,
    ],
  ] as const)('%s: refused in words', async (_name, spans, code, message) => {
    const error = await refusal({ spans });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('a kernel larger than the receptive field: KERNEL_TOO_LARGE with both sizes', async () => {
    const error = await refusal({ kernelSize: 7 });
    expect(error.code).toBe('KERNEL_TOO_LARGE');
    expect(error.message).toMatch(/7.*5/);
  });

  test.each([0, -3, 2.5, Number.NaN, [3], [3, 3, 3], '3'])('kernelSize %j is refused', async (kernelSize) => {
    expect((await refusal({ kernelSize: kernelSize as never })).code).toBe('ARGUMENT_INVALID');
  });
});

describe('options', () => {
  test.each([
    ['tf', undefined],
    ['ridge', -1],
    ['ridge', Number.NaN],
    ['ridge', 'best'],
    ['channelCoupling', 'half'],
    ['propagate', 'both'],
    ['refit', 'upstream'],
    ['batchSize', 0],
    ['samples', 0],
    ['samples', 1.5],
    ['samples', 'all'],
    ['backend', { name: 'fast' }],
    ['backend', { ...referenceBackend, linearAlgebra: { name: 'fast' } }],
    ['heldOut', 0.9],
    ['heldOut', Number.NaN],
  ])('%s: %j is refused by name', async (name, value) => {
    const error = await refusal({ [name]: value });
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toContain(name);
  });

  test("samples 'auto' needs held-out samples", async () => {
    const error = await refusal({ samples: 'auto', heldOut: 0 });
    expect(error.code).toBe('ARGUMENT_INVALID');
    expect(error.message).toMatch(/heldOut is 0: more than 0 for samples 'auto'/);
  });

  test('no options at all are refused', async () => {
    expect((await refusalOf(() => fuse(teacher, undefined as never))).code).toBe('ARGUMENT_INVALID');
  });
});

describe('abort', () => {
  test('before the start', async () => {
    expect((await refusal({ signal: AbortSignal.abort() })).code).toBe('ABORTED');
  });

  test.each(['fuse', 'refit', 'compare'] as const)('while at work: %s', async (stage) => {
    const controller = new AbortController();
    let after = 0;
    const error = await refusal({
      signal: controller.signal,
      onProgress: (progress) => {
        if (controller.signal.aborted) after++;
        else if (progress.stage === stage) controller.abort();
      },
    });
    expect(error.code).toBe('ABORTED');
    expect(after).toBe(0);
  });
});

test('an error of the caller passes through as it is, with nothing left behind', async () => {
  async function* failing() {
    yield images;
    throw new RangeError('the disk is gone');
  }
  await expect(fuse(teacher, { tf, spans: [span], calibrationData: failing() })).rejects.toThrow(
    'the disk is gone',
  );
});
