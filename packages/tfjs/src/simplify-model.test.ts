import '@fuseinit/test-inputs/start-wasm';
import { fingerprint, reloaded, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeEach, expect, test } from 'vitest';
import { fuse } from './fuse/fuse.js';
import { readNetwork } from './network/read-network.js';
import { disposeModel } from './network/write-layers-model.js';
import { simplifiedSpans } from './simplified-spans.js';
import { simplify } from './simplify-model.js';
import type { LayersModel, SymbolicTensor, Tensor } from './tensorflow.js';

beforeEach(() => tf.setBackend('cpu'));

const L = tf.layers;
const apply = (layer: { apply(x: SymbolicTensor[] | SymbolicTensor): unknown }, ...x: SymbolicTensor[]) =>
  layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;

/** An inverted residual of MobileNetV2 as Keras writes it, in a nested model. */
function teachable(): LayersModel {
  const input = tf.input({ shape: [8, 8, 3] });
  const relu6 = (x: SymbolicTensor, name?: string) =>
    apply(L.reLU({ maxValue: 6 }), apply(L.batchNormalization({ ...(name && { name }) }), x));
  const pad = L.zeroPadding2d({
    padding: [
      [0, 1],
      [0, 1],
    ],
  });
  const stem = relu6(
    apply(
      L.conv2d({ name: 'conv', filters: 8, kernelSize: 3, strides: 2, useBias: false }),
      apply(pad, input),
    ),
    'conv_norm',
  );
  const expanded = relu6(
    apply(L.conv2d({ name: 'expanded', filters: 16, kernelSize: 1, useBias: false }), stem),
    'expanded_norm',
  );
  const depthwise = relu6(
    apply(L.depthwiseConv2d({ name: 'filtered', kernelSize: 3, padding: 'same', useBias: false }), expanded),
    'filtered_norm',
  );
  const projected = apply(
    L.batchNormalization(),
    apply(L.conv2d({ filters: 8, kernelSize: 1, useBias: false }), depthwise),
  );
  const backbone = tf.model({ inputs: input, outputs: apply(L.add(), stem, projected), name: 'backbone' });
  const head = tf.sequential({
    name: 'head',
    layers: [
      L.globalAveragePooling2d({ inputShape: [4, 4, 8] }),
      L.dropout({ name: 'noise', rate: 0.2 }),
      L.dense({ name: 'out', units: 3, activation: 'softmax' }),
    ],
  });
  return seedWeights(tf.sequential({ layers: [backbone, head] }), 5);
}

const valuesOf = (outputs: Tensor | Tensor[]) => [outputs].flat().map((tensor) => [...tensor.dataSync()]);

function expectClose(actual: number[][], expected: number[][]) {
  for (const [index, values] of expected.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    // Weights are folded in float64 and rounded once. A single product rounds differently from two in
    // sequence.
    for (const [at, value] of values.entries())
      expect(Math.abs(actual[index]![at]! - value)).toBeLessThan(1e-5 * largest);
  }
}

test.each(['cpu', 'wasm'])(
  'a nested MobileNet computes the same in fewer layers, in both formats, on %s',
  async (backend) => {
    await tf.setBackend(backend);
    const model = teachable();
    const untouched = fingerprint(model);
    const { model: simpler, applied } = simplify(model, { tf });
    const { artifacts } = simplify(model, { tf, format: 'graph' });
    const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
    const copy = await reloaded(simpler);
    const { data, shape } = seededData([3, 8, 8, 3], 2);
    tf.tidy(() => {
      const x = tf.tensor(data, [...shape]);
      const expected = valuesOf(model.predict(x) as Tensor);
      expectClose(valuesOf(simpler.predict(x) as Tensor), expected);
      expectClose(valuesOf(copy.predict(x) as Tensor), expected);
      expectClose(valuesOf(graph.predict(x) as Tensor), expected);
    });
    const classes = readNetwork(simpler).nodes.map(({ layer }) => layer.className);
    expect(classes).not.toContain('BatchNormalization');
    expect(classes).not.toContain('ZeroPadding2D');
    expect(new Set(applied.map(({ rule }) => rule)).size).toBeGreaterThanOrEqual(3);
    expect(fingerprint(model)).toBe(untouched);
    // A simplified model is returned unchanged.
    const again = simplify(simpler, { tf });
    expect(again.applied).toEqual([]);
    disposeModel(again.model);
    graph.dispose();
    for (const each of [copy, simpler, model]) disposeModel(each);
  },
);

test('a simplified model is compiled as the one given, and both it and a student keep its metadata', async () => {
  const model = teachable();
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
  model.setUserDefinedMetadata({ labels: ['a', 'b', 'c'] });
  const simplified = simplify(model, { tf });
  const { loss, optimizer } = simplified.model as LayersModel & { loss: unknown };
  expect([loss, optimizer.getConfig()]).toEqual(['meanSquaredError', { learningRate: 0.5 }]);
  const [spans, calibrationData] = [
    simplifiedSpans([{ from: 'expanded', to: 'filtered_norm' }], simplified),
    seededData([24, 8, 8, 3], 9),
  ];
  expect(spans).toEqual([{ from: 'expanded', to: 'filtered' }]);
  const { student, report } = await fuse(simplified.model, { tf, spans, calibrationData });
  expect(student.getUserDefinedMetadata()).toEqual({ labels: ['a', 'b', 'c'] });
  expect(report.spans[0]!.name).toBe('expanded_filtered');
  for (const each of [student, simplified.model, model]) disposeModel(each);
});

test.each([
  [{ from: 'nowhere', to: 'expanded' }, 'SPAN_NOT_FOUND', /no layer "nowhere"\. It has .*conv/],
  [{ from: 'conv', to: 'conv_norm' }, 'SPAN_ILLEGAL', /one layer already, "conv"/],
  [{ from: 'head/noise', to: 'head/out' }, 'SPAN_NOT_FOUND', /"head\/noise" is no single layer/],
])('spans that simplifying has left nothing of are refused: %j', (span, code, message) => {
  const model = teachable();
  const simplified = simplify(model, { tf });
  const refused = () => simplifiedSpans([span], simplified);
  expect(refused).toThrow(message);
  expect(refused).toThrow(expect.objectContaining({ code }));
  for (const each of [simplified.model, model]) disposeModel(each);
});

/** A custom layer that no plugin supports. */
class Doubled extends L.Layer {
  static className = 'Doubled';
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.mul([inputs].flat()[0]!, 2);
  }
}
tf.serialization.registerClass(Doubled as never);

test('a layer that is not known stays as it is in a LayersModel, and is refused by name for a graph', () => {
  const model = seedWeights(
    tf.sequential({
      layers: [
        L.dense({ units: 3, inputShape: [4] }),
        L.batchNormalization(),
        new Doubled({ name: 'mine' }) as never,
        L.dense({ units: 2 }),
        L.batchNormalization(),
      ],
    }),
    3,
  );
  const { model: simpler } = simplify(model, { tf });
  expect(simpler.layers.map((layer) => layer.getClassName())).toEqual([
    'InputLayer',
    'Dense',
    'Doubled',
    'Dense',
  ]);
  const { data, shape } = seededData([2, 4], 3);
  const x = tf.tensor(data, [...shape]);
  expectClose(valuesOf(simpler.predict(x) as Tensor), valuesOf(model.predict(x) as Tensor));
  expect(() => simplify(model, { tf, format: 'graph' })).toThrow(
    expect.objectContaining({ code: 'LAYER_UNSUPPORTED', layerName: 'mine' }),
  );
});

test('a layer in the place of a second call has a name that TensorFlow.js takes', async () => {
  const input = tf.input({ shape: [4] });
  const dropout = L.dropout({ rate: 0.5 });
  const hidden = apply(L.dense({ units: 4, activation: 'tanh' }), apply(dropout, input));
  // The output is the second call of the dropout. The layer before it takes the name of that call.
  const output = apply(dropout, apply(L.dense({ units: 2 }), hidden));
  const model = seedWeights(tf.model({ inputs: input, outputs: output }), 4);
  const { model: simpler } = simplify(model, { tf });
  const copy = await reloaded(simpler);
  const { data, shape } = seededData([3, 4], 4);
  const x = tf.tensor(data, [...shape]);
  expectClose(valuesOf(copy.predict(x) as Tensor), valuesOf(model.predict(x) as Tensor));
  expect(copy.layers.map((layer) => layer.getClassName())).toEqual(['InputLayer', 'Dense', 'Dense']);
});

test('no layer comes to read a tensor twice that another one reads, which predict would dispose too early', () => {
  const input = tf.input({ shape: [4] });
  const hidden = apply(L.dense({ units: 4, activation: 'tanh' }), input);
  const same = [0, 1].map(() => apply(L.activation({ activation: 'relu' }), hidden));
  const sum = apply(L.add(), ...same);
  const other = apply(L.dense({ units: 2 }), same[0]!);
  const model = seedWeights(tf.model({ inputs: input, outputs: [sum, other] }), 5);
  const { model: simpler, applied } = simplify(model, { tf });
  expect(applied).toEqual([]);
  const { data, shape } = seededData([3, 4], 5);
  const x = tf.tensor(data, [...shape]);
  expectClose(valuesOf(simpler.predict(x) as Tensor[]), valuesOf(model.predict(x) as Tensor[]));
  // A GraphModel disposes no tensor that is still to be read.
  expect(simplify(model, { tf, format: 'graph' }).applied).toMatchObject([{ rule: 'repeated' }]);
});

test('activations that become a relu6 are one layer ReLU, and simplified already then', () => {
  const model = tf.sequential({
    layers: [
      L.leakyReLU({ inputShape: [4] }),
      L.activation({ activation: 'relu6' as never }),
      L.reLU(),
      L.leakyReLU(),
    ],
  });
  const { model: simpler } = simplify(model, { tf });
  expect(simpler.layers.map((layer) => layer.getClassName())).toEqual([
    'InputLayer',
    'LeakyReLU',
    'ReLU',
    'LeakyReLU',
  ]);
  expect(simplify(simpler, { tf }).applied).toEqual([]);
});

test('calls of a shared layer keep their inputs when the model is saved and loaded', async () => {
  const [input, other, read] = [0, 1, 2].map(() => tf.input({ shape: [3] }));
  const inner = tf.model({ inputs: read!, outputs: apply(L.dense({ units: 3 }), read!) });
  const call = (x: SymbolicTensor) => inner.apply(x) as SymbolicTensor;
  // When the model is loaded, the second call must wait for a layer that reads the first call's output; the
  // third needn't wait.
  const hidden = apply(L.activation({ activation: 'tanh' }), call(input!));
  const second = call(apply(L.add(), input!, hidden));
  const outputs = apply(L.concatenate(), second, call(other!));
  const model = seedWeights(tf.model({ inputs: [input!, other!], outputs }), 7);
  const { model: simpler } = simplify(model, { tf });
  const feeds = [8, 9].map((seed) => tf.tensor(seededData([3, 3], seed).data, [3, 3]));
  const expected = valuesOf(model.predict(feeds) as Tensor);
  expectClose(valuesOf(simpler.predict(feeds) as Tensor), expected);
  expectClose(valuesOf((await reloaded(simpler)).predict(feeds) as Tensor), expected);
});
