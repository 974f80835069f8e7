import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyFolder } from '@fuseinit/test-inputs/folders';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import tf from '@tensorflow/tfjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../json-object.js';
import { modelFiles } from '../model-files.js';
import { translateTopology } from './translate-topology.js';

const epsilon = 0.01;

/** Values of a normalization over an axis of some length, other ones for each seed. */
function statistics(length: number, seed: number) {
  const each = (of: (index: number) => number) => Array.from({ length }, (_, index) => of(index));
  return {
    gamma: each((index) => 1 + index / 2 + seed),
    beta: each((index) => seed - index),
    moving_mean: each((index) => index * index - seed),
    moving_variance: each((index) => 0.5 + index + seed),
  };
}

type Statistics = ReturnType<typeof statistics>;

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

function seeded(shape: readonly number[]): Values {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Array.from({ length }, (_, index) => Math.sin(index * 1.7) * 2) };
}

/** gamma (x - mean) / sqrt(variance + epsilon) + beta, with the statistics of the position on the axis. */
function normalized({ shape, values }: Values, axis: number, of: Statistics): Values {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return {
    shape,
    values: values.map((value, index) => {
      const at = Math.floor(index / inner) % shape[axis]!;
      const deviation = Math.sqrt(of.moving_variance[at]! + epsilon);
      return (of.gamma[at]! * (value - of.moving_mean[at]!)) / deviation + of.beta[at]!;
    }),
  };
}

const batchNormalization = (name: string, axis: unknown, config: JsonObject = {}) => ({
  class_name: 'BatchNormalization',
  config: { name, trainable: true, dtype: 'float32', axis, epsilon, momentum: 0.9, ...config },
});
const input = (name: string, shape: unknown) => ({
  class_name: 'InputLayer',
  config: { name, batch_input_shape: shape, dtype: 'float32' },
});
const relu = (name: string) => ({
  class_name: 'Activation',
  config: { name, trainable: true, activation: 'relu' },
});
const model = (class_name: string, config: JsonObject) => ({
  class_name,
  config: { name: 'model', ...config },
});

/** Layers of a functional model as Keras 2 writes them: what each call reads, as layers or as references. */
type Called = readonly [object: JsonObject, ...calls: unknown[][]];

function functional(name: string, outputs: unknown[], ...layers: Called[]) {
  const listed = layers.map(([object, ...calls]) => ({
    ...object,
    name: (object.config as JsonObject).name,
    inbound_nodes: calls.map((read) =>
      read.map((from) => (typeof from === 'string' ? [from, 0, 0, {}] : [...(from as unknown[]), {}])),
    ),
  }));
  return {
    class_name: 'Functional',
    config: {
      name,
      layers: listed,
      input_layers: [[listed[0]!.name, 0, 0]],
      output_layers: outputs.map((from) => (typeof from === 'string' ? [from, 0, 0] : from)),
    },
  };
}

async function loaded(
  model_config: JsonObject,
  weights: Readonly<Record<string, Statistics>>,
  version = '2.15.0',
) {
  const folder = emptyFolder();
  const named = Object.entries(weights).flatMap(([layer, of]) =>
    Object.entries(of).map(([name, values]) => [`${layer}/${name}`, values] as const),
  );
  const data = Float32Array.from(named.flatMap(([, values]) => values));
  await writeFile(join(folder, 'weights.bin'), new Uint8Array(data.buffer));
  const content = {
    modelTopology: { keras_version: version, model_config },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: named.map(([name, { length }]) => ({ name, shape: [length], dtype: 'float32' })),
      },
    ],
  };
  await writeFile(join(folder, 'model.json'), JSON.stringify(content));
  const read = await tf.loadLayersModel(modelFiles(folder));
  onTestFinished(() => void read.dispose());
  return read;
}

function expectPredicted(read: tf.LayersModel, given: Values, expected: readonly Values[]) {
  const outputs = [read.predict(tf.tensor([...given.values], [...given.shape]))].flat();
  expect(outputs.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  outputs.forEach((output, index) => {
    const values = output.dataSync();
    const largest = Math.max(...expected[index]!.values.map((value, at) => Math.abs(values[at]! - value)));
    // Values are up to 100, in float32.
    expect(largest).toBeLessThan(1e-4);
  });
}

const names = ({ layers }: tf.LayersModel) => layers.map(({ name }) => name);

describe('a Sequential model', () => {
  test.each<[axis: unknown, number: number, shape: number[]]>([
    [1, 1, [2, 3, 4]],
    [[1], 1, [2, 3, 4, 5]],
    [2, 2, [2, 3, 4, 5]],
    [-2, 2, [2, 3, 4, 5]],
    [-3, 1, [2, 3, 4, 5]],
    [1, 1, [2, 3, 2, 4, 5]],
    [3, 3, [2, 3, 2, 4, 5]],
    [-1, 4, [2, 3, 2, 4, 5]],
    [2, 2, [2, 3, 2, 4, 5, 2]],
  ])(
    'over axis %j, which is %d, of %j, behind an input and as the first layer',
    async (axis, number, shape) => {
      const given = seeded(shape);
      const of = statistics(shape[number]!, 1);
      const batchShape = [null, ...shape.slice(1)];
      const expected = [normalized(given, number, of)];
      const behind = model('Sequential', {
        layers: [input('in', batchShape), batchNormalization('bn', axis)],
      });
      expectPredicted(await loaded(behind, { bn: of }), given, expected);
      const first = batchNormalization('bn', axis, { batch_input_shape: batchShape });
      expectPredicted(await loaded(model('Sequential', { layers: [first] }), { bn: of }), given, expected);
    },
  );

  test('behind layers that tell the rank alone, of sizes that are unknown', async () => {
    const given = seeded([2, 12, 2]);
    const of = statistics(3, 2);
    const read = await loaded(
      model('Sequential', {
        layers: [
          input('in', [null, 12, 2]),
          { class_name: 'Reshape', config: { name: 'reshape', target_shape: [4, 3, 2] } },
          { class_name: 'Dropout', config: { name: 'dropout', rate: 0.5 } },
          batchNormalization('bn', [2]),
          relu('relu'),
        ],
      }),
      { bn: of },
    );
    const moved = ['bn_axis_last', 'bn', 'bn_axis_back'];
    expect(names(read)).toEqual(['in', 'reshape', 'dropout', ...moved, 'relu']);
    const { shape, values } = normalized({ ...given, shape: [2, 4, 3, 2] }, 2, of);
    expectPredicted(read, given, [{ shape, values: values.map((value) => Math.max(value, 0)) }]);
  });

  test('of images of any size', async () => {
    const of = statistics(3, 1);
    const layers = [input('in', [null, 3, null, null]), batchNormalization('bn', 1)];
    const read = await loaded(model('Sequential', { layers }), { bn: of });
    for (const shape of [
      [1, 3, 2, 5],
      [2, 3, 4, 1],
    ]) {
      expectPredicted(read, seeded(shape), [normalized(seeded(shape), 1, of)]);
    }
  });

  test('the last axis, counted from the front, and two dimensions are read as they are', async () => {
    const layers = [input('in', [null, 4]), batchNormalization('bn', [1])];
    const of = statistics(4, 1);
    const read = await loaded(model('Sequential', { layers }), { bn: of });
    expect(names(read)).not.toContain('bn_axis_last');
    expectPredicted(read, seeded([3, 4]), [normalized(seeded([3, 4]), 1, of)]);
  });

  test('what was read is saved and read by TensorFlow.js alone with the same predictions', async () => {
    const of = statistics(3, 1);
    const layers = [input('in', [null, 3, 4, 5]), batchNormalization('bn', 1)];
    const read = await loaded(model('Sequential', { layers }), { bn: of });
    let saved: tf.io.ModelArtifacts | undefined;
    await read.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    expect(saved!.weightSpecs!.map(({ name }) => name).sort()).toEqual(
      Object.keys(of)
        .map((name) => `bn/${name}`)
        .sort(),
    );
    const again = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    expectPredicted(again, seeded([2, 3, 4, 5]), [normalized(seeded([2, 3, 4, 5]), 1, of)]);
  });
});

describe('a functional model', () => {
  const given = seeded([2, 3, 4, 5]);
  const of = statistics(3, 1);
  const once = normalized(given, 1, of);
  const positive = { ...once, values: once.values.map((value) => Math.max(value, 0)) };
  const sum = { ...once, values: once.values.map((value, at) => value + positive.values[at]!) };
  const add = { class_name: 'Add', config: { name: 'add', trainable: true } };

  test('all that read the layer read what the second Permute gives, outputs too', async () => {
    const read = await loaded(
      functional(
        'model',
        ['add', 'bn'],
        [input('in', [null, 3, 4, 5])],
        [batchNormalization('bn', [1]), ['in']],
        [relu('relu'), ['bn']],
        [relu('bn_axis_last'), ['bn']],
        [add, ['bn', 'bn_axis_last']],
      ),
      { bn: of },
    );
    expect(names(read)).toEqual(
      expect.arrayContaining(['bn_axis_last_1', 'bn', 'bn_axis_back', 'bn_axis_last']),
    );
    expectPredicted(read, given, [sum, once]);
  });

  test('called more than once, the second time with what the first gave', async () => {
    const read = await loaded(
      functional(
        'model',
        [
          ['bn', 1, 0],
          ['bn', 0, 0],
        ],
        [input('in', [null, 3, 4, 5])],
        [batchNormalization('bn', 1), ['in'], [['relu', 0, 0]]],
        [relu('relu'), ['bn']],
      ),
      { bn: of },
    );
    expectPredicted(read, given, [normalized(positive, 1, of), once]);
  });

  test('a scalar product has two dimensions, one of matrices three', () => {
    const read = (shape: number[]) => {
      const whole = functional(
        'model',
        ['bn'],
        [input('in', [null, ...shape])],
        [{ class_name: 'Dot', config: { name: 'dot', axes: -1 } }, ['in', 'in']],
        [batchNormalization('bn', [1]), ['dot']],
      );
      return JSON.stringify(translateTopology({ keras_version: '2.15.0', model_config: whole }));
    };
    expect(read([4])).not.toContain('Permute');
    expect(read([3, 4])).toContain('"dims":[2,1]');
  });

  test('of Keras 3, whose calls hold tensors', async () => {
    const tensor = (...keras_history: unknown[]) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 3, 4, 5], dtype: 'float32', keras_history },
    });
    const input3 = { class_name: 'InputLayer', config: { name: 'in', batch_shape: [null, 3, 4, 5] } };
    const called = (object: { config: { name: string } }, args: unknown[]) => ({
      ...object,
      name: object.config.name,
      inbound_nodes: args.length > 0 ? [{ args, kwargs: { training: false, mask: null } }] : [],
    });
    const read = await loaded(
      model('Functional', {
        layers: [
          called(input3, []),
          called(batchNormalization('bn', 1), [tensor('in', 0, 0)]),
          called(relu('relu'), [tensor('bn', 0, 0)]),
          called(add, [[tensor('bn', 0, 0), tensor('relu', 0, 0)]]),
        ],
        input_layers: ['in', 0, 0],
        output_layers: [
          ['add', 0, 0],
          ['bn', 0, 0],
        ],
      }),
      { 'model/bn': of },
      '3.15.1',
    );
    expectPredicted(read, given, [sum, once]);
  });
});

describe('models in models', () => {
  const given = seeded([2, 3, 4, 5]);
  const [a, b] = [statistics(3, 1), statistics(4, 2)];

  test('each with a layer of the same name', async () => {
    const inner = (name: string, axis: number) => ({
      class_name: 'Sequential',
      config: { name, layers: [input(`in_${name}`, [null, 3, 4, 5]), batchNormalization('bn', axis)] },
    });
    const second = functional(
      'b',
      ['bn'],
      [input('in_b', [null, 3, 4, 5])],
      [batchNormalization('bn', 2), ['in_b']],
    );
    const read = await loaded(
      functional(
        'model',
        [['b', 1, 0]],
        [input('in', [null, 3, 4, 5])],
        [inner('a', 1), ['in']],
        [second, [['a', 1, 0]]],
      ),
      { 'a/bn': a, 'b/bn': b },
    );
    expectPredicted(read, given, [normalized(normalized(given, 1, a), 2, b)]);
  });

  test('a Sequential that leaves its input to the model around it', async () => {
    const inner = {
      class_name: 'Sequential',
      config: { name: 'inner', layers: [batchNormalization('bn', -3)] },
    };
    const layers = [input('in', [null, 3, 4, 5]), relu('relu'), inner];
    const [, , read] = (
      translateTopology({ keras_version: '2.15.0', model_config: model('Sequential', { layers }) })
        .model_config as { config: { layers: { config: { layers: { class_name: string }[] } }[] } }
    ).config.layers;
    expect(read!.config.layers.map(({ class_name }) => class_name)).toEqual([
      'Permute',
      'BatchNormalization',
      'Permute',
    ]);
  });

  test('inside a TimeDistributed', async () => {
    const inner = {
      class_name: 'Sequential',
      config: { name: 'inner', layers: [input('in_inner', [null, 4, 5]), batchNormalization('bn', 1)] },
    };
    const layers = [
      input('in', [null, 3, 4, 5]),
      { class_name: 'TimeDistributed', config: { name: 'each', layer: inner } },
    ];
    const read = await loaded(model('Sequential', { layers }), { bn: b });
    expectPredicted(read, given, [normalized(given, 2, b)]);
  });
});

describe('a mask on its way through', () => {
  const embedded = (...layers: JsonObject[]) => ({
    keras_version: '2.15.0',
    model_config: model('Sequential', {
      layers: [
        input('in', [null, 6]),
        { class_name: 'Embedding', config: { name: 'embedding', mask_zero: true } },
        batchNormalization('bn', 1),
        ...layers,
      ],
    }),
  });

  test('is lost, so that a layer which reads it is refused', async () => {
    const lstm = { class_name: 'LSTM', config: { name: 'lstm', units: 2 } };
    const error = await refusalOf(() => translateTopology(embedded(lstm)));
    expect([error.code, error.layerName, error.message]).toEqual([
      'MODEL_UNSUPPORTED',
      'lstm',
      expect.stringContaining('loses on the way'),
    ]);
  });

  test('is no reason to refuse a model where nothing reads it', () => {
    const read = translateTopology(embedded({ class_name: 'Flatten', config: { name: 'flatten' } }));
    expect(JSON.stringify(read)).toContain('bn_axis_back');
  });
});
