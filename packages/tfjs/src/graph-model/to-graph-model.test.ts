import '@fuseinit/test-inputs/start-wasm';
import { inputsOf, layerSettings, modelOf } from '@fuseinit/test-inputs/layer-settings';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeEach, describe, expect, test } from 'vitest';
import { repairKernels } from '../kernel-faults/repair-kernels.js';
import { readNetwork } from '../network/read-network.js';
import { disposeModel } from '../network/write-layers-model.js';
import type { LayersModel, SymbolicTensor, Tensor } from '../tensorflow.js';
import { writtenClasses } from './layer-operations.js';
import { toGraphModel } from './to-graph-model.js';

beforeEach(() => tf.setBackend('cpu'));

const L = tf.layers;

/** All values of the outputs, output by output. */
const valuesOf = (outputs: Tensor | Tensor[]) => [outputs].flat().map((tensor) => [...tensor.dataSync()]);

async function loaded(model: LayersModel) {
  const artifacts = toGraphModel(readNetwork(model));
  // The topology is passed through JSON, as in a file.
  const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology)) as object;
  return tf.loadGraphModel(tf.io.fromMemory({ ...artifacts, modelTopology }));
}

/** The predictions of a model and of the GraphModel that it is written to, on one backend. */
async function bothPredictions(model: LayersModel, inputs: Tensor[], backend: string) {
  const graph = await loaded(model);
  await tf.setBackend(backend);
  // Stock kernels compute some of these layers incorrectly.
  repairKernels(tf);
  try {
    return tf.tidy(() => {
      const feed = inputs.map((input) => tf.tensor(input.dataSync(), input.shape, input.dtype));
      const one = feed.length === 1 ? feed[0]! : feed;
      return {
        expected: valuesOf(model.predict(one) as Tensor[]),
        actual: valuesOf(graph.predict(one) as Tensor[]),
      } as never;
    }) as unknown as { expected: number[][]; actual: number[][] };
  } finally {
    graph.dispose();
  }
}

function expectClose(actual: number[][], expected: number[][]) {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [index, values] of expected.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    // The tolerance is for sums of a few dozen products, rounded to float32 in a different order.
    for (const [at, value] of values.entries())
      expect(Math.abs(actual[index]![at]! - value)).toBeLessThan(2e-6 * largest);
  }
}

/** Settings that are rejected by name, although other settings of their class are supported. */
const refused = ['channels first', 'dilated, channels first', 'mask', 'causal'];
/** Settings that TensorFlow.js itself can't run: causal convolutions, and Resizing in a functional model. */
const cannotRun = new Set(['causal', 'Resizing']);

describe('a layer of each class and setting', () => {
  const written = new Set<string>();
  test.each(layerSettings)('%s, %s', async (className, setting, make, inputShapes) => {
    if (cannotRun.has(setting) || cannotRun.has(className)) return;
    const model = modelOf(make, inputShapes);
    const inputs = inputsOf(className, inputShapes);
    try {
      toGraphModel(readNetwork(model));
    } catch (error) {
      expect(error).toMatchObject({
        code: 'LAYER_UNSUPPORTED',
        layerName: model.layers[2 * inputShapes.length]!.name,
      });
      expect((error as Error).message).toMatch(/can't be written to a GraphModel/);
      const isExpected =
        !writtenClasses().includes(className) || refused.some((word) => setting.includes(word));
      expect(isExpected).toBe(true);
      disposeModel(model);
      return;
    }
    written.add(className);
    for (const backend of ['cpu', 'wasm']) {
      const { actual, expected } = await bothPredictions(model, inputs, backend);
      expectClose(actual, expected);
      await tf.setBackend('cpu');
    }
    disposeModel(model);
  });

  test('all classes that can be written were tried', () => {
    expect(writtenClasses().filter((name) => !written.has(name))).toEqual([]);
  });
});

/**
 * A small network in the style of MobileNetV2, in a nested model, with two outputs of which one is an
 * intermediate layer's.
 */
function residualNetwork(): LayersModel {
  const input = tf.input({ shape: [null, null, 3] });
  const apply = (layer: { apply(x: SymbolicTensor | SymbolicTensor[]): unknown }, ...x: SymbolicTensor[]) =>
    layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;
  const stem = apply(
    L.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu6' } as never),
    input,
  );
  const expand = apply(
    L.reLU({ maxValue: 6 }),
    apply(L.batchNormalization(), apply(L.conv2d({ filters: 24, kernelSize: 1, useBias: false }), stem)),
  );
  const depthwise = apply(
    L.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'relu6' as never }),
    expand,
  );
  const project = apply(L.conv2d({ filters: 8, kernelSize: 1 }), depthwise);
  const sum = apply(L.add(), stem, project);
  const inner = tf.model({ inputs: input, outputs: [sum, project], name: 'backbone' });
  const outer = tf.input({ shape: [null, null, 3], name: 'image' });
  const [features, other] = inner.apply(outer) as unknown as SymbolicTensor[];
  const enlarged = apply(L.upSampling2d({ size: [2, 3] }), features!);
  const pooled = apply(L.globalAveragePooling2d({}), enlarged);
  const classes = apply(L.dense({ units: 4, activation: 'softmax', name: 'classes' }), pooled);
  return seedWeights(tf.model({ inputs: outer, outputs: [classes, other!] }), 11);
}

test('a residual network of open height and width is predicted for any of them, in one kernel a layer', async () => {
  const model = residualNetwork();
  for (const size of [8, 13]) {
    const { data, shape } = seededData([2, size, size, 3], size);
    const { actual, expected } = await bothPredictions(model, [tf.tensor(data, [...shape])], 'wasm');
    expectClose(actual, expected);
    await tf.setBackend('cpu');
  }
  const { modelTopology, signature } = toGraphModel(readNetwork(model));
  const operations = (modelTopology as { node: { op: string }[] }).node.map(({ op }) => op);
  expect(operations.filter((op) => op !== 'Const').sort()).toEqual(
    [
      'Placeholder',
      ...[
        '_FusedConv2D',
        'Conv2D',
        'Mul',
        'AddV2',
        'Relu6',
        'FusedDepthwiseConv2dNative',
        '_FusedConv2D',
        'AddV2',
      ],
      ...['Shape', 'Slice', 'Mul', 'ResizeNearestNeighbor', 'Mean', '_FusedMatMul', 'Softmax'],
    ].sort(),
  );
  expect(signature).toMatchObject({
    inputs: {
      image: { tensorShape: { dim: [{ size: '-1' }, { size: '-1' }, { size: '-1' }, { size: '3' }] } },
    },
  });
  disposeModel(model);
});

test('outputs that are inputs, or what a layer gives back of another output, have names of their own', async () => {
  const input = tf.input({ shape: [3] });
  const output = L.dense({ units: 2 }).apply(input) as SymbolicTensor;
  const still = [output, input].map((x) => L.dropout({ rate: 0.5 }).apply(x) as SymbolicTensor);
  const model = seedWeights(tf.model({ inputs: input, outputs: [output, input, ...still] }), 1);
  const { data, shape } = seededData([2, 3], 1);
  const { actual, expected } = await bothPredictions(model, [tf.tensor(data, [...shape])], 'cpu');
  expectClose(actual, expected);
});

test('a layer that no operation is known for is refused by name', async () => {
  const model = tf.sequential({ layers: [L.lstm({ units: 2, name: 'memory', inputShape: [3, 2] })] });
  const error = await refusalOf(() => toGraphModel(readNetwork(model)));
  expect(error).toMatchObject({ code: 'LAYER_UNSUPPORTED', layerName: 'memory' });
});

test('metadata is carried over', async () => {
  const model = tf.sequential({ layers: [L.dense({ units: 2, inputShape: [3] })] });
  const artifacts = toGraphModel(readNetwork(model), { userDefinedMetadata: { labels: ['cat', 'dog'] } });
  const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  expect(graph.metadata).toEqual({ labels: ['cat', 'dog'] });
});
