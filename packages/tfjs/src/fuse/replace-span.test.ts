import '@fuseinit/test-inputs/start-wasm';
import { patchGeometry } from '@fuseinit/core';
import { lowerSpan } from '@fuseinit/registry';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeEach, expect, test } from 'vitest';
import { fuse } from '../fuse/fuse.js';
import { kernelWarnings } from '../kernel-faults/require-sound-kernels.js';
import { disposeModel, toLayersModel } from '../network/write-layers-model.js';
import { registryWith } from '../plugins.js';
import { layerAlone } from './replace-span.js';

beforeEach(() => tf.setBackend('cpu'));

const registry = registryWith();

const lengths = [3, 4, 5, 6, 7, 8, 9];
const windows = [1, 2, 3].flatMap((size) => [1, 2, 3, 4].map((stride) => [size, stride] as const));

test("no geometry becomes a layer that a backend has wrong, and every 'same' is one that reads to the end", () => {
  for (const rows of lengths) {
    for (const [height, down] of windows) {
      for (const [width, across] of windows) {
        const geometry = patchGeometry({
          inputSize: [rows, 7],
          kernelSize: [height, width],
          strides: [down, across],
          padding: 'same',
        });
        const lowered = lowerSpan(registry, [
          {
            name: 'conv',
            className: 'Conv2D',
            config: { filters: 1, kernelSize: [height, width], strides: [down, across], padding: 'same' },
            inputShape: [rows, 7, 1],
          },
        ]);
        const model = toLayersModel(
          tf,
          layerAlone(lowered, `at_${rows}_${height}_${down}_${width}_${across}`, []),
        );
        expect(model.outputs[0]!.shape.slice(1, 3)).toEqual(geometry.outputSize);
        expect(kernelWarnings(model)).toEqual([]);
        disposeModel(model);
      }
    }
  }
});

test.each(['cpu', 'wasm'])(
  'a student made on %s, of a stride longer than its kernel, is right on both',
  async (backend) => {
    await tf.setBackend(backend);
    // A 3x3 convolution with a stride of 2, followed by a 1x1 convolution with a stride of 3, becomes a 3x3
    // convolution with a stride of 6 that pads rows and leaves columns unread.
    const teacher = tf.sequential({
      layers: [
        tf.layers.conv2d({
          name: 'a',
          filters: 2,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          inputShape: [25, 24, 1],
        }),
        tf.layers.conv2d({ name: 'z', filters: 2, kernelSize: 1, strides: 3, padding: 'same' }),
      ],
    });
    seedWeights(teacher, 27);
    const { student } = await fuse(teacher, {
      tf,
      spans: [{ from: 'a', to: 'z' }],
      calibrationData: seededData([60, 25, 24, 1], 1),
      ridge: 0,
    });
    const { data, shape } = seededData([4, 25, 24, 1], 9);
    const outputs: Float32Array[] = [];
    for (const on of ['cpu', 'wasm']) {
      await tf.setBackend(on);
      for (const model of [teacher, student])
        outputs.push(
          tf.tidy(() =>
            (model.predict(tf.tensor(data, [...shape])) as ReturnType<typeof tf.tensor>).dataSync(),
          ) as Float32Array,
        );
    }
    const [expected, ...others] = outputs;
    for (const values of others) {
      // The span is linear, so that its fusion is exact except for float32 rounding.
      for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected![index]!, 3);
    }
    disposeModel(teacher);
    disposeModel(student);
  },
);
