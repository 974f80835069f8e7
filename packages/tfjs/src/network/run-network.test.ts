import { type NetworkLayer, type NetworkNode, nodeOf } from '@fuseinit/core';
import { drawModel, maskingClasses } from '@fuseinit/test-inputs/drawn-models';
import { inputShapes, layerClasses, samples } from '@fuseinit/test-inputs/layer-classes';
import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { beforeAll, describe, expect, test } from 'vitest';
import { findSpans } from '../find-spans.js';
import type { LayersModel, SymbolicTensor, Tensor } from '../tensorflow.js';
import { sourceOf } from './layer-internals.js';
import { createLiveLayers } from './make-layer.js';
import { misledByMasks } from './mask-flow.js';
import { applyActivation } from './pre-activation.js';
import { readNetwork } from './read-network.js';
import { runNetwork } from './run-network.js';
import { disposeModel, toLayersModel } from './write-layers-model.js';

beforeAll(() => tf.setBackend('cpu'));

const valuesOf = (tensors: readonly Tensor[]) =>
  tensors.map((tensor) => [tensor.shape, [...tensor.dataSync()]]);

const predicted = (model: LayersModel, inputs: Tensor[]) => valuesOf([model.predict(inputs)].flat());

const ran = (model: LayersModel, inputs: Tensor[]) => {
  const network = readNetwork(model);
  return tf.tidy(() => valuesOf(runNetwork(network, inputs, network.outputs)) as never) as ReturnType<
    typeof valuesOf
  >;
};

const classCases = Object.entries(layerClasses).flatMap(([kind, classes]) =>
  Object.entries(classes).map(([name, apply]) => ({ kind, name, apply })),
);

test('there is a case for every class that computes', () => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const layers = Object.keys(classNameMap).filter((name) => {
    const [layerClass] = classNameMap[name] as unknown as [{ prototype: object }];
    return 'computeMask' in layerClass.prototype && !name.endsWith('Cell') && !name.endsWith('Cells');
  });
  // Models are drawn below. `predict` can't run Resizing, and a RandomWidth layer outputs a different width
  // each time.
  const others = ['InputLayer', 'Model', 'Functional', 'Sequential', 'Resizing', 'RandomWidth'];
  expect(classCases.map(({ name }) => name).sort()).toEqual(
    layers.filter((name) => !others.includes(name)).sort(),
  );
});

/**
 * A network with a layer class between other layers. If its output is a sequence, a recurrent layer follows.
 */
function networkOf(
  { kind, apply }: (typeof classCases)[number],
  before: (x: SymbolicTensor) => SymbolicTensor = (x) => x,
) {
  const input = tf.input({ shape: [...inputShapes[kind]!] });
  const output = apply(before(input));
  const after = output.shape.length === 3 ? tf.layers.gru({ units: 4 }) : tf.layers.reLU();
  const outputs = [output, after.apply(output) as SymbolicTensor];
  const { data, shape } = seededData([samples, ...inputShapes[kind]!], 5);
  if (kind === 'sequence') data.fill(0, 4, 20);
  if (kind === 'vector') data.set(data.map((_, index) => index % 4));
  return {
    model: seedWeights(tf.model({ inputs: input, outputs }), 3),
    input: tf.tensor(data, [...shape]),
  };
}

test.each(classCases)(
  '$name gives what predict gives, and its activation makes that of its pre-activation',
  (classCase) => {
    const { model, input } = networkOf(classCase);
    expect(ran(model, [input])).toEqual(predicted(model, [input]));
    tf.tidy(() => {
      const network = readNetwork(model);
      const [output] = network.outputs;
      const [before, after] = runNetwork(network, [input], [{ ...output!, beforeActivation: true }, output!]);
      const isSoftmax = classCase.name === 'Softmax';
      const made = isSoftmax
        ? tf.softmax(before!, -1)
        : applyActivation(sourceOf(nodeOf(network, output!.node).layer)!, before!);
      expect(valuesOf([made])).toEqual(valuesOf([after!]));
    });
    disposeModel(model);
  },
);

test.each(classCases.filter(({ kind }) => kind === 'sequence'))(
  '$name gives what predict gives of masked steps',
  (classCase) => {
    const { model, input } = networkOf(classCase, (x) => tf.layers.masking().apply(x) as SymbolicTensor);
    expect(ran(model, [input])).toEqual(predicted(model, [input]));
    disposeModel(model);
  },
);

test('no more tensors are held at a time than a chain needs', () => {
  const layers = Array.from({ length: 6 }, () => tf.layers.dense({ units: 3, inputShape: [3] }));
  const model = tf.sequential({ layers });
  const network = readNetwork(model);
  const held: number[] = [];
  for (const layer of layers) layer.setCallHook(() => held.push(tf.memory().numTensors));
  tf.tidy(() => void runNetwork(network, [tf.zeros([2, 3])], network.outputs));
  // The first call holds its input; later calls also hold the output of the call before.
  expect(held).toEqual([held[0], ...Array(5).fill(held[0]! + 1)]);
  disposeModel(model);
});

const bareLayers = new Map<NetworkLayer, NetworkLayer>();

/**
 * A node whose layer is known only by class, config and weights. Layers of a wrapped model keep their source.
 */
function withoutSource(node: NetworkNode): NetworkNode {
  const { source: _, ...bare } = node.layer;
  bareLayers.set(node.layer, bareLayers.get(node.layer) ?? bare);
  return { ...node, layer: bareLayers.get(node.layer)! };
}

describe('of 180 drawn networks', () => {
  let masked = 0;
  let refused = 0;
  const kinds = Array.from({ length: 180 }, (_, seed) => {
    const { model, inputs } = drawModel(tf, seed, maskingClasses);
    return { seed, model, inputs, expected: predicted(model, inputs) };
  });

  test.each(kinds)('$seed gives what predict gives', ({ model, inputs, expected }) => {
    const network = readNetwork(model);
    expect(ran(model, inputs)).toEqual(expected);
    const hasMasks = network.nodes.some(({ masks }) => masks);
    if (hasMasks) masked++;
    if (misledByMasks(network)) {
      refused++;
      expect(findSpans(model).legal).toEqual([]);
      return;
    }
    const student = toLayersModel(tf, network);
    expect(predicted(student, inputs)).toEqual(expected);
    // Layers that are recreated from config and weights compute the same.
    const live = createLiveLayers(tf);
    const bare = { ...network, nodes: network.nodes.map(withoutSource) };
    const made = tf.tidy(() => valuesOf(runNetwork(bare, inputs, bare.outputs, { live })) as never);
    expect(made).toEqual(expected);
    live.dispose();
    disposeModel(student);
  });

  test('many have masks, and few can have no student', () => {
    expect(masked).toBeGreaterThan(40);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(30);
  });
});
