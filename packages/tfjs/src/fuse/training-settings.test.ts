import { reloaded, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { keepingModels } from '@fuseinit/test-inputs/training-networks';
import { expect, describe as suite, test } from 'vitest';
import type { LayersModel, SymbolicTensor } from '../tensorflow.js';
import { fuse } from './fuse.js';

const keep = keepingModels();
const calibrationData = seededData([2000, 6], 3);
const dense = (name: string, more = {}) => tf.layers.dense({ name, units: 6, activation: 'relu', ...more });
const chain = (...layers: ReturnType<typeof dense>[]) => keep(seedWeights(tf.sequential({ layers }), 5));
const fused = async (teacher: LayersModel, more = {}) => {
  const result = await fuse(teacher, { tf, spans: [{ from: 'a', to: 'b' }], calibrationData, ...more });
  keep(result.student);
  return result;
};
const trained = (model: LayersModel) => model.trainableWeights.map((weight) => weight.originalName);
const first = { inputShape: [6] };

test('a bias that a refit gives a layer without one is named', async () => {
  // The layers are wide, so that the refit reduces the error to a third and is applied.
  const wide = { units: 48, activation: 'tanh' };
  const teacher = chain(
    dense('a', { ...wide, ...first }),
    dense('b', wide),
    dense('c', { useBias: false, activation: 'tanh' }),
  );
  const { student, report } = await fused(teacher);
  expect(report.refits.map(({ name, applied }) => [name, applied])).toEqual([['c', true]]);
  expect(student.getLayer('c').getWeights()).toHaveLength(2);
  expect(report.warnings.filter((warning) => warning.includes('useBias'))).toEqual([
    'The refitted layer "c" has a bias, which the teacher\'s hasn\'t (useBias: false): the least error needs one.',
  ]);
  const { report: unfitted } = await fused(teacher, { refit: 'none' });
  expect(unfitted.warnings.join()).not.toContain('useBias');
});

suite('frozen layers', () => {
  test('are not refitted unless asked, and stay frozen', async () => {
    const teacher = chain(dense('a', first), dense('b'), dense('c', { trainable: false }), dense('d'));
    const { student, report } = await fused(teacher);
    expect(report.refits.map(({ name }) => name)).toEqual(['d']);
    expect(report.warnings).toContain(
      'Frozen layers aren\'t refitted to what they now see: "c". refitFrozen: true refits them as well.',
    );
    const kernels = [teacher, student].map((model) =>
      Array.from(model.getLayer('c').getWeights()[0]!.dataSync()),
    );
    expect(kernels[1]).toEqual(kernels[0]);
    expect(trained(student)).toEqual(['a_b/kernel', 'a_b/bias', 'd/kernel', 'd/bias']);
    const asked = await fused(teacher, { refitFrozen: true, heldOut: 0.1 });
    expect(asked.report.refits.map(({ name }) => name)).toEqual(['c', 'd']);
    expect(trained(asked.student)).toEqual(trained(student));
    expect(asked.report.warnings).toEqual([]);
  });

  test('in a frozen nested model as well', async () => {
    const inner = tf.input({ shape: [6] });
    const base = tf.model({
      name: 'base',
      inputs: inner,
      outputs: dense('deep').apply(inner) as SymbolicTensor,
    });
    base.trainable = false;
    const input = tf.input({ shape: [6] });
    const middle = base.apply(dense('b').apply(dense('a').apply(input))) as SymbolicTensor;
    const teacher = keep(tf.model({ inputs: input, outputs: dense('head').apply(middle) as SymbolicTensor }));
    const { student, report } = await fused(teacher);
    expect(report.refits.map(({ name }) => name)).toEqual(['head']);
    expect(report.warnings.join()).toMatch(/Frozen layers aren't refitted .*: "base\/deep"\./);
    expect(trained(student)).toEqual(['a_b/kernel', 'a_b/bias', 'head/kernel', 'head/bias']);
  });

  test('a model that is frozen as a whole has such a student, which can be thawed', async () => {
    const teacher = chain(dense('a', first), dense('b'), dense('c', { trainable: false }), dense('d'));
    teacher.trainable = false;
    const { student, report } = await fused(teacher);
    expect(report.refits).toEqual([]);
    expect(report.warnings.join()).toMatch(/Frozen layers aren't refitted .*: "c", "d"\./);
    expect(trained(student)).toEqual([]);
    student.trainable = true;
    expect(trained(student)).toEqual(['a_b/kernel', 'a_b/bias', 'd/kernel', 'd/bias']);
  });

  test('a fused layer trains where any layer in it does, and a warning names the others', async () => {
    const both = chain(
      dense('a', { ...first, trainable: false }),
      dense('b', { trainable: false }),
      dense('c'),
    );
    const neither = await fused(both);
    expect(trained(neither.student)).toEqual(['c/kernel', 'c/bias']);
    expect(neither.report.warnings).toEqual([]);
    const one = await fused(chain(dense('a', { ...first, trainable: false }), dense('b'), dense('c')));
    expect(trained(one.student)).toContain('a_b/kernel');
    expect(one.report.warnings).toEqual([
      'The fused layer "a_b" trains, though the teacher\'s "a" in it didn\'t: other layers in it did.',
    ]);
  });
});

suite('constraints', () => {
  const nonNeg = { kernelConstraint: 'nonNeg' };

  test('are kept with the weights of the layers that have them; a fused layer has none, and is named', async () => {
    const teacher = chain(
      dense('a', { ...first, ...nonNeg }),
      dense('b', nonNeg),
      dense('c', nonNeg),
      dense('d'),
    );
    const { student, report } = await fused(teacher);
    expect(report.refits.map(({ name }) => name)).toEqual(['d']);
    const c = student.getLayer('c');
    expect(c.getConfig().kernelConstraint).toEqual({ className: 'NonNeg', config: {} });
    expect(Math.min(...c.getWeights()[0]!.dataSync())).toBeGreaterThanOrEqual(0);
    expect(report.warnings).toEqual([
      'The fused layer "a_b" has no constraint, and its weights meet none of those of "a" (kernelConstraint NonNeg), "b" (kernelConstraint NonNeg).',
      'Layers aren\'t refitted where the solution would break their constraints: "c" (kernelConstraint NonNeg).',
    ]);
  });
});

suite('regularizers and dropout', () => {
  const l2 = (value: number) => tf.regularizers.l2({ l2: value });

  test("a fused layer has the last one's regularizers; others are named, unless they are the same", async () => {
    const same = { kernelRegularizer: l2(0.5) };
    const alike = await fused(chain(dense('a', { ...first, ...same }), dense('b', same)));
    expect(alike.report.warnings).toEqual([]);
    expect(alike.student.getLayer('a_b').getConfig().kernelRegularizer).toMatchObject({
      config: { l2: 0.5 },
    });
    const norm = tf.layers.batchNormalization({ name: 'norm', gammaRegularizer: l2(0.1) }) as never;
    const other = await fused(
      chain(dense('a', { ...first, kernelRegularizer: l2(0.2) }), norm, dense('b', same)),
    );
    expect(other.report.warnings).toEqual([
      'The fused layer "a_b" leaves out regularizers of the layers in it: kernelRegularizer of "a", gammaRegularizer of "norm".',
    ]);
  });

  test('a refitted layer keeps all its settings', async () => {
    const settings = { kernelRegularizer: l2(0.5), biasRegularizer: l2(0.25), kernelInitializer: 'heNormal' };
    const teacher = chain(dense('a', first), dense('b'), dense('c', settings));
    const { student, report } = await fused(teacher);
    expect(report.refits).toHaveLength(1);
    expect(student.getLayer('c').getConfig()).toEqual(teacher.getLayer('c').getConfig());
  });

  test('dropout inside a span is named, and kept with rate and seed after it', async () => {
    const dropout = (name: string) => tf.layers.dropout({ name, rate: 0.25, seed: 7 }) as never;
    const { student, report } = await fused(
      chain(dense('a', first), dropout('inside'), dense('b'), dropout('after')),
    );
    expect(report.warnings).toEqual([
      'The fused layer "a_b" leaves out what acts in training alone: "inside" (Dropout).',
    ]);
    expect(student.getLayer('after').getConfig()).toMatchObject({ rate: 0.25, seed: 7 });
  });
});

suite('names', () => {
  test('a fused layer, and what pads for it, leave other layers their names', async () => {
    const conv = (name: string, more = {}) => tf.layers.conv1d({ name, filters: 3, kernelSize: 3, ...more });
    const teacher = keep(
      seedWeights(
        tf.sequential({
          layers: [
            conv('a', { inputShape: [9, 2], padding: 'same', strides: 2 }),
            conv('b', { padding: 'same', strides: 2 }),
            conv('a_b', { padding: 'same' }),
            conv('a_b_1_pad', { padding: 'same' }),
          ],
        }),
        2,
      ),
    );
    const { student, report } = await fused(teacher, {
      calibrationData: seededData([60, 9, 2], 4),
      kernelSize: 2,
    });
    expect(report.spans[0]!.name).toBe('a_b_1');
    expect(student.layers.map(({ name }) => name)).toContain('a_b');
    expect(new Set(student.layers.map(({ name }) => name)).size).toBe(student.layers.length);
    keep(await reloaded(student));
  });

  test('spans of the same joined name get different ones', async () => {
    const teacher = chain(dense('a', first), dense('b_c'), dense('a_b'), dense('c'));
    const { report } = await fused(teacher, {
      spans: [
        { from: 'a', to: 'b_c' },
        { from: 'a_b', to: 'c' },
      ],
    });
    expect(report.spans.map(({ name }) => name)).toEqual(['a_b_c', 'a_b_c_1']);
  });
});
