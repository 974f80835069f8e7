import { seededData, tf } from '@fuseinit/test-inputs/seeded-models';
import { keepingModels } from '@fuseinit/test-inputs/training-networks';
import { expect, test } from 'vitest';
import type { LayersModel, SymbolicTensor } from '../tensorflow.js';
import { fuse } from './fuse.js';

const keep = keepingModels();
type Compile = Parameters<LayersModel['compile']>[0];

/** A model with two outputs, one of which will be that of a fused layer. */
function teacherWith(more: Omit<Compile, 'optimizer'>): LayersModel {
  const dense = (name: string, units: number, activation?: 'relu' | 'softmax') =>
    tf.layers.dense({ name, units, ...(activation && { activation }) });
  const input = tf.input({ shape: [6] });
  const hidden = dense('h', 8, 'relu').apply(input);
  const price = dense('price', 1).apply(dense('p1', 6, 'relu').apply(hidden)) as SymbolicTensor;
  const kind = dense('kind', 3, 'softmax').apply(hidden) as SymbolicTensor;
  const model = keep(tf.model({ inputs: input, outputs: [price, kind] }));
  // RMSProp has no tensors of its own before its first step.
  model.compile({ optimizer: tf.train.rmsprop(0.01), ...more });
  return model;
}

const studentOf = async (teacher: LayersModel) => {
  const calibrationData = seededData([200, 6], 3);
  const { student, report } = await fuse(teacher, {
    tf,
    spans: [{ from: 'p1', to: 'price' }],
    calibrationData,
  });
  return { student: keep(student), report };
};

const double = (_labels: unknown, predictions: { mul(by: number): unknown }) => predictions.mul(2);
const losses = ['meanSquaredError', 'categoricalCrossentropy'];

test.each([
  ['one of two outputs', { kind: 'accuracy' }],
  ['lists', { kind: ['accuracy'], price: ['mse', 'mae'] }],
  ['one each', { kind: 'accuracy', price: 'mse' }],
  ['functions', { price: [double, 'mae'] }],
  ['one name for all', 'accuracy'],
  ['a list for all', ['mse', 'mae']],
  ['none', []],
] as const)('metrics are those of the teacher: %s', async (_name, metrics) => {
  const teacher = teacherWith({ loss: losses, metrics: metrics as never });
  const { student, report } = await studentOf(teacher);
  const renamed = (teacher.metricsNames as string[]).map((name) => name.replace(/^price/, 'p1_price'));
  expect(student.metricsNames).toEqual(renamed);
  expect(report.warnings.join()).not.toMatch(/compiled/);
});

test('losses by name of an output, and of one output alone', async () => {
  const teacher = teacherWith({ loss: { kind: 'categoricalCrossentropy', price: 'meanAbsoluteError' } });
  const { student } = await studentOf(teacher);
  const functions = (model: LayersModel) => (model as unknown as { lossFunctions: unknown[] }).lossFunctions;
  expect(functions(student)).toEqual(functions(teacher));
});

test('an optimizer that cannot be made again costs the compilation alone, and is said', async () => {
  class Own extends tf.Optimizer {
    static className = 'Own';
    override applyGradients(): void {}
    override getConfig(): Record<string, never> {
      throw new Error('no config');
    }
  }
  const teacher = teacherWith({ loss: losses });
  teacher.compile({ optimizer: new Own() as never, loss: losses });
  const { student, report } = await studentOf(teacher);
  expect(student.optimizer).toBeUndefined();
  expect(report.warnings.join()).toMatch(/The student isn't compiled, since .*no config/);
});
