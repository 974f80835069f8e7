import {
  composeGeometry,
  defineLayerPair,
  type FusedLayer,
  type LayerPairPlugin,
  type NdArray,
  patchGeometry,
  reshape,
} from '@fuseinit/core';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { fingerprint, seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { afterEach, describe, expect, test } from 'vitest';
import type { CalibrationData } from '../calibration/calibration-data.js';
import type { LayersModel } from '../tensorflow.js';
import { fuse } from './fuse.js';

/**
 * A plugin that fuses two convolutions into one with the composed window, as the built-in composition does.
 */
const convPair = defineLayerPair({
  specVersion: 1,
  name: '@acme/conv-conv',
  layers: ['Conv2D', 'Conv2D'],
  fuse({ first, second }) {
    const geometry = composeGeometry(first.geometry, second.geometry);
    const { kernelSize, strides, dilationRate } = geometry;
    const filters = second.outputShape.at(-1)!;
    return {
      className: 'Conv2D',
      config: { filters, kernelSize, strides, dilationRate, activation: second.activation },
      geometry,
      toWeights: ({ kernel, bias }) => [
        reshape(kernel, [...kernelSize, first.inputShape.at(-1)!, filters]),
        bias,
      ],
    };
  },
});

const densePair = (layers: LayerPairPlugin['layers']) =>
  defineLayerPair({
    specVersion: 1,
    name: '@acme/dense',
    layers,
    fuse: ({ second }) => ({
      className: 'Dense',
      config: { units: second.outputShape.at(-1)!, activation: second.activation },
      geometry: null,
      toWeights: ({ kernel, bias }) => [kernel, bias],
    }),
  });

function convNet(): LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'conv1',
        filters: 3,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        inputShape: [9, 8, 2],
      }),
      tf.layers.conv2d({ name: 'conv2', filters: 4, kernelSize: 2, activation: 'tanh' }),
      tf.layers.flatten({ name: 'flatten' }),
      tf.layers.dense({ name: 'dense', units: 3, activation: 'softmax' }),
    ],
  });
  return seedWeights(model, 41);
}

const images = seededData([60, 9, 8, 2], 42);
const models: LayersModel[] = [];
afterEach(() => {
  for (const model of models.splice(0)) model.dispose();
});
const convs = { from: 'conv1', to: 'conv2' };

async function fused(
  plugin: LayerPairPlugin,
  teacher: LayersModel,
  span: { from: string; to: string },
  calibrationData: CalibrationData,
) {
  const result = await fuse(teacher, { tf, spans: [span], calibrationData, plugins: [plugin] });
  models.push(teacher, result.student);
  return result;
}

describe('a right pair plugin is used, and gives what the built-in composition gives', () => {
  const denseNet = () =>
    seedWeights(
      tf.sequential({
        layers: [
          tf.layers.dense({ name: 'a', units: 6, activation: 'relu', inputShape: [5] }),
          tf.layers.dropout({ rate: 0.5 }),
          tf.layers.dense({ name: 'b', units: 3, activation: 'sigmoid' }),
        ],
      }) as LayersModel,
      43,
    );
  test.each([
    ['two convolutions', convPair, convNet, convs, images],
    [
      'two dense layers',
      densePair(['Dense', 'Dense']),
      denseNet,
      { from: 'a', to: 'b' },
      seededData([80, 5], 44),
    ],
    [
      'a convolution and a dense layer',
      densePair(['Conv2D', 'Dense']),
      convNet,
      { from: 'conv2', to: 'dense' },
      images,
    ],
  ])('%s', async (_title, plugin, net, span, data) => {
    const { student, report } = await fused(plugin, net(), span, data);
    expect(report.spans[0]?.plugin).toBe(plugin.name);
    const builtIn = await fuse(models[0]!, { tf, spans: [span], calibrationData: data });
    models.push(builtIn.student);
    expect(report.spans[0]?.heldOutRelativeMse).toBe(builtIn.report.spans[0]?.heldOutRelativeMse);
    expect(student.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(
      builtIn.student.getWeights().map((weight) => Array.from(weight.dataSync())),
    );
  });
});

/** The plugin with a modified fused layer. */
const planted = (change: (fusedLayer: FusedLayer) => object): LayerPairPlugin => ({
  ...convPair,
  fuse(pair) {
    const right = convPair.fuse(pair)!;
    return { ...right, ...change(right) } as FusedLayer;
  },
});
const config = (change: object) => planted((right) => ({ config: { ...right.config, ...change } }));
const weights = (change: (weights: readonly NdArray[]) => unknown) =>
  planted((right) => ({ toWeights: (solved: never) => change(right.toWeights(solved)) }));
const withData = (array: NdArray, data: Float64Array): NdArray => ({ shape: array.shape, data });

/** Fails the test if any data are read. */
// biome-ignore lint/correctness/useYield: nothing may be yielded.
async function* untouched() {
  throw new Error('The data were read before the plugin was checked.');
}

describe('a faulty pair plugin is found out before any data is read', () => {
  test.each([
    [
      'a class that nobody knows',
      planted(() => ({ className: 'Conv9D' })),
      /its fuse gave a Conv9D .* knows no class "Conv9D"/,
    ],
    ['a class that is no layer', planted(() => ({ className: 'Zeros' })), /its fuse gave a Zeros/],
    ['a class of another rank', planted(() => ({ className: 'Conv1D' })), /its fuse gave a Conv1D/],
    ['no filters', config({ filters: undefined }), /its fuse gave a Conv2D/],
    ['other filters', config({ filters: 5 }), /an output of \[4,3,5\] where the span's is \[4,3,4\]/],
    ['another kernel size', config({ kernelSize: [4, 5] }), /output of|of shapes/],
    ['a kernel size of 0', config({ kernelSize: 0 }), /its fuse gave/],
    ['no strides', config({ strides: undefined }), /an output of/],
    ['half a stride', config({ strides: 1.5 }), /its fuse gave|an output of/],
    ['a dilation', config({ strides: [1, 1], dilationRate: [2, 2] }), /its fuse gave|an output of/],
    ['no activation', config({ activation: undefined }), /through 'tanh'/],
    ['another activation', config({ activation: 'sigmoid' }), /through 'tanh'/],
    ['an activation that nobody knows', config({ activation: 'tanhh' }), /its fuse gave a Conv2D/],
    ['no bias in the layer', config({ useBias: false }), /toWeights gave weights .* of shapes .* has/],
    [
      'channels first',
      config({ dataFormat: 'channelsFirst' }),
      /fuse gave a config with dataFormat "channels/,
    ],
    ['weights in the config', config({ weights: [] }), /fuse gave a config with weights/],
    ['a constraint', config({ kernelConstraint: 'nonNeg' }), /fuse gave a config with kernelConstraint/],
    [
      'the shape of an input',
      config({ batchInputShape: [null, 3] }),
      /fuse gave a config with batchInputShape/,
    ],
    ['a kernel larger than the input', config({ kernelSize: [30, 30] }), /an output of \[-\d+,-\d+,4\]/],
    [
      'surplus weights',
      weights(([kernel, bias]) => [kernel, bias, bias]),
      /toWeights gave weights .* of shapes/,
    ],
    ['no bias', weights(([kernel]) => [kernel]), /toWeights gave weights .* of shapes/],
    [
      'a bias of zeros',
      weights(([kernel, bias]) => [kernel, withData(bias!, new Float64Array(4))]),
      /toWeights and config make/,
    ],
    [
      'weights of zeros',
      weights(([kernel, bias]) => [
        withData(
          kernel!,
          kernel!.data.map(() => 0),
        ),
        bias,
      ]),
      /toWeights and config make/,
    ],
    [
      'a tap left out',
      weights(([kernel, bias]) => [
        withData(
          kernel!,
          kernel!.data.map((value, index) => (index < 8 ? 0 : value)),
        ),
        bias,
      ]),
      /toWeights and config make/,
    ],
    [
      'the kernel reversed',
      weights(([kernel, bias]) => [withData(kernel!, kernel!.data.toReversed()), bias]),
      /toWeights and config make/,
    ],
    [
      'NaN',
      weights(([kernel, bias]) => [
        kernel,
        withData(
          bias!,
          bias!.data.map(() => Number.NaN),
        ),
      ]),
      /toWeights gave NaN in weight 1/,
    ],
    ['nothing', weights(() => undefined), /toWeights gave undefined/],
    [
      'an array that does not fill its shape',
      weights(([kernel, bias]) => [kernel, withData(bias!, new Float64Array(3))]),
      /and 3 numbers as weight 1/,
    ],
    ['null for an array', weights(([kernel]) => [kernel, null]), /gave null of shape undefined/],
    [
      'an error',
      weights(() => {
        throw new TypeError('oops');
      }),
      /its toWeights threw TypeError: oops/,
    ],
    [
      'an error from core',
      weights(([kernel]) => [reshape(kernel!, [7])]),
      /its toWeights threw FuseInitError/,
    ],
    [
      'a geometry of other positions',
      planted(() => ({ geometry: patchGeometry({ inputSize: [9, 8], kernelSize: [3, 3] }) })),
      /over \[9,8\] to \[7,6\]/,
    ],
  ])('%s', async (_title, plugin, message) => {
    const teacher = convNet();
    models.push(teacher);
    const before = [fingerprint(teacher), tf.memory().numTensors];
    const error = await refusalOf(() =>
      fuse(teacher, { tf, spans: [convs], calibrationData: untouched(), plugins: [plugin] }),
    );
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^The layer-pair plugin "@acme\/conv-conv" failed/);
    expect(error.code).toBe('PLUGIN_FAILED');
    expect([fingerprint(teacher), tf.memory().numTensors]).toEqual(before);
  });
});

test('toWeights that spoils a solution of real data alone is found out then', async () => {
  // No drawn bias has such a large element, but the bias for inputs around 1000 does.
  const clipping = weights(([kernel, bias]) => [
    kernel,
    withData(
      bias!,
      bias!.data.map((value) => Math.max(-5, Math.min(5, value))),
    ),
  ]);
  const teacher = convNet();
  models.push(teacher);
  const before = tf.memory().numTensors;
  const far = { data: images.data.map((value) => value + 1000), shape: images.shape };
  const error = await refusalOf(() =>
    fuse(teacher, { tf, spans: [convs], calibrationData: far, plugins: [clipping] }),
  );
  expect(error.code).toBe('PLUGIN_FAILED');
  expect(error.message).toMatch(/its toWeights and config make a Conv2D/);
  expect(tf.memory().numTensors).toBe(before);
});
