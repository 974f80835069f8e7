import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeAll, describe, expect, test } from 'vitest';
import { findSpans } from '../find-spans.js';
import { predictBatch } from '../network/predict-batch.js';
import { readNetwork } from '../network/read-network.js';
import { runNetwork } from '../network/run-network.js';
import type { Layer, SymbolicTensor, Tensor } from '../tensorflow.js';
import { fuse } from './fuse.js';

beforeAll(() => tf.setBackend('cpu'));

const spans = [{ from: 'a', to: 'b' }];

const apply = (input: SymbolicTensor, ...layers: Layer[]) =>
  layers.reduce((x, layer) => layer.apply(x) as SymbolicTensor, input);

/** Two linear layers, which a single one can replace exactly. */
const pair = () => [tf.layers.dense({ name: 'a', units: 6 }), tf.layers.dense({ name: 'b', units: 2 })];

const modelOf = (inputs: SymbolicTensor | SymbolicTensor[], outputs: SymbolicTensor) =>
  seedWeights(tf.model({ inputs, outputs }), 7);

const dataOf = (...shape: number[]): Tensor => {
  const { data } = seededData(shape, 3);
  return tf.tensor(data, shape);
};

/** The tolerance is for least squares with float32 sums, for linear layers. */
const exact = 1e-4;

describe('a fixed batch', () => {
  test.each([1, 4])('of %i runs any number of samples, as the same model without it does', async (batch) => {
    const build = (size: number | null) => {
      const input = tf.input({ batchShape: [size, 5, 3] });
      const steps = tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2, activation: 'relu' }) });
      return modelOf(input, apply(input, steps, tf.layers.flatten(), ...pair()));
    };
    const [fixed, open] = [build(batch), build(null)];
    const x = dataOf(50, 5, 3);
    const network = readNetwork(fixed);
    const expected = open.predict(x) as Tensor;
    for (const [output] of [runNetwork(network, [x], network.outputs), predictBatch(fixed, [x])])
      expect([...output!.dataSync()]).toEqual([...expected.dataSync()]);
    const { student, report } = await fuse(fixed, { tf, spans, calibrationData: x, ridge: 1e-9 });
    expect(report.outputRelativeMse[0]!.relativeMse).toBeLessThan(exact);
    expect(student.inputs[0]!.shape[0]).toBe(batch);
  });
});

test('inputs may be of several types, and an input may be an output', async () => {
  const numbers = tf.input({ shape: [3] });
  const tokens = tf.input({ shape: [4], dtype: 'int32' });
  const flags = tf.input({ shape: [2], dtype: 'bool' });
  const embedded = apply(tokens, tf.layers.embedding({ inputDim: 5, outputDim: 2 }), tf.layers.flatten());
  const joined = tf.layers.concatenate().apply([embedded, numbers, flags]) as SymbolicTensor;
  const teacher = seedWeights(
    tf.model({ inputs: [tokens, numbers, flags], outputs: [apply(joined, ...pair()), numbers] }),
    7,
  );
  const calibrationData = [dataOf(60, 4).add(1).mul(2.4).floor(), dataOf(60, 3), dataOf(60, 2).greater(0)];
  const { report } = await fuse(teacher, { tf, spans, calibrationData, ridge: 1e-9 });
  for (const { relativeMse } of report.outputRelativeMse) expect(relativeMse).toBeLessThan(exact);
});

test('a layer that spoils the shapes before it leaves spans before and beside it as they are', async () => {
  const input = tf.input({ shape: [6, 6, 2] });
  const first = apply(input, tf.layers.conv2d({ filters: 3, kernelSize: 1 }));
  const cropped = apply(first, tf.layers.centerCrop({ height: 4, width: 4 }), tf.layers.flatten());
  const [a, b] = [3, 1].map((kernelSize, index) =>
    tf.layers.conv2d({ name: 'ab'[index]!, filters: 3, kernelSize, padding: 'same' }),
  );
  const beside = apply(first, a!, b!, tf.layers.globalAveragePooling2d({}));
  const teacher = seedWeights(tf.model({ inputs: input, outputs: [beside, cropped] }), 7);
  const { student, report } = await fuse(teacher, {
    tf,
    spans,
    calibrationData: dataOf(40, 6, 6, 2),
    ridge: 1e-9,
  });
  expect(report.spans[0]!.geometry!.inputSize).toEqual([6, 6]);
  expect(report.spans[0]!.relativeMse).toBeLessThan(exact);
  const x = dataOf(5, 6, 6, 2);
  const [expected, actual] = [teacher, student].map((model) => (model.predict(x) as Tensor[])[0]!);
  expect(expected!.sub(actual!).abs().max().dataSync()[0]).toBeLessThan(1e-2);
});

/** A layer that fails whenever it is called. */
class Failing extends tf.layers.Layer {
  static className = 'Failing';
  override call(): never {
    throw new Error('no more today');
  }
}

const refused: [string, string, RegExp, () => [ReturnType<typeof modelOf>, Tensor]][] = [
  [
    'an input of uint8',
    'MODEL_UNSUPPORTED',
    /is of dtype uint8: float32, int32 or bool/,
    () => {
      const input = tf.input({ shape: [5], dtype: 'uint8' as never });
      return [modelOf(input, apply(input, ...pair())), dataOf(20, 5)];
    },
  ],
  [
    'an input of text',
    'MODEL_UNSUPPORTED',
    /is of dtype string.*Leave out of the model what makes such numbers/,
    () => {
      const input = tf.input({ shape: [5], dtype: 'string' });
      return [modelOf(input, apply(input, ...pair())), dataOf(20, 5)];
    },
  ],
  [
    'a causal convolution',
    'LAYER_UNSUPPORTED',
    /can't run the layer "causal" \(Conv1D\) on \[13,5,3\]: .*CAUSAL/,
    () => {
      const input = tf.input({ shape: [5, 3] });
      const conv = tf.layers.conv1d({ name: 'causal', filters: 2, kernelSize: 3, padding: 'causal' });
      return [modelOf(input, apply(input, conv, tf.layers.flatten(), ...pair())), dataOf(20, 5, 3)];
    },
  ],
  [
    'a stateful layer',
    'LAYER_UNSUPPORTED',
    /"remembers" \(GRU\) is stateful/,
    () => {
      const input = tf.input({ batchShape: [1, 5, 3] });
      const layer = tf.layers.gru({ name: 'remembers', units: 3, stateful: true });
      return [modelOf(input, apply(input, layer, ...pair())), dataOf(20, 5, 3)];
    },
  ],
  [
    'a layer that fails',
    'LAYER_UNSUPPORTED',
    /can't run the layer "mine" \(Failing\) on \[13,5\]: no more today/,
    () => {
      const input = tf.input({ shape: [5] });
      return [modelOf(input, apply(input, new Failing({ name: 'mine' }), ...pair())), dataOf(20, 5)];
    },
  ],
];

test.each(refused)('%s is refused by name', async (_what, code, message, make) => {
  const [teacher, calibrationData] = make();
  expect(findSpans(teacher).legal.map(({ from, to }) => ({ from, to }))).toContainEqual(spans[0]);
  const error = await refusalOf(() => fuse(teacher, { tf, spans, calibrationData }));
  expect(error).toMatchObject({ code });
  expect(error.message).toMatch(message);
});

describe('a tensor that a layer reads twice', () => {
  /**
   * Creates a teacher.
   *
   * @param again Computes the second input of the sum from the output of the first layer.
   */
  const teacherOf = (again: (x: SymbolicTensor) => SymbolicTensor, isReadElsewhere: boolean) => {
    const input = tf.input({ shape: [5] });
    const first = apply(input, tf.layers.dense({ name: 'first', units: 4, activation: 'relu' }));
    const sum = tf.layers.add({ name: 'sum' }).apply([first, again(first)]) as SymbolicTensor;
    const beside = apply(isReadElsewhere ? first : sum, tf.layers.dense({ name: 'beside', units: 4 }));
    const joined = tf.layers.average().apply([beside, sum]) as SymbolicTensor;
    return modelOf(input, apply(joined, ...pair()));
  };
  const same = (x: SymbolicTensor) => x;

  test('is there for both, and for a layer after', async () => {
    const { report } = await fuse(teacherOf(same, false), {
      tf,
      spans,
      calibrationData: dataOf(60, 5),
      ridge: 1e-9,
    });
    expect(report.outputRelativeMse[0]!.relativeMse).toBeLessThan(exact);
  });

  test('and others read too, is refused with what TensorFlow.js does, and with what helps', async () => {
    const [teacher, calibrationData] = [teacherOf(same, true), dataOf(60, 5)];
    expect(() => teacher.predict(calibrationData)).toThrow();
    const error = await refusalOf(() => fuse(teacher, { tf, spans, calibrationData }));
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    expect(error.message).toMatch(/"sum" reads the output of "first" twice.*"beside".*Activation layer/);
    const linear = tf.layers.activation({ activation: 'linear' });
    const mended = teacherOf((x) => apply(x, linear), true);
    const { report } = await fuse(mended, { tf, spans, calibrationData, ridge: 1e-9 });
    expect(report.outputRelativeMse[0]!.relativeMse).toBeLessThan(exact);
  });

  test('as an output listed twice is refused as that', async () => {
    const input = tf.input({ shape: [5] });
    const output = apply(input, ...pair());
    const teacher = seedWeights(tf.model({ inputs: input, outputs: [output, output] }), 7);
    const error = await refusalOf(() => fuse(teacher, { tf, spans, calibrationData: dataOf(60, 5) }));
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    expect(error.message).toMatch(/lists the output ".*" twice/);
  });
});
