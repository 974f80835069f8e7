import { activate, defineLayer, type LayerPlugin, mapElements, type NdArray, ndArray } from '@fuseinit/core';
import { checkLayer, randomArray } from '@fuseinit/core/testing';
import { builtinLayers } from '@fuseinit/registry';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { fingerprint, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LayersModel, SymbolicTensor, Tensor } from '../tensorflow.js';
import { checkLayerInModel } from './check-layer-in-model.js';

beforeAll(() => tf.setBackend('cpu'));

interface OwnConfig {
  readonly name: string;
  readonly compute: (inputs: Tensor[], weights: Tensor[]) => Tensor;
  readonly shapes?: readonly number[][];
  readonly mask?: (input: Tensor) => Tensor;
}

/** A layer of one's own that computes any function, of weights of any shapes. */
class Own extends tf.layers.Layer {
  static className = 'Own';
  readonly own: OwnConfig;
  constructor(own: OwnConfig) {
    super({ name: own.name });
    this.own = own;
    this.supportsMasking = own.mask !== undefined;
  }
  override build() {
    for (const [index, shape] of (this.own.shapes ?? []).entries())
      this.addWeight(`own${index}`, shape, 'float32', tf.initializers.randomNormal({ seed: index + 1 }));
    this.built = true;
  }
  override computeOutputShape(shapes: number[] | number[][]) {
    return (Array.isArray(shapes[0]) ? shapes[0] : shapes) as number[];
  }
  override call(inputs: Tensor | Tensor[]) {
    return tf.tidy(() =>
      this.own.compute(
        [inputs].flat(),
        this.weights.map((weight) => weight.read()),
      ),
    );
  }
  override computeMask(inputs: Tensor | Tensor[], mask?: Tensor | Tensor[]) {
    return this.own.mask ? this.own.mask([inputs].flat()[0]!) : super.computeMask(inputs, mask);
  }
  override getConfig() {
    return { ...super.getConfig(), dead: 0.01 };
  }
}

/** A model of one layer of one's own on sequences of 6 steps and 3 channels, or two of them. */
function modelOf(own: Omit<OwnConfig, 'name'>, inputs = 1): LayersModel {
  const symbols = Array.from({ length: inputs }, () => tf.input({ shape: [6, 3] }));
  const layer = new Own({ name: 'own', ...own });
  const output = layer.apply(inputs === 1 ? symbols[0]! : symbols) as SymbolicTensor;
  return tf.model({ inputs: symbols, outputs: output });
}

/** Says that the layer is elementwise and computes the identity. */
const identity: LayerPlugin = {
  specVersion: 1,
  classNames: ['Own'],
  roles: { begins: false, inside: true, ends: false },
  lower: () => ({ reads: 'element' }),
  outputShape: ({ inputShape }) => inputShape.map(Number),
  apply: (_layer, input) => input,
};
const each = (compute: (x: number) => number): LayerPlugin => ({
  ...identity,
  apply: (_layer, input) => mapElements(input, compute),
});
const swish = each((x) => x / (1 + Math.exp(-x)));
const ending: LayerPlugin = { ...identity, roles: { begins: true, inside: true, ends: true } };
const withoutApply = ({ apply: _, ...plugin }: LayerPlugin): LayerPlugin => plugin;
const deadBelow = (least: number) => (input: Tensor) =>
  input.mul(input.abs().greaterEqual(least).cast('float32'));
const rolled = (input: Tensor) => tf.concat([input.slice([0, 1, 0]), input.slice([0, 0, 0], [-1, 1, -1])], 1);

describe('a right plugin passes, with the largest difference found', () => {
  const right: [string, Omit<OwnConfig, 'name'>, LayerPlugin][] = [
    ['an element', { compute: ([x]) => x!.sigmoid().mul(x!) }, swish],
    ['without apply', { compute: ([x]) => x!.sigmoid().mul(x!) }, withoutApply(swish)],
    [
      'one that overflows in float32 on the way',
      { compute: ([x]) => x!.exp().add(1).log() },
      each((x) => (x > 40 ? x : Math.log1p(Math.exp(x)))),
    ],
    ['an end', { compute: ([x]) => x!.clone() }, ending],
    [
      'weights',
      { compute: ([x], [scale, shift]) => x!.mul(scale!).add(shift!), shapes: [[3], [3]] },
      {
        ...ending,
        apply: ({ weights: [scale, shift] }, { shape, data }) => ({
          shape,
          data: data.map((x, at) => x * scale!.data[at % 3]! + shift!.data[at % 3]!),
        }),
        affine: ({ weights: [scale, shift] }) => ({
          steps: [{ kind: 'channels', scale: scale!.data, shift: shift!.data }],
          activation: 'linear',
        }),
      },
    ],
    [
      'a softmax of large numbers, whose rounding it amplifies',
      {
        compute: ([x], [kernel]) =>
          x!
            .reshape([-1, 3])
            .matMul(kernel as never)
            .softmax()
            .reshape(x!.shape),
        shapes: [[3, 3]],
      },
      {
        ...identity,
        apply: ({ weights: [kernel] }, { shape, data }) =>
          activate(
            {
              shape,
              data: data.map((_x, at) =>
                [0, 1, 2].reduce(
                  (sum, from) => sum + data[at - (at % 3) + from]! * kernel!.data[3 * from + (at % 3)]!,
                  0,
                ),
              ),
            },
            'softmax',
          ),
      },
    ],
  ];
  test.each(right)('%s', async (_title, own, plugin) => {
    const model = modelOf(own);
    const before = [fingerprint(model), tf.memory().numTensors];
    const [found] = await checkLayerInModel(defineLayer(plugin), { tf, model });
    expect(found!.name).toBe('own');
    if (plugin.apply) expect(found!.relativeDifference).toBeLessThan(1e-4);
    else expect(found!.relativeDifference).toBeNull();
    expect([fingerprint(model), tf.memory().numTensors]).toEqual(before);
    model.dispose();
  });
});

describe('what a plugin gets wrong of the layer itself is caught', () => {
  const wrong: [string, Omit<OwnConfig, 'name'>, LayerPlugin, RegExp, inputs?: number][] = [
    [
      'a dead zone below 1e-5',
      { compute: ([x]) => deadBelow(1e-5)(x!) },
      identity,
      /at inputs of about 0\.000001 they differ by 1 of/,
    ],
    ['a dead zone below 0.01', { compute: ([x]) => deadBelow(0.01)(x!) }, identity, /they differ by 1 of/],
    [
      'a limit',
      { compute: ([x]) => x!.clipByValue(-500, 500) },
      identity,
      /at inputs of about 10000 they differ/,
    ],
    ['a function that is near', { compute: ([x]) => x!.mul(1 + 1e-4) }, identity, /than its plugin's apply/],
    [
      'a value at zero',
      { compute: ([x]) => x!.add(x!.equal(0).cast('float32')) },
      identity,
      /inputs of about 0 they/,
    ],
    [
      'NaN at zero',
      { compute: ([x]) => x!.div(x!.abs()) },
      each(Math.sign),
      /inputs of about 0 they differ by Infinity/,
    ],
    [
      'a weight that is left out',
      { compute: ([x], [shift]) => x!.add(shift!), shapes: [[3]] },
      identity,
      /its plugin's apply/,
    ],
    [
      'inputs in the other order',
      { compute: ([a, b]) => a!.sub(b!) },
      {
        ...identity,
        lower: () => [{ reads: 'element' }, { reads: 'element' }],
        apply: (_layer, a, b) => ({ shape: a.shape, data: a.data.map((x, at) => b!.data[at]! - x) }),
      },
      /its plugin's apply/,
      2,
    ],
    [
      'a second input that is ignored',
      { compute: ([a, b]) => a!.sub(b!.mul(1e-3)) },
      { ...identity, lower: () => [{ reads: 'element' }, { reads: 'element' }] },
      /its plugin's apply/,
      2,
    ],
    [
      'an affine form with a limit that the layer has not',
      { compute: ([x]) => x!.clone() },
      { ...identity, affine: () => ({ steps: [], activation: 'relu' }) },
      /the affine form of its plugin/,
    ],
    [
      'batch statistics at inference',
      { compute: ([x]) => x!.sub(x!.mean(0)) },
      withoutApply(identity),
      /mixes samples/,
    ],
    [
      'a neighbour that is read, a little',
      { compute: ([x]) => x!.add(rolled(x!).mul(1e-5)) },
      withoutApply(identity),
      /changed with position \d of input 0/,
    ],
    [
      'an end with a dead zone',
      { compute: ([x]) => deadBelow(1e-3)(x!) },
      withoutApply(ending),
      /isn't affine: at inputs of about/,
    ],
    [
      'an end that saturates',
      { compute: ([x]) => x!.tanh() },
      withoutApply(ending),
      /isn't affine: at inputs of about/,
    ],
    [
      'noise',
      { compute: ([x]) => x!.add(tf.randomNormal(x!.shape)) },
      withoutApply(identity),
      /no fixed function/,
    ],
    [
      'an output of another shape',
      { compute: ([x]) => x!.sum(1, true) },
      identity,
      /gives \[4,1,3\] where outputShape declares \[4,6,3\]/,
    ],
    [
      'a mask that the plugin has not',
      { compute: ([x]) => x!.clone(), mask: (x) => x.notEqual(0).any(2) as Tensor },
      identity,
      /makes a mask, but its plugin has no makeMask/,
    ],
    [
      'a mask that the layer has not',
      { compute: ([x]) => x!.clone() },
      {
        ...identity,
        makeMask: (_layer, [x]) =>
          ndArray(x!.shape.slice(0, 2), new Float64Array(x!.data.length / 3).fill(1)),
      },
      /makes no mask/,
    ],
    [
      'another mask',
      { compute: ([x]) => x!.clone(), mask: (x) => x.greater(0).any(2) as Tensor },
      {
        ...identity,
        makeMask: (_layer, [x]) =>
          ndArray(x!.shape.slice(0, 2), new Float64Array(x!.data.length / 3).fill(1)),
      },
      /another mask than/,
    ],
    [
      'apply that throws',
      { compute: ([x]) => x!.clone() },
      {
        ...identity,
        apply: () => {
          throw new TypeError('oops');
        },
      },
      /Own "own": TypeError: oops/,
    ],
  ];
  test.each(wrong)('%s', async (_title, own, plugin, reason, inputs = 1) => {
    const model = modelOf(own, inputs);
    const before = tf.memory().numTensors;
    const refusal = await refusalOf(() => checkLayerInModel(plugin, { tf, model }));
    expect(refusal.code).toBe('CHECK_FAILED');
    expect(refusal.message).toMatch(reason);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

test('checkLayer passes where apply and the rest are wrong alike, so that this function is needed', async () => {
  const layer = { name: 'own', className: 'Own', config: {}, inputShape: [6, 3], weights: [] };
  checkLayer(identity, { layer, input: randomArray(1, [2, 6, 3]) });
  const model = modelOf({ compute: ([x]) => deadBelow(1e-5)(x!) });
  await expect(checkLayerInModel(identity, { tf, model })).rejects.toMatchObject({ code: 'CHECK_FAILED' });
  model.dispose();
});

test('every layer of the classes is checked, in nested models and at open lengths too', async () => {
  const inner = seedWeights(
    tf.sequential({
      name: 'inner',
      layers: [
        tf.layers.conv1d({
          name: 'conv',
          filters: 3,
          kernelSize: 3,
          dilationRate: 2,
          padding: 'same',
          inputShape: [null, 2] as never,
        }),
        tf.layers.conv1d({ name: 'last', filters: 2, kernelSize: 2, strides: 2, activation: 'relu' }),
      ],
    }) as LayersModel,
    1,
  );
  const input = tf.input({ shape: [null, 2] as never });
  const model = tf.model({ inputs: input, outputs: inner.apply(input) as SymbolicTensor });
  const conv = builtinLayers.find(({ classNames }) => classNames.includes('Conv1D'))!;
  const found = await checkLayerInModel(conv, { tf, model, inputShapes: [[9, 2]] });
  expect(found.map(({ name }) => name)).toEqual(['inner/conv', 'inner/last']);
  model.dispose();
});

test('inputs that are given are taken as they are', async () => {
  const model = seedWeights(
    tf.sequential({
      layers: [tf.layers.embedding({ inputDim: 5, outputDim: 3, inputLength: 4 })],
    }) as LayersModel,
    2,
  );
  const embedding = builtinLayers.find(({ classNames }) => classNames.includes('Embedding'))!;
  const inputs: NdArray[] = [ndArray([2, 4], [0, 1, 2, 3, 4, 3, 2, 1])];
  const own = { ...embedding, lower: () => ({ reads: 'everything' }) as const, outputShape: () => [4, 3] };
  const [found] = await checkLayerInModel(own, { tf, model, inputs });
  expect(found!.relativeDifference).toBeLessThan(1e-6);
  model.dispose();
});

test('a model without such a layer proves nothing, and fails', async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  const refusal = await refusalOf(() => checkLayerInModel(identity, { tf, model }));
  expect(refusal).toMatchObject({ code: 'CHECK_FAILED' });
  expect(refusal.message).toMatch(/has no layer of \["Own"\]/);
  model.dispose();
});
