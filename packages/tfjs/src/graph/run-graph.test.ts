import { beforeAll, describe, expect, test } from 'vitest';
import { findSpans } from '../find-spans.js';
import { disposeModel } from '../student/dispose-model.js';
import { replaceRun } from '../student/replace-run.js';
import type { LayersModel, SymbolicTensor, Tensor } from '../tensorflow.js';
import {
  drawnNetwork,
  inputShapes,
  layerClasses,
  samples,
} from '../testing-support/drawn-networks.test-support.js';
import { seededData, seedWeights, tf } from '../testing-support/seeded.test-support.js';
import { graftGraph } from './graft-graph.js';
import { readGraph } from './model-graph.js';
import { applyActivation } from './pre-activation.js';
import { runGraph } from './run-graph.js';
import { changedMask } from './student-masks.js';

beforeAll(() => tf.setBackend('cpu'));

const valuesOf = (tensors: readonly Tensor[]) =>
  tensors.map((tensor) => [tensor.shape, [...tensor.dataSync()]]);

const predicted = (model: LayersModel, inputs: Tensor[]) => valuesOf([model.predict(inputs)].flat());

const ran = (model: LayersModel, inputs: Tensor[]) => {
  const graph = readGraph(model);
  return tf.tidy(() => valuesOf(runGraph(graph, inputs, graph.outputs)) as never) as ReturnType<
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
  // Models are drawn below; predict can't run Resizing, and a width drawn at random is another each time.
  const others = ['InputLayer', 'Model', 'Functional', 'Sequential', 'Resizing', 'RandomWidth'];
  expect(classCases.map(({ name }) => name).sort()).toEqual(
    layers.filter((name) => !others.includes(name)).sort(),
  );
});

/** A class between other layers, and what stands after it: a recurrent layer, where it gives a sequence. */
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
      const graph = readGraph(model);
      const { node } = graph.outputs[0]!;
      const wanted = { node, index: 0 };
      const [before, after] = runGraph(graph, [input], [{ ...wanted, beforeActivation: true }, wanted]);
      const isSoftmax = classCase.name === 'Softmax';
      const made = isSoftmax ? tf.softmax(before!, -1) : applyActivation(node.layer, before!);
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
  const graph = readGraph(model);
  const held: number[] = [];
  for (const layer of layers) layer.setCallHook(() => held.push(tf.memory().numTensors));
  tf.tidy(() => void runGraph(graph, [tf.zeros([2, 3])], graph.outputs));
  // Of the first call, the input; of later ones, what the call before gave, too.
  expect(held).toEqual([held[0], ...Array(5).fill(held[0]! + 1)]);
  disposeModel(model);
});

describe('of 120 drawn networks', () => {
  let masked = 0;
  let refused = 0;
  const kinds = Array.from({ length: 120 }, (_, seed) => {
    const { model, inputs } = drawnNetwork(seed);
    let expected: ReturnType<typeof predicted> | undefined;
    try {
      expected = predicted(model, inputs);
    } catch {
      // tfjs itself can't run it.
    }
    return { seed, model, inputs, expected };
  }).filter(({ expected }) => expected);

  test.each(kinds)('$seed gives what predict gives', ({ model, inputs, expected }) => {
    const graph = readGraph(model);
    expect(ran(model, inputs)).toEqual(expected);
    if (graph.masks.size > 0) masked++;
    if (changedMask(graph)) {
      refused++;
      expect(findSpans(model).legal).toEqual([]);
      return;
    }
    const student = replaceRun(tf, graph);
    expect(predicted(student, inputs)).toEqual(expected);
    // What student and teacher share is run once, and without masks they share all.
    const grafted = graftGraph(graph, readGraph(student), new Set());
    if (graph.masks.size === 0) expect(grafted.nodes).toHaveLength(graph.nodes.length);
    disposeModel(student);
  });

  test('most have masks, and few can have no student', () => {
    expect(kinds.length).toBeGreaterThan(90);
    expect(masked).toBeGreaterThan(40);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(30);
  });
});
