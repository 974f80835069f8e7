import { layerSettings, leaky, modelOf, predicted } from '@fuseinit/test-inputs/layer-settings';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { fingerprint, reloaded, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { expect, describe as suite, test } from 'vitest';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { layerConfig } from './layer-config.js';
import { readNetwork } from './read-network.js';
import { disposeModel, toLayersModel } from './write-layers-model.js';

const L = tf.layers;
const dense = (name: string, more = {}) => L.dense({ name, units: 3, ...more });

const named = (config: unknown) =>
  JSON.stringify(config, (key, value) => (key === 'name' ? undefined : value));

/** Settings that TensorFlow.js itself can't run: causal convolutions, and Resizing in a functional model. */
const cannotRun = new Set(['causal', 'Resizing']);

suite('a copy of a layer', () => {
  test.each(layerSettings)(
    'computes and is saved as the layer: %s, %s',
    async (className, setting, make, inputShapes) => {
      const model = modelOf(make, inputShapes);
      const untouched = fingerprint(model);
      const before = tf.memory().numTensors;
      disposeModel(toLayersModel(tf, readNetwork(model)));
      expect(tf.memory().numTensors).toBe(before);
      const copy = toLayersModel(tf, readNetwork(model));
      expect(fingerprint(model)).toBe(untouched);
      const [layer] = model.layers.slice(2 * inputShapes.length);
      const [own] = copy.layers.slice(2 * inputShapes.length);
      expect(own!.getClassName()).toBe(className);
      if (copy.layers.length === model.layers.length) {
        expect(named(own!.getConfig())).toBe(named(layerConfig(layer!)));
      }
      const loaded = await reloaded(copy);
      if (!cannotRun.has(className) && !cannotRun.has(setting)) {
        const expected = predicted(model, className, inputShapes);
        expect(predicted(copy, className, inputShapes)).toEqual(expected);
        expect(predicted(loaded, className, inputShapes)).toEqual(expected);
      }
      for (const each of [loaded, copy, model]) disposeModel(each);
    },
  );

  test('is tried for every class that tfjs registers', () => {
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const classes = Object.entries(classNameMap).filter(
      ([, [cls]]) => cls.prototype instanceof tf.layers.Layer,
    );
    const models = ['InputLayer', 'Model', 'Functional', 'Sequential'];
    const cells = ['SimpleRNNCell', 'GRUCell', 'LSTMCell', 'StackedRNNCells', 'ConvLSTM2DCell'];
    // Layers that are random at inference too, so that no two predictions agree.
    const random = ['RandomWidth'];
    const tried = new Set([...models, ...cells, ...random, ...layerSettings.map(([className]) => className)]);
    expect(classes.map(([name]) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});

suite('what later training sees', () => {
  const trained = (model: LayersModel) => model.trainableWeights.map((weight) => weight.originalName);

  test('regularizers cost the copy what they cost the layer', () => {
    for (const [, , make, inputShapes] of layerSettings) {
      const model = modelOf(make, inputShapes);
      const copy = toLayersModel(tf, readNetwork(model));
      const penalties = (of: LayersModel) =>
        tf.tidy(() =>
          of.layers.flatMap((layer) => layer.calculateLosses().map((loss) => loss.dataSync()[0]!)),
        );
      expect(penalties(copy)).toEqual(penalties(model));
      for (const each of [copy, model]) disposeModel(each);
    }
  });

  test('layers that are frozen, or of which one weight is, stay so', () => {
    const model = tf.sequential({
      layers: [dense('a', { inputShape: [4], trainable: false }), dense('b'), dense('c')],
    });
    model.layers[1]!.trainableWeights[0]!.trainable = false;
    seedWeights(model, 3);
    const copy = toLayersModel(tf, readNetwork(model));
    expect(trained(copy)).toEqual(['b/bias', 'c/kernel', 'c/bias']);
    expect(copy.layers.slice(1).map(({ trainable }) => trainable)).toEqual([false, true, true]);
    expect(copy.getWeights().map((weight) => weight.shape)).toEqual(
      model.getWeights().map((weight) => weight.shape),
    );
    for (const each of [copy, model]) disposeModel(each);
  });

  test('cells, wrapped layers and models that are frozen stay so', () => {
    const cells = [L.simpleRNNCell({ units: 2, name: 'first' }), L.gruCell({ units: 2, name: 'second' })];
    (cells[0] as unknown as Layer).trainable = false;
    const inner = tf.sequential({ layers: [dense('inner_a', { inputShape: [2] }), dense('inner_b')] });
    const model = tf.sequential({
      layers: [
        L.rnn({ cell: cells as never, returnSequences: true, inputShape: [4, 2] }),
        L.timeDistributed({ layer: inner }),
        L.timeDistributed({ layer: dense('wrapped', { trainable: false }) }),
        L.bidirectional({ layer: L.lstm({ units: 2 }) as never, mergeMode: 'concat', trainable: false }),
      ],
    });
    inner.layers[0]!.trainable = false;
    const copy = toLayersModel(tf, readNetwork(model));
    const flags = (of: LayersModel) =>
      of.layers.flatMap((layer) => layer.trainableWeights).map(({ shape }) => shape);
    expect(flags(model).length).toBeLessThan(model.weights.length);
    expect(flags(copy)).toEqual(flags(model));
    for (const each of [copy, model]) disposeModel(each);
  });

  test('a layer in a frozen nested model trains no more than there, also after it is saved', async () => {
    const base = tf.sequential({ name: 'base', layers: [dense('deep', { inputShape: [4] })] });
    base.trainable = false;
    const input = tf.input({ shape: [4] });
    const model = tf.model({
      inputs: input,
      outputs: dense('head').apply(base.apply(input)) as SymbolicTensor,
    });
    const copy = toLayersModel(tf, readNetwork(model));
    const loaded = await reloaded(copy);
    for (const each of [model, copy, loaded]) expect(trained(each)).toEqual(['head/kernel', 'head/bias']);
    for (const each of [loaded, copy, model]) each.dispose();
  });

  test('weights that a constraint would change are copied as they are', () => {
    const model = tf.sequential({
      layers: [
        dense('a', {
          inputShape: [2],
          useBias: false,
          kernelConstraint: 'nonNeg',
          kernelInitializer: 'ones',
        }),
      ],
    });
    // The weight is as training may leave it: optimizer steps can violate constraints.
    tf.tidy(() => (model.weights[0]!.read() as ReturnType<typeof tf.variable>).assign(tf.fill([2, 3], -0.5)));
    const copy = toLayersModel(tf, readNetwork(model));
    expect(Array.from(copy.getWeights()[0]!.dataSync())).toEqual(Array(6).fill(-0.5));
    for (const each of [copy, model]) disposeModel(each);
  });
});

suite('parts of the graph around a layer', () => {
  test('a recurrent layer with an initial state reads its own graph', async () => {
    const sequence = tf.input({ shape: [4, 2] });
    const state = tf.input({ shape: [3] });
    const gru = L.gru({ units: 3, name: 'decoder' });
    const model = tf.model({
      inputs: [sequence, state],
      outputs: gru.apply(sequence, { initialState: state } as never) as SymbolicTensor,
    });
    seedWeights(model, 4);
    const copy = toLayersModel(tf, readNetwork(model));
    const loaded = await reloaded(copy);
    const expected = predicted(model, 'GRU', [[4, 2], [3]]);
    for (const each of [copy, loaded]) expect(predicted(each, 'GRU', [[4, 2], [3]])).toEqual(expected);
    for (const each of [loaded, copy, model]) disposeModel(each);
  });

  test('a part whose activation has weights is refused, since tfjs saves none of them', async () => {
    const prelu = { className: 'PReLU', config: {} } as never;
    const model = tf.sequential({
      layers: [L.simpleRNN({ units: 3, name: 'odd', activation: prelu, inputShape: [4, 2] })],
    });
    tf.tidy(() => model.predict(tf.zeros([1, 4, 2])));
    const error = await refusalOf(() => toLayersModel(tf, readNetwork(model)));
    expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', layerName: 'odd' });
    expect(error.message).toMatch(
      /activation "[^"]+" \(PReLU\), whose weights TF.js neither trains nor saves/,
    );
    disposeModel(model);
  });

  test('names that are taken are left to their layers', () => {
    const model = tf.sequential({
      layers: [
        L.dense({ name: 'a', units: 3, activation: leaky, inputShape: [4] }),
        dense('a_activation'),
        dense('a_activation_1'),
      ],
    });
    const copy = toLayersModel(tf, readNetwork(model));
    expect(copy.layers.slice(1).map(({ name }) => name)).toEqual([
      'a',
      'a_activation_2',
      'a_activation',
      'a_activation_1',
    ]);
    for (const each of [copy, model]) disposeModel(each);
  });
});
