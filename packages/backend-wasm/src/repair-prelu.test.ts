import { beforeAll, expect, test } from 'vitest';
import { repairPrelu } from './repair-prelu.js';
import { onBoth, tf, wholeNumbers } from './testing-support/both-backends.test-support.js';

const alphas = [[3], [1, 1, 3], [1, 4, 1], [5, 1, 1], [5, 4, 1], [5, 4, 3], [1]];

/** PReLU and its gradients on [2, 5, 4, 3], with an alpha of each shape. */
const outputs = () =>
  alphas.flatMap((shape, index) => {
    const x = wholeNumbers([2, 5, 4, 3], index + 1);
    const alpha = wholeNumbers(shape, index + 10);
    const gradients = tf.grads((...of) => tf.prelu(of[0]!, of[1]!).sum());
    // Plus 0: where a product is 0, its sign is nobody's concern.
    return [tf.prelu(x, alpha), ...gradients([x, alpha])].map((values) => values.add(0));
  });

beforeAll(() => tf.setBackend('wasm'));

test('wasm, once repaired, gives the values and gradients of cpu', async () => {
  const before = await onBoth(outputs);
  // If this holds one day, tfjs has mended it, and this package can forget about it.
  expect(before.wasm).not.toEqual(before.cpu);
  await tf.setBackend('wasm');
  expect([repairPrelu(tf), repairPrelu(tf)]).toEqual([true, false]);
  const { cpu, wasm } = await onBoth(outputs);
  expect(wasm).toEqual(cpu);
});

test('it leaves no tensor behind, and other backends alone', async () => {
  const before = tf.memory().numTensors;
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    repairPrelu(tf);
    tf.dispose(tf.prelu(tf.tensor1d([-1, 2]), tf.tensor1d([0.5])));
  }
  expect(tf.memory().numTensors).toBe(before + 4);
});
