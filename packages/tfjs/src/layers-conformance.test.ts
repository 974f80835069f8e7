import {
  interpret,
  type NdArray,
  type Network,
  type NetworkLayer,
  type NetworkNode,
  ndArray,
  type TensorType,
} from '@fuseinit/core';
import { randomArray } from '@fuseinit/core/testing';
import { builtinLayers, createRegistry } from '@fuseinit/registry';
import {
  type LayerSetting,
  layerCases,
  layerSettings,
  type PlainLayer,
  settingTitle,
} from '@fuseinit/registry/testing';
import { seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { stockModel } from '@fuseinit/test-inputs/stock-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { repairKernels } from './kernel-faults/repair-kernels.js';
import { readNetwork } from './network/read-network.js';
import type { Layer, SymbolicTensor, Tensor } from './tensorflow.js';
import { checkLayerInModel } from './testing/check-layer-in-model.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
  // Stock kernels compute some windows on three axes, and normalizations over an inner axis, incorrectly.
  repairKernels(tf);
});

const registry = createRegistry({ layers: builtinLayers });

/**
 * Expects values to agree up to the rounding of sums of a few dozen float32 products of numbers near 1: some
 * roundings of 6e-8 each, of values up to ten.
 */
function expectClose(ours: NdArray, theirs: Tensor): void {
  expect(ours.shape).toEqual(theirs.shape);
  const values = theirs.dataSync();
  ours.data.forEach((value, index) => {
    expect(Math.abs(value - values[index]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
  });
}

describe('a layer that may be part of a span', () => {
  test.each(layerCases)('%s computes what tfjs computes', async (_title, layer) => {
    const model = stockModel([layer], layer.inputShape.map(Number));
    const found = await checkLayerInModel(registry.plugin(layer.className)!, { tf, model });
    expect(found).toHaveLength(1);
  });
});

function stockLayer({ className, config }: PlainLayer): Layer {
  const [layerClass, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[className]!;
  return fromConfig(layerClass as never, structuredClone(config) as never) as unknown as Layer;
}

/** Sets the weights of a built layer to seeded float32 numbers; variances are positive. */
function drawWeights(layer: Layer): void {
  const names = layer.weights.map(({ name }) => name);
  const drawn = layer.getWeights().map(({ shape }, index) => {
    const isVariance = names[index]!.includes('variance');
    const values = randomArray(100 + index, shape).data;
    return tf.tensor(
      Float32Array.from(values, (value) => (isVariance ? Math.abs(value) + 0.2 : value / 2)),
      shape,
    );
  });
  layer.setWeights(drawn);
}

/**
 * Draws numbers near 1, or whole numbers if they stand for categories. If a layer before creates a mask, some
 * steps are set to zero, which masks them.
 */
function drawInput(shape: readonly number[], seed: number, { categories, before }: LayerSetting): NdArray {
  const values = Float32Array.from(randomArray(seed, shape).data, (value) =>
    categories ? Math.floor(Math.abs(value) * 997) % categories : value,
  );
  if (before && !categories) {
    const [, steps, features] = shape as [number, number, number];
    values.fill(0, (steps - 1) * features, (steps + 1) * features);
  }
  return ndArray(shape, values);
}

function networkLayer(layer: Layer): NetworkLayer {
  const weights = layer.getWeights().map((weight, index) => ({
    name: layer.weights[index]!.name,
    shape: weight.shape,
    dtype: 'float32',
    data: Float32Array.from(weight.dataSync()),
    trainable: true,
  }));
  const { name } = layer;
  return { name, className: layer.getClassName(), config: layer.getConfig(), weights, trainable: true };
}

/**
 * A network of layers in sequence. Each layer receives the mask of the last layer before it that creates one.
 */
function chainOf(layers: readonly Layer[], inputs: readonly NdArray[], outputs: readonly Tensor[]): Network {
  const type = ({ shape }: Pick<NdArray, 'shape'>) => ({ shape: shape.slice(1), dtype: 'float32' });
  const names = inputs.map((_, index) => `input${index}`);
  const nodes: NetworkNode[] = inputs.map((input, index) => ({
    name: names[index]!,
    layer: { name: names[index]!, className: 'InputLayer', config: {}, weights: [], trainable: false },
    inputs: [],
    outputs: [type(input)],
    origins: [],
  }));
  let reads = names.map((node) => ({ node, output: 0 }));
  let given: string | null = null;
  for (const [index, layer] of layers.entries()) {
    const name = `layer${index}`;
    const isLast = index === layers.length - 1;
    const types = isLast ? outputs.map(type) : [layer.output as SymbolicTensor].map(typeOfSymbol);
    nodes.push({
      name,
      layer: networkLayer(layer),
      inputs: reads,
      outputs: types,
      origins: [layer.name],
      ...(given !== null && { masks: { given, ofInputs: [] } }),
    });
    if (registry.plugin(layer.getClassName())?.makeMask) given = name;
    reads = types.map((_, output) => ({ node: name, output }));
  }
  return { name: 'chain', nodes, inputs: names, outputs: reads };
}

function typeOfSymbol({ shape }: SymbolicTensor): TensorType {
  return { shape: shape.slice(1), dtype: 'float32' };
}

/**
 * Classes that tfjs 4.22 can compute on tensors but can't run in a model: they change shapes or read lists of
 * tensors.
 */
const outsideModels = ['Resizing', 'CenterCrop', 'CategoryEncoding'];

/** Runs layers in sequence by TensorFlow.js and by the interpreter. */
function runBoth(chain: readonly PlainLayer[], inputs: readonly NdArray[]): [NdArray[], Tensor[]] {
  const tensors = inputs.map(({ data, shape }) => tf.tensor(Float32Array.from(data), [...shape]));
  const layers = chain.map(stockLayer) as [Layer, ...Layer[]];
  let theirs: Tensor | Tensor[];
  if (outsideModels.includes(chain[0]!.className)) {
    theirs = layers[0].apply(tensors[0]!) as Tensor;
  } else {
    const symbols = inputs.map(({ shape }) => tf.input({ shape: shape.slice(1) }));
    let output: SymbolicTensor | SymbolicTensor[] = symbols.length === 1 ? symbols[0]! : symbols;
    for (const layer of layers) output = layer.apply(output) as SymbolicTensor | SymbolicTensor[];
    layers.forEach(drawWeights);
    theirs = tf.model({ inputs: symbols, outputs: output }).predict(tensors);
  }
  const outputs = [theirs].flat();
  return [interpret(chainOf(layers, inputs, outputs), inputs, { plugins: builtinLayers }), outputs];
}

/** tfjs 4.22 can't add the bias of a SeparableConv2D with channels first. */
const isRefused = ({ className, config }: LayerSetting) =>
  className === 'SeparableConv2D' && config.dataFormat === 'channelsFirst';

describe('a network of one layer', () => {
  const firsts = new Map(layerSettings.toReversed().map((setting) => [setting.className, setting]));
  // Testing all settings takes minutes: `npm run layer-sweep` does so.
  const chosen = layerSettings.filter(
    (setting, index) =>
      (firsts.get(setting.className) === setting || setting.before || index % 15 === 0) &&
      !isRefused(setting),
  );

  test('of each class that can be interpreted is among the settings', () => {
    const interpreted = builtinLayers.flatMap(({ classNames, apply }) => (apply ? classNames : []));
    expect([...new Set(chosen.map(({ className }) => className))].sort()).toEqual(interpreted.sort());
  });

  test.each(chosen.map((setting) => [settingTitle(setting), setting] as const))(
    '%s is interpreted as tfjs computes it',
    (_title, setting) => {
      const { before, inputShapes } = setting;
      const inputs = inputShapes.map((shape, index) => drawInput(shape, 7 + index, setting));
      const [ours, theirs] = runBoth(before ? [before, setting] : [setting], inputs);
      expect(ours).toHaveLength(theirs.length);
      theirs.forEach((output, index) => void expectClose(ours[index]!, output));
    },
  );
});

describe('a mask', () => {
  const words = ndArray([2, 4], [0, 3, 1, 0, 2, 0, 0, 4]);
  const embedding = { className: 'Embedding', config: { inputDim: 5, outputDim: 3, maskZero: true } };
  const lstm = { className: 'LSTM', config: { units: 2, returnSequences: true } };
  const gru = { className: 'GRU', config: { units: 2 } };

  test.each([
    ['of an Embedding reaches an LSTM', [embedding, lstm]],
    [
      'goes on through a Dense and a recurrent layer',
      [embedding, { className: 'Dense', config: { units: 3 } }, lstm, gru],
    ],
    ['reaches both directions', [embedding, { className: 'Bidirectional', config: { layer: gru } }]],
    [
      'reaches stacked cells',
      [
        embedding,
        {
          className: 'RNN',
          config: {
            cell: {
              className: 'StackedRNNCells',
              config: {
                cells: [
                  { className: 'GRUCell', config: { units: 2 } },
                  { className: 'SimpleRNNCell', config: { units: 3 } },
                ],
              },
            },
            returnSequences: true,
          },
        },
      ],
    ],
  ] as const)('%s', (_title, chain) => {
    const [[ours], [theirs]] = runBoth(chain, [words]);
    expectClose(ours!, theirs!);
    const unmasked = chain.map((layer) =>
      layer === embedding ? { ...layer, config: { ...layer.config, maskZero: false } } : layer,
    );
    const [[without]] = runBoth(unmasked, [words]);
    expect(without!.data).not.toEqual(ours!.data);
  });

  test('reaches a Softmax', () => {
    const table = { className: 'Embedding', config: { inputDim: 5, outputDim: 1, maskZero: true } };
    const chain = [table, { className: 'Flatten', config: {} }, { className: 'Softmax', config: {} }];
    const [[ours], [theirs]] = runBoth(chain, [words]);
    expectClose(ours!, theirs!);
    // The first word of the first sample is 0.
    expect(ours!.data[0]).toBe(0);
  });
});

test('a length that a model leaves open is that of the input', () => {
  const input = tf.input({ shape: [null, 2] });
  const layers = [
    { className: 'Conv1D', config: { filters: 3, kernelSize: 2, padding: 'same' } },
    { className: 'GlobalMaxPooling1D', config: {} },
  ].map(stockLayer);
  const output = layers.reduce((read, layer) => layer.apply(read) as SymbolicTensor, input);
  layers.forEach(drawWeights);
  const samples = randomArray(8, [2, 5, 2]);
  const tensor = tf.tensor(Float32Array.from(samples.data), samples.shape as number[]);
  const theirs = tf.model({ inputs: input, outputs: output }).predict(tensor) as Tensor;
  const network = chainOf(layers, [samples], [theirs]);
  const open = {
    ...network,
    nodes: network.nodes.map((node) => ({
      ...node,
      outputs: node.outputs.map((type) =>
        type.shape.length > 1 ? { ...type, shape: type.shape.with(0, null) } : type,
      ),
    })),
  };
  expectClose(interpret(open, [samples], { plugins: builtinLayers })[0]!, theirs);
});

test('masks that are joined, wrapped layers, states and several outputs, as a model is read', () => {
  const [words, more] = [tf.input({ shape: [4] }), tf.input({ shape: [4] })];
  const embed = (outputDim: number, of: SymbolicTensor) =>
    tf.layers.embedding({ inputDim: 5, outputDim, maskZero: true }).apply(of) as SymbolicTensor;
  const joined = tf.layers.concatenate().apply([embed(3, words), embed(2, more)]) as SymbolicTensor;
  const inner = tf.layers.lstm({ units: 2, returnSequences: true });
  const both = tf.layers.bidirectional({ layer: inner as never, mergeMode: 'concat' });
  const sequence = both.apply(joined) as SymbolicTensor;
  const gru = tf.layers.gru({ units: 2, returnState: true }).apply(sequence) as SymbolicTensor[];
  const last = tf.layers.simpleRNN({ units: 2 }).apply([sequence, gru[1]!]) as SymbolicTensor;
  const outputs = [gru[0]!, last];
  const model = seedWeights(tf.model({ inputs: [words, more], outputs }), 3);
  const samples = [ndArray([2, 4], [0, 3, 1, 0, 2, 0, 0, 4]), ndArray([2, 4], [1, 0, 2, 3, 4, 0, 1, 0])];
  const theirs = model.predict(samples.map(({ data }) => tf.tensor(Float32Array.from(data), [2, 4])));
  const ours = interpret(readNetwork(model), samples, { plugins: builtinLayers });
  (theirs as Tensor[]).forEach((output, index) => void expectClose(ours[index]!, output));
});
