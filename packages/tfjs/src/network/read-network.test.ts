import { FuseInitError } from '@fuseinit/core';
import {
  predictionDistance,
  reloaded,
  seededData,
  seedWeights,
  tf,
} from '@fuseinit/test-inputs/seeded-models';
import { expect, describe as suite, test } from 'vitest';
import { describe } from '../describe.js';
import { findSpans } from '../find-spans.js';
import { fuse } from '../fuse/fuse.js';
import type { LayersModel, SymbolicTensor } from '../tensorflow.js';

const dense = (name: string, units = 4, activation: 'relu' | 'linear' = 'relu') =>
  tf.layers.dense({ name, units, activation });
const apply = (layer: ReturnType<typeof dense>, ...inputs: SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;

function residual(): LayersModel {
  const input = tf.input({ shape: [5], name: 'input' });
  const a = apply(dense('a', 5), input);
  const b = apply(dense('b', 5), a);
  const c = apply(dense('c', 5), b);
  const sum = tf.layers.add({ name: 'sum' }).apply([a, c]) as SymbolicTensor;
  const left = apply(dense('left'), sum);
  const right = apply(dense('right'), apply(dense('before_right'), sum));
  const model = tf.model({ inputs: input, outputs: [left, right] as SymbolicTensor[] });
  return seedWeights(model, 7);
}

const reasonFor = (model: LayersModel, from: string) =>
  findSpans(model).illegal.find((span) => span.from === from)?.reason;
const names = (model: LayersModel) => findSpans(model).legal.map(({ from, to }) => `${from}:${to}`);

suite('residual and branching graphs', () => {
  test('describe tells which layer feeds which', () => {
    const model = residual();
    const described = describe(model);
    expect(described.outputs).toEqual(['left', 'right']);
    expect(described.layers.find(({ name }) => name === 'a')).toMatchObject({
      readsFrom: ['input'],
      feeds: ['b', 'sum'],
    });
    expect(described.layers.find(({ name }) => name === 'sum')).toMatchObject({ readsFrom: ['a', 'c'] });
    expect(described.layers.find(({ name }) => name === 'right')).toMatchObject({
      isOutput: true,
      parameters: 20,
    });
    model.dispose();
  });

  test('a span that branches holds what joins the branches', () => {
    const model = residual();
    expect(names(model)).toEqual(['a:sum', 'b:c', 'b:sum', 'before_right:right']);
    expect(reasonFor(model, 'c')).toBe(
      'The layer "sum" (Add) also reads "a", which isn\'t computed from what the span reads.',
    );
    model.dispose();
  });

  test('are fused branch by branch, several outputs and all', async () => {
    const model = residual();
    const before = tf.memory().numTensors;
    const { student, report } = await fuse(model, {
      tf,
      spans: [
        { from: 'before_right', to: 'right' },
        { from: 'b', to: 'c' },
      ],
      calibrationData: seededData([200, 5], 8),
    });
    expect(report.spans.map(({ name }) => name)).toEqual(['b_c', 'before_right_right']);
    expect(report.refits.map(({ name }) => name)).toEqual(['left']);
    expect(report.outputRelativeMse).toHaveLength(2);
    const copy = await reloaded(student);
    expect(predictionDistance(student, copy, [3, 5])).toBe(0);
    copy.dispose();
    student.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

suite('what is no plain chain', () => {
  test('an output in the middle stops a span', () => {
    const input = tf.input({ shape: [5] });
    const a = apply(dense('a'), input);
    const model = tf.model({ inputs: input, outputs: [a, apply(dense('b'), a)] });
    expect(names(model)).toEqual([]);
    expect(reasonFor(model, 'a')).toBe('The output of "a" is an output of the model.');
  });

  test('a shared layer is refused, and kept by the student', async () => {
    const shared = dense('shared', 5);
    const input = tf.input({ shape: [5], name: 'input' });
    const twice = apply(shared, apply(shared, input));
    const model = tf.model({ inputs: input, outputs: apply(dense('d'), apply(dense('c'), twice)) });
    expect(reasonFor(model, 'shared')).toMatch(/is shared: it is called more than once/);
    const { student } = await fuse(model, {
      tf,
      spans: [{ from: 'c', to: 'd' }],
      calibrationData: seededData([80, 5], 9),
    });
    expect(describe(student).layers.map(({ name }) => name)).toEqual(['input', 'shared', 'shared:1', 'c_d']);
  });

  test('nested models are flattened', async () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ name: 'a', units: 6, inputShape: [5], activation: 'relu' }), dense('b', 6)],
    });
    const input = tf.input({ shape: [5], name: 'input' });
    const features = inner.apply(apply(dense('a', 5), input)) as SymbolicTensor;
    const model = seedWeights(tf.model({ inputs: input, outputs: apply(dense('last'), features) }), 10);
    expect(describe(model).layers.map(({ name }) => name)).toEqual([
      'input',
      'a',
      'inner/a',
      'inner/b',
      'last',
    ]);
    expect(names(model)).toContain('inner/b:last');
    const { student } = await fuse(model, {
      tf,
      spans: [{ from: 'inner/b', to: 'last' }],
      calibrationData: seededData([80, 5], 11),
      refit: 'none',
    });
    const copy = await reloaded(student);
    expect(predictionDistance(student, copy, [3, 5])).toBe(0);
  });

  test('a model nested first in a Sequential is flattened too', () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ name: 'a', units: 6, inputShape: [5] })],
    });
    const model = tf.sequential({ layers: [inner, dense('b')] });
    expect(names(model)).toHaveLength(1);
  });

  test('recurrent layers are refused in words', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: 'a', units: 4, inputShape: [6, 3] }),
        tf.layers.lstm({ name: 'lstm', units: 4 }),
        dense('b'),
      ],
    });
    expect(reasonFor(model, 'a')).toMatch(/"lstm" \(LSTM\) can't be fused: it is recurrent/);
    expect(names(model)).toEqual([]);
  });

  test('a layer that the registry does not know is named', () => {
    class Doubling extends tf.layers.Layer {
      static className = 'Doubling';
    }
    tf.serialization.registerClass(Doubling as never);
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: 'a', units: 4, inputShape: [3] }),
        new Doubling({ name: 'odd' }),
        dense('b'),
      ],
    });
    expect(reasonFor(model, 'a')).toMatch(/"odd" is a Doubling, which no plugin speaks for/);
  });
});

suite('an activation that is a layer', () => {
  test('keeps its parameters through fusing, saving and loading', async () => {
    const topology = {
      class_name: 'Sequential',
      config: {
        name: 'leaky',
        layers: [
          leakyDense('a', { batch_input_shape: [null, 4] }),
          leakyDense('b'),
          leakyDense('c'),
          leakyDense('d'),
        ],
      },
    };
    const model = seedWeights(
      (await tf.models.modelFromJSON({ modelTopology: topology } as never)) as LayersModel,
      12,
    );
    const { student } = await fuse(model, {
      tf,
      spans: [{ from: 'b', to: 'c' }],
      calibrationData: seededData([80, 4], 13),
    });
    expect(student.getLayer('c_activation').getConfig()).toMatchObject({ alpha: 0.4 });
    expect(student.getLayer('a_activation').getConfig()).toMatchObject({ alpha: 0.4 });
    const copy = await reloaded(student);
    expect(predictionDistance(student, copy, [3, 4])).toBe(0);
  });

  test('is what the teacher computes, linear fusions showing it', async () => {
    const topology = {
      class_name: 'Sequential',
      config: {
        name: 'leaky',
        layers: [
          {
            class_name: 'Dense',
            config: { name: 'a', units: 4, activation: 'linear', batch_input_shape: [null, 4] },
          },
          leakyDense('b'),
        ],
      },
    };
    const model = seedWeights(
      (await tf.models.modelFromJSON({ modelTopology: topology } as never)) as LayersModel,
      14,
    );
    const { student } = await fuse(model, {
      tf,
      spans: [{ from: 'a', to: 'b' }],
      calibrationData: seededData([80, 4], 15),
      ridge: 0,
    });
    // The tolerance is for the float32 rounding of two products with four terms.
    expect(predictionDistance(model, student, [5, 4])).toBeLessThan(1e-5);
  });
});

function leakyDense(name: string, more: Record<string, unknown> = {}) {
  return {
    class_name: 'Dense',
    config: { name, units: 4, activation: { class_name: 'LeakyReLU', config: { alpha: 0.4 } }, ...more },
  };
}

test('what is no model is refused with the reason', () => {
  const code = (value: unknown) => {
    try {
      describe(value as LayersModel);
    } catch (error) {
      return FuseInitError.isInstance(error) ? error.code : error;
    }
    return undefined;
  };
  expect(code(null)).toBe('MODEL_UNSUPPORTED');
  expect(code({})).toBe('MODEL_UNSUPPORTED');
  expect(code(new tf.GraphModel('model.json'))).toBe('MODEL_UNSUPPORTED');
  expect(code(tf.sequential())).toBe('MODEL_UNBUILT');
  const disposed = residual();
  disposed.dispose();
  expect(code(disposed)).toBe('MODEL_DISPOSED');
});
