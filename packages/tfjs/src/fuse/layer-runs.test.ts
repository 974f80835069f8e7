import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { disposeModel } from '../network/write-layers-model.js';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { fuse } from './fuse.js';
import type { FuseOptions } from './fuse-options.js';

// 32 samples in batches of 16, of which every fourth is held out, make two parts to solve on and two held-out
// ones.
const parts = 4;
const calibrationData = seededData([32, 5], 2);

interface Callable {
  call(this: Layer, ...args: unknown[]): unknown;
}
const denseClass = Object.getPrototypeOf(tf.layers.dense({ units: 1 })) as Callable;
const { call } = denseClass;
let ran: Layer[] = [];
beforeEach(() => {
  ran = [];
  denseClass.call = function (...args) {
    ran.push(this);
    return call.apply(this, args);
  };
});
afterEach(() => {
  denseClass.call = call;
});

const dense = (name: string, more = {}) => tf.layers.dense({ name, units: 5, activation: 'relu', ...more });
const chain = (...names: string[]) => {
  const [first, ...rest] = names;
  return seedWeights(
    tf.sequential({
      layers: [dense(first!, { inputShape: [5] }), ...rest.map((name) => dense(name))],
    }) as LayersModel,
    1,
  );
};

/**
 * Counts how often each dense layer runs in each pass over the data, and requires that progress always
 * increases.
 */
async function runsOf(teacher: LayersModel, options: Omit<FuseOptions, 'tf' | 'calibrationData'>) {
  const passes: Record<string, number>[] = [];
  let done = 0;
  const { student } = await fuse(teacher, {
    tf,
    calibrationData,
    batchSize: 16,
    heldOut: 0.25,
    ...options,
    onProgress({ stage, step, steps, samples, totalSamples }) {
      const share = (step + samples / totalSamples!) / steps;
      expect(share).toBeGreaterThan(done);
      done = share;
      // The layers that ran since the last report ran in the pass of this report.
      const counts = passes[step] ?? {};
      if (stage !== 'compare') passes[step] = counts;
      for (const layer of ran.splice(0)) {
        const name = `${teacher.layers.includes(layer) ? 'teacher' : 'student'} ${layer.name}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
    },
  });
  expect(done).toBe(1);
  for (const model of [student, teacher]) disposeModel(model);
  return passes;
}

const more = (runs: number, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, parts + runs]));
const each = (...names: string[]) => more(0, ...names);

test('two spans that do not read each other: one pass, each layer once, none that nothing reads', async () => {
  const input = tf.input({ shape: [5] });
  const apply = (from: SymbolicTensor, ...names: string[]) =>
    names.reduce((tensor, name) => dense(name).apply(tensor) as SymbolicTensor, from);
  const stem = apply(input, 'stem');
  const both = tf.layers
    .concatenate()
    .apply([apply(stem, 'a', 'b'), apply(stem, 'c', 'd')]) as SymbolicTensor;
  const teacher = seedWeights(tf.model({ inputs: input, outputs: apply(both, 'out') }), 1);
  const spans = [
    { from: 'a', to: 'b' },
    { from: 'c', to: 'd' },
  ];
  expect(await runsOf(teacher, { spans, refit: 'none' })).toEqual([
    each('teacher stem', 'teacher a', 'teacher b', 'teacher c', 'teacher d'),
  ]);
});

test('a span and refits: each layer runs once on each batch, in whichever pass is the first to need it', async () => {
  const teacher = chain('stem', 'a', 'b', 'c', 'out');
  expect(await runsOf(teacher, { spans: [{ from: 'a', to: 'b' }] })).toEqual([
    each('teacher stem', 'teacher a', 'teacher b'),
    each('teacher c', 'student a_b'),
    {
      // One batch of held-out samples shows whether the refit of c harms the network: the teacher runs on it
      // once, and the student once with the old weights and, from c on, once with the new ones. The refit
      // isn't applied, so the student keeps the teacher's c.
      'teacher stem': 3,
      'teacher a': 1,
      'teacher b': 1,
      'student a_b': 2,
      'teacher c': parts + 2,
      'student c': 1,
      'teacher out': parts + 3,
    },
  ]);
});

test('chained spans: the later one reads the student, or shares the pass where it reads the teacher', async () => {
  const spans = [
    { from: 'a', to: 'b' },
    { from: 'c', to: 'd' },
  ];
  const teachers = ['teacher a', 'teacher b', 'teacher c', 'teacher d'];
  expect(await runsOf(chain('a', 'b', 'c', 'd', 'out'), { spans, refit: 'none' })).toEqual([
    each('teacher a', 'teacher b'),
    each('teacher c', 'teacher d', 'student a_b'),
  ]);
  expect(
    await runsOf(chain('a', 'b', 'c', 'd', 'out'), { spans, refit: 'none', propagate: 'teacher' }),
  ).toEqual([each(...teachers)]);
  expect(await runsOf(chain('a', 'b', 'c', 'd', 'out'), { spans, propagate: 'teacher' })).toEqual([
    each(...teachers),
    each('teacher out', 'student a_b', 'student c_d'),
  ]);
});

test('an activation that is a layer of its own stands beside in the student, and is shared all the same', async () => {
  const teacher = chain('stem', 'a', 'b', 'out');
  const stem = teacher.getLayer('stem') as unknown as { activation: Layer };
  stem.activation = tf.layers.leakyReLU({ alpha: 0.1 }) as Layer;
  stem.activation.apply(tf.input({ shape: [5] }));
  expect(await runsOf(teacher, { spans: [{ from: 'a', to: 'b' }] })).toEqual([
    each('teacher stem', 'teacher a', 'teacher b'),
    each('teacher out', 'student a_b'),
  ]);
});
