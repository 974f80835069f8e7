import '@fuseinit/test-inputs/start-wasm';
import { predictionDistance, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectStatistics } from '../collect/collect-statistics.js';
import { fuse } from '../fuse/fuse.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { Layer, LayersModel } from '../tensorflow.js';
import { repairKernels } from './repair-kernels.js';
import { kernelWarnings } from './require-sound-kernels.js';

let models: LayersModel[] = [];

beforeEach(() => {
  models = [];
});

afterEach(async () => {
  models.forEach(disposeModel);
  await tf.setBackend('cpu');
});

/** A model with two dense layers after the given layers. */
function teacherOf(...layers: unknown[]): LayersModel {
  const model = tf.sequential({
    layers: [
      ...(layers as Layer[]),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'a', units: 4, activation: 'relu' }),
      tf.layers.dense({ name: 'b', units: 2 }),
    ],
  });
  seedWeights(model, 3);
  models.push(model);
  return model;
}

const options = (teacher: LayersModel) => ({
  tf,
  spans: [{ from: 'a', to: 'b' }],
  calibrationData: seededData([60, ...teacher.inputs[0]!.shape.slice(1).map(Number)], 2),
});

async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    const { code, layerName, message } = error as { code: string; layerName: string; message: string };
    return `${code} ${layerName}: ${message}`;
  }
}

const fused = (teacher: LayersModel) =>
  outcome(async () => models.push((await fuse(teacher, options(teacher))).student));

const conv = () => tf.layers.conv2d({ filters: 2, kernelSize: [1, 3], strides: 2, padding: 'same' });

const unsound: readonly [name: string, layers: () => unknown[], backends: string[], message: RegExp][] = [
  [
    'conv',
    () => [
      tf.layers.conv2d({
        name: 'it',
        filters: 2,
        kernelSize: [1, 3],
        strides: 2,
        padding: 'same',
        inputShape: [4, 4, 2],
      }),
    ],
    ['wasm'],
    /Conv2D "it".*issues 8405, 5907, 6629.*or use cpu or webgl or tfjs-node\./,
  ],
  [
    'a convolution in a wrapper',
    () => [tf.layers.timeDistributed({ name: 'it', layer: conv(), inputShape: [2, 4, 4, 2] })],
    ['wasm'],
    /TimeDistributed "it"/,
  ],
  [
    'a model in a wrapper',
    () => {
      const input = tf.input({ shape: [4, 4, 2] });
      const inner = tf.model({ inputs: input, outputs: conv().apply(input) as typeof input, name: 'inner' });
      return [
        tf.layers.timeDistributed({ name: 'it', layer: inner as unknown as Layer, inputShape: [2, 4, 4, 2] }),
      ];
    },
    ['wasm'],
    /Conv2D "it\/conv2d_Conv2D\d+"/,
  ],
  [
    'batch normalisation',
    () => [tf.layers.batchNormalization({ name: 'it', axis: 1, inputShape: [3, 4, 2] })],
    ['cpu', 'wasm'],
    /BatchNormalization "it".*issue 1106.*or use webgl or tfjs-node\./,
  ],
  [
    'pooling of volumes',
    () => [tf.layers.maxPooling3d({ name: 'it', poolSize: 2, padding: 'same', inputShape: [3, 3, 3, 2] })],
    ['wasm'],
    /MaxPooling3D "it".*negative.*no issue/,
  ],
  [
    'PReLU',
    () => [tf.layers.prelu({ name: 'it', sharedAxes: [2], inputShape: [3, 2] })],
    ['wasm'],
    /PReLU "it".*issue 7458/,
  ],
];

test.each(unsound)(
  '%s is refused by name where stock tfjs has it wrong',
  async (_, layers, backends, message) => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const teacher = teacherOf(...layers());
      const refused = await fused(teacher);
      const statistics = await outcome(() => collectStatistics(teacher, options(teacher)));
      if (backends.includes(backend)) {
        expect(refused).toMatch(/^LAYER_UNSUPPORTED it/);
        expect(refused).toMatch(message);
        expect(refused).toMatch(`The ${backend} backend`);
        expect(refused).toMatch(/Call repairKernels\(tf\)/);
        expect(statistics).toBe(refused);
      } else {
        expect([refused, statistics]).toEqual(['done', 'done']);
      }
    }
  },
);

test.each([
  [
    'a stride no longer than the kernel',
    () => tf.layers.conv2d({ filters: 1, kernelSize: 2, strides: 2, padding: 'same', inputShape: [5, 5, 1] }),
  ],
  [
    'windows that end where the input does',
    () =>
      tf.layers.conv2d({
        filters: 1,
        kernelSize: [1, 3],
        strides: 2,
        padding: 'same',
        inputShape: [5, 5, 1],
      }),
  ],
  [
    'a kernel of one position',
    () => tf.layers.conv2d({ filters: 1, kernelSize: 1, strides: 2, padding: 'same', inputShape: [4, 4, 1] }),
  ],
  ["'valid'", () => tf.layers.conv2d({ filters: 1, kernelSize: [1, 3], strides: 2, inputShape: [4, 4, 1] })],
  ['the last axis', () => tf.layers.batchNormalization({ axis: 2, inputShape: [4, 3] })],
  ['an alpha of its own for each element', () => tf.layers.prelu({ inputShape: [4, 3] })],
])('%s is right on wasm in stock: it is neither refused nor warned of', async (_, layer) => {
  await tf.setBackend('wasm');
  const teacher = teacherOf(layer());
  expect(kernelWarnings(teacher)).toEqual([]);
  expect(await fused(teacher)).toBe('done');
});

test('a student that keeps such a layer says so, wherever it was made', async () => {
  const teacher = teacherOf(
    tf.layers.conv2d({
      name: 'it',
      filters: 2,
      kernelSize: [1, 3],
      strides: 2,
      padding: 'same',
      inputShape: [4, 4, 2],
    }),
  );
  const { student, report } = await fuse(teacher, options(teacher));
  models.push(student);
  expect(report.warnings.filter((warning) => warning.includes('"it"'))).toEqual([
    expect.stringMatching(
      /^Stock TensorFlow.js computes Conv2D "it" wrongly on wasm: .*8405.*repairKernels\(tf\)/,
    ),
  ]);
});

test('once repaired, wasm fuses what it refused, as cpu does', async () => {
  await tf.setBackend('wasm');
  repairKernels(tf);
  for (const [, layers] of unsound) {
    const teacher = teacherOf(...layers());
    expect(await fused(teacher)).toBe('done');
  }
  const teacher = teacherOf(...unsound[0]![1]());
  const { report } = await fuse(teacher, options(teacher)).then((result) => {
    models.push(result.student);
    return result;
  });
  await tf.setBackend('cpu');
  const onCpu = await fuse(teacher, options(teacher));
  models.push(onCpu.student);
  // Both are computed from the same numbers in float32.
  expect(report.spans[0]!.heldOutRelativeMse).toBeCloseTo(onCpu.report.spans[0]!.heldOutRelativeMse!, 4);
  expect(predictionDistance(models.at(-2)!, onCpu.student, [5, 4, 4, 2])).toBeLessThan(1e-3);
});
