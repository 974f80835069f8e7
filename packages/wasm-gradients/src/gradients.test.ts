import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerTrainingKernels } from './register-training-kernels.js';
import { onBoth, tf, wholeNumbers } from './testing-support/both-backends.test-support.js';

const side = fc.record({
  input: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  before: fc.integer({ min: 0, max: 3 }),
  after: fc.integer({ min: 0, max: 3 }),
});
const padding = fc.constantFrom('same', 'valid', 'number', 'explicit');

const convolution = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 4 }),
    rows: side,
    columns: side,
    padding,
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  // tfjs-core takes a number for the padding of a square: it asks no other kernel size and stride of the
  // columns.
  .map((one) =>
    one.padding === 'number'
      ? { ...one, columns: { ...one.columns, kernel: one.rows.kernel, stride: one.rows.stride } }
      : one,
  )
  // Else there is no output at all.
  .filter(({ rows, columns, padding: kind }) =>
    [rows, columns].every(
      ({ input, kernel, before, after }) =>
        kind === 'same' ||
        kernel <= input + { valid: 0, number: 2 * rows.before, explicit: before + after }[kind],
    ),
  );

type Case = typeof convolution extends fc.Arbitrary<infer T> ? T : never;

function padOf({ padding: kind, rows, columns }: Case) {
  if (kind === 'same' || kind === 'valid') return kind;
  if (kind === 'number') return rows.before;
  const margins: [number, number][] = [
    [0, 0],
    [rows.before, rows.after],
    [columns.before, columns.after],
    [0, 0],
  ];
  return margins as Parameters<typeof tf.conv2d>[3];
}

/** Gradients of the input and of the kernel, for some gradient of the output. */
function gradients(convolve: typeof tf.conv2d | typeof tf.depthwiseConv2d, one: Case) {
  const { batch, channels, outputs, rows, columns, seed } = one;
  const rounding = one.padding === 'number' ? 'floor' : undefined;
  const x = wholeNumbers([batch, rows.input, columns.input, channels], seed);
  const kernel = wholeNumbers([rows.kernel, columns.kernel, channels, outputs], seed + 1);
  const run = (input: tf.Tensor4D, filter: tf.Tensor4D) =>
    convolve(input, filter, [rows.stride, columns.stride], padOf(one), 'NHWC', [1, 1], rounding);
  const dy = wholeNumbers(run(x, kernel).shape, seed + 2);
  return tf.grads((input, filter) => run(input as tf.Tensor4D, filter as tf.Tensor4D))([x, kernel], dy);
}

describe.each([false, true])('with the input gradient replaced: %s', (replaceInputGradient) => {
  const own = tf.getKernel('Conv2DBackpropInput', 'wasm');
  beforeAll(() => void registerTrainingKernels(tf, { replaceInputGradient }));
  afterAll(() => {
    if (!replaceInputGradient) return;
    tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
    tf.registerKernel(own);
  });

  test.each([
    ['conv2d', tf.conv2d],
    ['depthwiseConv2d', tf.depthwiseConv2d],
  ])('gradients of %s are those of the cpu backend, to the last bit', async (_, convolve) => {
    await fc.assert(
      fc.asyncProperty(convolution, async (one) => {
        const { cpu, wasm } = await onBoth(() => gradients(convolve, one));
        expect(wasm).toEqual(cpu);
      }),
      { seed: 20010509, numRuns: 150 },
    );
  });
});

describe('dilated depthwise convolutions, whose gradients tfjs-core asks of no backend yet', () => {
  const attributes = { strides: [1, 1], pad: 'same', dimRoundingMode: undefined };
  const [x, dy, filter] = [
    [2, 7, 6, 2],
    [2, 7, 6, 4],
    [3, 2, 2, 2],
  ] as const;
  // A kernel with zeros between its positions, undilated: what a dilated one is.
  const spread = () => {
    const wide = tf.buffer([5, 4, 2, 2]);
    const values = wholeNumbers([...filter], 3).arraySync();
    for (const [i, row] of values.entries()) {
      for (const [j, cell] of row.entries()) {
        for (const [c, outputs] of cell.entries()) {
          for (const [m, value] of outputs.entries()) wide.set(value, 2 * i, 3 * j, c, m);
        }
      }
    }
    return wide.toTensor() as tf.Tensor4D;
  };

  test('of the input and of the kernel', async () => {
    registerTrainingKernels(tf);
    const run = (kind: 'Input' | 'Filter', inputs: object, attrs: object) =>
      tf.engine().runKernel(
        `DepthwiseConv2dNativeBackprop${kind}`,
        inputs as tf.NamedTensorMap,
        {
          ...attributes,
          ...attrs,
        } as never,
      ) as tf.Tensor4D;
    const { wasm } = await onBoth(() => {
      if (tf.getBackend() === 'cpu') return [];
      const gradient = wholeNumbers([...dy], 2);
      const attrs = { dilations: [2, 3], filterShape: filter, inputShape: x };
      return [
        run('Input', { dy: gradient, filter: wholeNumbers([...filter], 3) }, attrs),
        run('Filter', { x: wholeNumbers([...x], 1), dy: gradient }, attrs),
      ];
    });
    const { cpu } = await onBoth(() => {
      const gradient = wholeNumbers([...dy], 2);
      const attrs = { dilations: [1, 1], filterShape: [5, 4, 2, 2], inputShape: x };
      const wide = run('Filter', { x: wholeNumbers([...x], 1), dy: gradient }, attrs);
      return [
        run('Input', { dy: gradient, filter: spread() }, attrs),
        wide.stridedSlice([0, 0, 0, 0], [5, 4, 2, 2], [2, 3, 1, 1]),
      ];
    });
    expect(wasm).toEqual(cpu);
  });
});
