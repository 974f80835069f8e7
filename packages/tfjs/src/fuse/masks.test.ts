import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { predictionDistance, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeAll, expect, test } from 'vitest';
import { findSpans } from '../find-spans.js';
import type { SymbolicTensor, Tensor } from '../tensorflow.js';
import { fuse } from './fuse.js';

beforeAll(() => tf.setBackend('cpu'));

const apply = (layer: { apply(input: never): unknown }, ...inputs: SymbolicTensor[]) =>
  layer.apply((inputs.length === 1 ? inputs[0] : inputs) as never) as SymbolicTensor;

const [samples, steps, features] = [400, 6, 3];

/** Sequences of different lengths, padded with zeros at the end. */
function sequences(): Tensor {
  const { data } = seededData([samples, steps, features], 11);
  for (let sample = 0; sample < samples; sample++) {
    const length = 1 + (sample % steps);
    data.fill(0, (sample * steps + length) * features, (sample + 1) * steps * features);
  }
  return tf.tensor(data, [samples, steps, features]);
}

test('a span after a masked recurrent layer is solved on what that gives in predict', async () => {
  const input = tf.input({ shape: [steps, features] });
  const state = apply(tf.layers.lstm({ units: 4 }), apply(tf.layers.masking(), input));
  const hidden = apply(tf.layers.dense({ units: 6, activation: 'relu', name: 'a' }), state);
  const output = apply(tf.layers.dense({ units: 2, name: 'b' }), hidden);
  const teacher = seedWeights(tf.model({ inputs: input, outputs: output }), 3);
  const states = tf.model({ inputs: input, outputs: state });
  const x = sequences();
  const { student } = await fuse(teacher, {
    tf,
    spans: [{ from: 'a', to: 'b' }],
    calibrationData: x,
    heldOut: 0,
    ridge: 1e-9,
  });
  // The residuals of least squares are orthogonal to the regressors.
  const regressors = (states.predict(x) as Tensor).concat(tf.ones([samples, 1]), 1);
  const residuals = (student.predict(x) as Tensor).sub(teacher.predict(x) as Tensor);
  const lengths = tf.outerProduct(regressors.norm(2, 0).as1D(), residuals.norm(2, 0).as1D());
  const cosines = tf.matMul(regressors as never, residuals as never, true).div(lengths);
  // The tolerance allows for rounding and the pull of the ridge. With states that were computed without a
  // mask as regressors, the cosines exceed 0.1.
  expect(cosines.abs().max().dataSync()[0]).toBeLessThan(1e-3);
});

test('a fused dense layer passes on the mask that the layers in its place passed on', async () => {
  const input = tf.input({ shape: [steps, features] });
  const masked = apply(tf.layers.masking(), input);
  const hidden = apply(tf.layers.dense({ units: 5, name: 'a' }), masked);
  const output = apply(tf.layers.gru({ units: 3 }), apply(tf.layers.dense({ units: 4, name: 'b' }), hidden));
  const teacher = seedWeights(tf.model({ inputs: input, outputs: output }), 4);
  const spans = [{ from: 'a', to: 'b' }];
  const { student } = await fuse(teacher, { tf, spans, calibrationData: sequences(), ridge: 1e-9 });
  // Two linear layers can be fused exactly, up to the rounding of float32 sums.
  expect(predictionDistance(teacher, student, [50, steps, features])).toBeLessThan(1e-4);
  const x = sequences();
  const distance = (teacher.predict(x) as Tensor).sub(student.predict(x) as Tensor);
  expect(distance.abs().max().dataSync()[0]).toBeLessThan(1e-4);
});

test('a span is refused where a later layer would get another mask', async () => {
  const input = tf.input({ shape: [steps, features] });
  const hidden = apply(tf.layers.dense({ units: 5, name: 'a' }), apply(tf.layers.masking(), input));
  // This layer drops the mask, which a single dense layer in place of the three would pass on.
  const activated = apply(tf.layers.leakyReLU({ name: 'leaky' }), hidden);
  const dense = apply(tf.layers.dense({ units: 4, name: 'b' }), activated);
  const joined = apply(tf.layers.concatenate(), dense, input);
  const output = apply(tf.layers.lstm({ units: 3, name: 'reader' }), joined);
  const teacher = tf.model({ inputs: input, outputs: output });
  const spans = [{ from: 'a', to: 'b' }];
  const error = await refusalOf(() => fuse(teacher, { tf, spans, calibrationData: sequences() }));
  expect(error).toMatchObject({ code: 'SPAN_ILLEGAL' });
  expect(error.message).toMatch(/"reader" \(LSTM\) would get another mask/);
});

test('no span is legal where the mask of a nested model would go beyond it in a student', () => {
  const inner = tf.sequential({
    layers: [
      tf.layers.masking({ inputShape: [steps, features] }),
      tf.layers.gru({ units: 4, returnSequences: true }),
    ],
  });
  const input = tf.input({ shape: [steps, features] });
  const read = apply(tf.layers.lstm({ units: 3, name: 'outer' }), apply(inner, input));
  const hidden = apply(tf.layers.dense({ units: 4, name: 'a' }), read);
  const outputs = apply(tf.layers.dense({ units: 2, name: 'b' }), hidden);
  const teacher = tf.model({ inputs: input, outputs });
  const { legal, illegal } = findSpans(teacher);
  expect(legal).toEqual([]);
  expect(illegal.find(({ from }) => from === 'a')?.reason).toMatch(/no nested models, .*"outer" \(LSTM\)/);
});

test('a recurrent layer with an initial state comes along into the student', async () => {
  const input = tf.input({ shape: [steps, features] });
  const state = apply(tf.layers.dense({ units: 4 }), apply(tf.layers.flatten(), input));
  const read = tf.layers.gru({ units: 4 }).apply(input, { initialState: [state] }) as SymbolicTensor;
  const hidden = apply(tf.layers.dense({ units: 6, name: 'a' }), read);
  const output = apply(tf.layers.dense({ units: 2, name: 'b' }), hidden);
  const teacher = seedWeights(tf.model({ inputs: input, outputs: output }), 6);
  const spans = [{ from: 'a', to: 'b' }];
  const { student } = await fuse(teacher, { tf, spans, calibrationData: sequences(), ridge: 1e-9 });
  // As above, the fusion is exact up to the rounding of float32 sums.
  expect(predictionDistance(teacher, student, [50, steps, features])).toBeLessThan(1e-4);
});
