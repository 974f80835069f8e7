import {
  predictionDistance,
  reloaded,
  seededData,
  seedWeights,
  tf,
} from '@fuseinit/test-inputs/seeded-models';
import { afterAll, describe, expect, test } from 'vitest';
import { describe as describeModel } from '../describe.js';
import { findSpans } from '../find-spans.js';
import { costOf } from '../report/cost.js';
import type { Layer, LayersModel, SymbolicTensor } from '../tensorflow.js';
import { fuse } from './fuse.js';

const apply = (layer: Layer, ...inputs: SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor;
const conv = (name: string, filters: number, kernelSize: number, more = {}) =>
  tf.layers.conv2d({ name, filters, kernelSize, padding: 'same', ...more });
const made: LayersModel[] = [];
afterAll(() => {
  for (const model of made) model.dispose();
});

function build(shape: (number | null)[], body: (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[]) {
  const input = tf.input({ shape });
  const model = seedWeights(tf.model({ inputs: input, outputs: body(input) }), 3);
  made.push(model);
  return model;
}

async function fusedAlone(
  teacher: LayersModel,
  from: string,
  to: string,
  size: readonly number[],
  kernelSize?: number,
) {
  const fused = await fuse(teacher, {
    tf,
    spans: [{ from, to, ...(kernelSize !== undefined && { kernelSize }) }],
    calibrationData: seededData([120, ...size], 2),
    ridge: 0,
  });
  made.push(fused.student);
  return fused;
}

/**
 * Branches of one layer each are linear in their input, so that one convolution computes exactly the same as
 * all of them.
 */
const linearRegions: [string, (x: SymbolicTensor) => SymbolicTensor, readonly number[] | null][] = [
  [
    'a residual block with nothing on its shortcut',
    (x) => apply(tf.layers.add({ name: 'end' }), apply(conv('first', 3, 3), x), x),
    [3, 3],
  ],
  [
    'a block with a convolution on its shortcut, and strides',
    (x) =>
      apply(
        tf.layers.add({ name: 'end' }),
        apply(conv('first', 4, 3, { strides: 2, padding: 'valid' }), x),
        apply(conv('shortcut', 4, 1, { strides: 2 }), apply(tf.layers.cropping2D({ cropping: 1 }), x)),
      ),
    [3, 3],
  ],
  [
    'branches joined by Concatenate, with the input itself',
    (x) =>
      apply(
        tf.layers.concatenate({ name: 'end' }),
        apply(conv('first', 2, 3), x),
        apply(conv('wide', 2, 5), x),
        x,
      ),
    [5, 5],
  ],
  [
    'a mean of branches and a batch norm behind it',
    (x) =>
      apply(
        tf.layers.batchNormalization({ name: 'end' }),
        apply(tf.layers.average({}), apply(conv('first', 3, 3), x), apply(conv('other', 3, 1), x)),
      ),
    [3, 3],
  ],
  [
    'a depthwise convolution and its input',
    (x) =>
      apply(
        tf.layers.add({ name: 'end' }),
        apply(tf.layers.depthwiseConv2d({ name: 'first', kernelSize: 3, padding: 'same' }), x),
        x,
      ),
    [3, 3],
  ],
  [
    'an average over windows behind a convolution',
    (x) =>
      apply(
        tf.layers.averagePooling2d({ name: 'end', poolSize: 2 }),
        apply(conv('first', 4, 3, { padding: 'valid' }), x),
      ),
    [4, 4],
  ],
];

describe('one layer in place of a linear region computes the same', () => {
  test.each(linearRegions)('%s', async (_title, body, kernelSize) => {
    const teacher = build([8, 8, 3], body);
    const legal = findSpans(teacher).legal.find(
      ({ to, layers }) => to === 'end' && layers.includes('first'),
    )!;
    expect(legal).toMatchObject({ className: 'Conv2D', kernelSize });
    const { student, report } = await fusedAlone(teacher, legal.from, 'end', [8, 8, 3]);
    // The tolerance is for single-precision sums of some dozen products.
    expect(predictionDistance(teacher, student, [5, 8, 8, 3])).toBeLessThan(1e-4);
    expect(report.student.depth).toBe(1);
    expect(predictionDistance(student, await reloaded(student), [5, 8, 8, 3])).toBe(0);
  });

  test('of dense layers', async () => {
    const teacher = build([6], (x) =>
      apply(tf.layers.add({ name: 'end' }), apply(tf.layers.dense({ name: 'first', units: 6 }), x), x),
    );
    const { student } = await fusedAlone(teacher, 'first', 'end', [6]);
    expect(student.layers.map((layer) => layer.getClassName())).toEqual(['InputLayer', 'Dense']);
    expect(predictionDistance(teacher, student, [5, 6])).toBeLessThan(1e-5);
  });
});

describe('a network of residual blocks', () => {
  const block = (x: SymbolicTensor, name: string) => {
    const inner = apply(conv(`${name}_a`, 4, 3, { activation: 'relu' }), x);
    const added = apply(tf.layers.add({ name: `${name}_add` }), apply(conv(`${name}_b`, 4, 3), inner), x);
    return apply(tf.layers.reLU({ name: `${name}_relu` }), added);
  };
  const network = () =>
    build([12, 12, 3], (x) => {
      const body = block(block(apply(conv('stem', 4, 3, { activation: 'relu' }), x), 'one'), 'two');
      return apply(tf.layers.dense({ name: 'head', units: 3 }), apply(tf.layers.flatten({}), body));
    });

  test('has each block as a span, and says why a part of one is none', () => {
    const { legal, illegal } = findSpans(network());
    const spans = legal.map(({ from, to }) => `${from} to ${to}`);
    expect(spans).toEqual(
      expect.arrayContaining(['one_a to one_b', 'one_a to one_add', 'two_a to two_add', 'one_a to two_add']),
    );
    expect(spans).not.toContain('stem to one_a');
    expect(illegal).toContainEqual({
      from: 'one_b',
      to: 'one_add',
      reason: expect.stringMatching(
        /also reads "stem", which isn't computed from what the span reads/,
      ) as string,
    });
    expect(legal.find(({ from, to }) => from === 'one_a' && to === 'two_add')?.kernelSize).toEqual([9, 9]);
  });

  test('is fused block by block, with later layers refitted, as the report says', async () => {
    const teacher = network();
    const before = JSON.stringify(teacher.toJSON());
    const { student, report } = await fuse(teacher, {
      tf,
      spans: [{ from: 'one_a', to: 'one_add', kernelSize: 3 }],
      calibrationData: seededData([300, 12, 12, 3], 7),
    });
    made.push(student);
    expect(JSON.stringify(teacher.toJSON())).toBe(before);
    expect(report.spans[0]).toMatchObject({ layers: ['one_a', 'one_b', 'one_add'], receptiveField: [5, 5] });
    expect(report.refits.map(({ name }) => name)).toEqual(['two_a', 'two_b', 'head']);
    expect(report.teacher.depth - report.student.depth).toBe(1);
    const apart = tf.tidy(() => {
      const { data, shape } = seededData([300, 12, 12, 3], 99);
      const inputs = tf.tensor(data, [...shape]);
      const [expected, actual] = [teacher, student].map((model) => model.predict(inputs) as typeof inputs);
      const spread = expected!.sub(expected!.mean(0)).square().mean();
      return expected!.sub(actual!).square().mean().div(spread).dataSync()[0]!;
    });
    // The reference uses other inputs of the same distribution: the two errors are of 100 and of 300 samples.
    const reported = report.outputRelativeMse[0]!.relativeMse;
    expect(reported / apart).toBeGreaterThan(0.7);
    expect(reported / apart).toBeLessThan(1.4);
  });

  test('a branch can be named as the start of its block', async () => {
    const teacher = build([6, 6, 2], (x) =>
      apply(tf.layers.add({ name: 'end' }), apply(conv('left', 2, 3), x), apply(conv('right', 2, 1), x)),
    );
    for (const from of ['left', 'right']) {
      const { student } = await fusedAlone(teacher, from, 'end', [6, 6, 2]);
      expect(predictionDistance(teacher, student, [3, 6, 6, 2])).toBeLessThan(1e-4);
    }
  });
});

test('a gate over all positions leaves the window of the branch beside it', () => {
  const teacher = build([8, 8, 4], (x) => {
    const y = apply(conv('first', 4, 3, { activation: 'relu' }), x);
    const pooled = apply(tf.layers.globalAveragePooling2d({ name: 'pool' }), y);
    const squeezed = apply(tf.layers.dense({ units: 2, activation: 'relu' }), pooled);
    const gate = apply(tf.layers.dense({ units: 4, activation: 'sigmoid' }), squeezed);
    const shaped = apply(tf.layers.reshape({ targetShape: [1, 1, 4] }), gate);
    const gated = apply(tf.layers.multiply({}), y, shaped);
    return apply(conv('end', 3, 1), gated);
  });
  const { legal } = findSpans(teacher);
  expect(legal.find(({ from, to }) => from === 'first' && to === 'end')).toMatchObject({
    className: 'Conv2D',
    kernelSize: [3, 3],
  });
});

describe('lengths that a model leaves open', () => {
  const body = (x: SymbolicTensor) => {
    const y = apply(conv('first', 4, 3, { activation: 'relu' }), x);
    const z = apply(conv('second', 4, 3), y);
    const up = apply(tf.layers.upSampling2d({ size: [2, 2] }), apply(tf.layers.add({ name: 'sum' }), z, x));
    return apply(conv('last', 3, 3), up);
  };

  test('are those of the data while a student is made, and open in it', async () => {
    const [open, fixed] = [build([null, null, 4], body), build([10, 10, 4], body)];
    expect(findSpans(open).legal).toEqual(findSpans(fixed).legal);
    const [student, other] = await Promise.all(
      [open, fixed].map((teacher) => fusedAlone(teacher, 'first', 'sum', [10, 10, 4], 3)),
    );
    expect(student!.student.inputs[0]!.shape).toEqual([null, null, null, 4]);
    expect(predictionDistance(student!.student, other!.student, [3, 10, 10, 4])).toBe(0);
    for (const key of ['spans', 'refits', 'teacher', 'student', 'warnings'] as const)
      expect(student!.report[key]).toEqual(other!.report[key]);
  });

  test('may be others when the student is run', async () => {
    const teacher = build([null, null, 3], (x) =>
      apply(tf.layers.add({ name: 'end' }), apply(conv('first', 3, 3), x), x),
    );
    const { student, report } = await fusedAlone(teacher, 'first', 'end', [8, 8, 3]);
    for (const shape of [
      [2, 8, 8, 3],
      [2, 17, 12, 3],
      [1, 3, 40, 3],
    ])
      expect(predictionDistance(teacher, student, shape)).toBeLessThan(1e-4);
    expect(report.warnings).toEqual([]);
  });

  test('are warned about where steps over an input of another length may fall elsewhere', async () => {
    const teacher = build([null, null, 2], (x) =>
      apply(conv('second', 2, 1), apply(conv('first', 2, 3, { strides: 2 }), x)),
    );
    const { report } = await fusedAlone(teacher, 'first', 'second', [8, 8, 2]);
    expect(report.warnings.join()).toMatch(/"first_second" steps by \[2,2\].*multiples of \[2,2\]/);
  });

  test('are taken for 256 where nothing says them, and multiply-adds are counted for that', () => {
    const [open, fixed] = [build([null, null, 4], body), build([256, 256, 4], body)];
    const { layers, countedFor } = describeModel(open);
    expect(countedFor).toEqual([[256, 256, 4]]);
    expect(layers.map(({ multiplyAdds }) => multiplyAdds)).toEqual(
      describeModel(fixed).layers.map(({ multiplyAdds }) => multiplyAdds),
    );
    expect(layers[1]!.outputShapes).toEqual([[null, null, null, 4]]);
    expect(describeModel(fixed).countedFor).toBeNull();
    const small = describeModel(open, { inputShapes: [[10, 10, 4]] });
    expect(small.layers[1]!.outputShapes).toEqual([[null, 10, 10, 4]]);
    expect(costOf(open, [[10, 10, 4]]).multiplyAdds * 256 ** 2).toBe(costOf(open).multiplyAdds * 10 ** 2);
  });

  test('must be the same for all samples', async () => {
    const teacher = build([null, null, 4], body);
    async function* batches() {
      yield seededData([8, 10, 10, 4], 1);
      yield seededData([8, 12, 10, 4], 1);
    }
    await expect(
      fuse(teacher, { tf, spans: [{ from: 'first', to: 'second' }], calibrationData: batches() }),
    ).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringContaining('[12,10,4]') as string,
    });
  });

  test('are none that one layer could read as a whole', () => {
    const teacher = build([null, null, 4], (x) =>
      apply(
        tf.layers.dense({ name: 'head', units: 2 }),
        apply(tf.layers.globalAveragePooling2d({}), apply(conv('first', 4, 3), x)),
      ),
    );
    const { legal, illegal } = findSpans(teacher);
    expect(legal).toEqual([]);
    expect(illegal).toContainEqual({
      from: 'first',
      to: 'head',
      reason: 'The fused layer would read all positions, and the model leaves their number open.',
    });
  });
});
