import { fingerprint, predictionDistance, tf } from '@fuseinit/test-inputs/seeded-models';
import { denseNet, keepingModels, samples, weightsOf } from '@fuseinit/test-inputs/training-networks';
import type { Tensor } from '@fuseinit/tfjs';
import { readNetwork } from '@fuseinit/tfjs';
import { runModel } from '@fuseinit/tfjs/internal';
import type { Scalar } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { relativeDistance, softenedDivergence } from './distillation.js';
import { fineTune } from './fine-tune.js';

const made = keepingModels();
const numberOf = (compute: () => Tensor) => tf.tidy(() => compute().dataSync()[0]!);
const { xs } = samples(24, 1);

describe('the softened divergence', () => {
  test('is that worked out by hand', () => {
    // Softened by 2, the teacher's [2 ln 3, 0] gives [3/4, 1/4], the student's [0, 0] gives [1/2, 1/2]:
    // 4 (3/4 ln(3/2) + 1/4 ln(1/2)).
    const expected = 4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
    const taught = 2 * Math.log(3);
    const value = numberOf(() =>
      softenedDivergence(tf, tf.tensor2d([[0, 0]]), tf.tensor2d([[taught, 0]]), 2),
    );
    // Float32 logarithms.
    expect(value).toBeCloseTo(expected, 6);
  });

  test('and its gradient are finite where probabilities underflow', () => {
    const taught = tf.tensor2d([[200, -200, 0]]);
    const logits = tf.tensor2d([[-200, 200, 0]]);
    const divergence = (input: Tensor) => softenedDivergence(tf, input, taught, 1) as Scalar;
    const found = tf.valueAndGrad(divergence)(logits);
    const [value, grad] = [found.value.dataSync()[0], Array.from(found.grad.dataSync())];
    tf.dispose([taught, logits, found.value, found.grad]);
    // The student's log-probability of the teacher's class is -400, whose exponential is 0 in float32.
    expect(value).toBe(400);
    expect(grad).toEqual([-1, 1, 0]);
  });
});

test('the distance of linear outputs is relative: the same at any scale', () => {
  // Mean square distance (1 + 0 + 0 + 1) / 4 over the variance 5/4 of 1, 2, 3, 4.
  const at = (scale: number) =>
    numberOf(() =>
      relativeDistance(tf, tf.tensor2d([[2, 2, 3, 5]]).mul(scale), tf.tensor2d([[1, 2, 3, 4]]).mul(scale)),
    );
  // Float32 sums of four numbers.
  expect(at(1)).toBeCloseTo(0.4, 6);
  expect(at(100)).toBeCloseTo(0.4, 6);
});

test("a constant of the teacher's doesn't divide by 0", () => {
  const value = numberOf(() => relativeDistance(tf, tf.tensor2d([[1]]), tf.tensor2d([[1.5]])));
  // The variance is held from below at 1e-6.
  expect(value / 250_000).toBeCloseTo(1, 5);
});

test.each(['softmax', 'linear', 'sigmoid'] as const)(
  'a teacher alone pulls the student to it: %s outputs, no labels',
  async (activation) => {
    const [student, teacher] = [made(denseNet(5, { activation })), made(denseNet(6, { activation }))];
    const before = fingerprint(teacher);
    const start = predictionDistance(student, teacher, [20, 4]);
    const { epochs } = await fineTune(student, {
      tf,
      data: { xs },
      teacher,
      epochs: 40,
      learningRate: 0.03,
      batchSize: 8,
    });
    expect(epochs.at(-1)!.loss).toBeLessThan(0.1 * epochs[0]!.loss);
    expect(predictionDistance(student, teacher, [20, 4])).toBeLessThan(0.5 * start);
    expect(fingerprint(teacher)).toBe(before);
  },
);

test.each(['softmax', 'linear'] as const)(
  'a student that equals its teacher has loss 0 and stays: %s',
  async (activation) => {
    const [student, teacher] = [made(denseNet(7, { activation })), made(denseNet(7, { activation }))];
    const before = weightsOf(student);
    const { epochs } = await fineTune(student, {
      tf,
      data: { xs },
      teacher,
      distillation: { preActivations: 1, layers: [{ student: 'hidden', teacher: 'hidden' }] },
      epochs: 1,
      learningRate: 1,
      batchSize: 24,
      optimizer: tf.train.sgd,
    });
    // A softmax of equal logits cancels up to the rounding of probabilities that sum to 1.
    expect(epochs[0]!.loss).toBeCloseTo(0, 12);
    for (const [index, weights] of weightsOf(student).entries())
      for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(before[index]![at]!, 6);
    if (activation === 'linear') expect(weightsOf(student)).toEqual(before);
  },
);

test("a layer's pre-activation is what a linear layer of its weights gives", () => {
  const model = made(denseNet(8, { activation: 'softmax' }));
  const network = readNetwork(model);
  const [kernel, bias] = model.getLayer('hidden').getWeights() as [Tensor, Tensor];
  const activations = model.layers.map((layer) => (layer as { activation?: unknown }).activation);
  tf.tidy(() => {
    const input = tf.tensor2d(xs.data, [24, 4]);
    const run = runModel(network, [input], ['hidden']);
    const expected = input.matMul(kernel as never).add(bias);
    // The same products in the same order.
    expect(Array.from(run.preActivations[0]!.dataSync())).toEqual(Array.from(expected.dataSync()));
    const [logits, output] = [run.outputPreActivations[0]!, run.outputs[0]!];
    expect(Array.from(logits.softmax().dataSync())).toEqual(Array.from(output.dataSync()));
    const predicted = model.predict(input) as Tensor;
    expect(Array.from(output.dataSync())).toEqual(Array.from(predicted.dataSync()));
  });
  expect(model.layers.map((layer) => (layer as { activation?: unknown }).activation)).toEqual(activations);
});

test('activations are back in place after an error within a layer', () => {
  const model = made(denseNet(8));
  const network = readNetwork(model);
  const { activation } = model.getLayer('hidden') as unknown as { activation: unknown };
  expect(() => tf.tidy(() => void runModel(network, [tf.zeros([2, 3])], ['hidden']))).toThrow();
  expect((model.getLayer('hidden') as unknown as { activation: unknown }).activation).toBe(activation);
});

test('a softmax layer of its own gives its input as logits', async () => {
  const layers = [
    tf.layers.dense({ name: 'out', units: 3, inputShape: [4] }),
    tf.layers.softmax({ name: 'probabilities' }),
  ];
  const teacher = made(tf.sequential({ layers }));
  const student = made(
    tf.sequential({ layers: [tf.layers.dense({ name: 'out', units: 3, inputShape: [4] })] }),
  );
  tf.tidy(() => student.setWeights(teacher.getWeights().map((weight) => weight.clone())));
  const { epochs } = await fineTune(student, { tf, data: { xs }, teacher, epochs: 1 });
  // A student of the same logits: 0 up to the rounding of probabilities that sum to 1.
  expect(epochs[0]!.loss).toBeLessThan(1e-6);
});

describe('a softmax that is not the last layer', () => {
  const teacher = () => made(denseNet(21, { activation: 'softmax' }));
  /** The same function as {@link denseNet} of the seed, with more after its softmax. */
  const student = (seed: number, ...after: ReturnType<typeof tf.layers.dense>[]) => {
    const { layers } = made(denseNet(seed, { activation: 'softmax' }));
    const copies = layers.map((layer) => tf.layers.dense({ ...(layer.getConfig() as { units: number }) }));
    const model = made(tf.sequential({ layers: [...copies, ...after] }));
    model.setWeights(layers.flatMap((layer) => layer.getWeights()));
    return model;
  };
  const lossOf = async (model: ReturnType<typeof student>) => {
    const options = { data: { xs }, validationData: { xs }, teacher: teacher(), epochs: 1, learningRate: 0 };
    return (await fineTune(model, { tf, ...options })).startValidationLoss!;
  };

  test('is compared by its logits all the same', async () => {
    const expected = await lossOf(student(22));
    expect(expected).toBeGreaterThan(0);
    const dropout = () => tf.layers.dropout({ rate: 0.5 }) as never;
    expect(await lossOf(student(22, dropout()))).toBe(expected);
    const reshape = tf.layers.reshape({ targetShape: [3] }) as never;
    expect(await lossOf(student(22, dropout(), reshape))).toBe(expected);
  });

  test('is compared by its probabilities where they are means', async () => {
    const expected = await lossOf(student(22));
    const input = tf.input({ shape: [4] });
    const { layers } = made(denseNet(22, { activation: 'softmax' }));
    const softmax = layers.reduce<unknown>((read, layer) => {
      const copy = tf.layers.dense({
        ...(layer.getConfig() as { units: number }),
        name: `${layer.name}_copy`,
      });
      const output = copy.apply(read as never);
      copy.setWeights(layer.getWeights());
      return output;
    }, input);
    const mean = tf.layers.average().apply([softmax, softmax] as never);
    const model = made(tf.model({ inputs: input, outputs: mean as never }));
    // The mean of a softmax and itself; float32 logarithms of its probabilities are no logits to the last
    // bit.
    expect(await lossOf(model as never)).toBeCloseTo(expected, 5);
  });
});
