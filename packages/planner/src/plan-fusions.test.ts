import { seededData, seedWeights, tf } from '@fuseinit/test-inputs/seeded-models';
import { costOf, fuse, type LayersModel, type Tensor } from '@fuseinit/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planFusions } from './plan-fusions.js';
import { tryPlans } from './try/try-plans.js';

const calibrationData = seededData([120, 8, 8, 2], 5);
const quick = { repeats: 3, seconds: 0.01 };
const conv = (name: string, filters: number, more = {}) =>
  tf.layers.conv2d({ name, filters, kernelSize: 3, activation: 'relu', padding: 'same', ...more });

let teacher: LayersModel;
let tensorsBefore = 0;
beforeEach(() => {
  teacher = seedWeights(
    tf.sequential({
      name: 'teacher',
      layers: [
        conv('a', 3, { inputShape: [8, 8, 2] }),
        conv('b', 4),
        tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ name: 'd', units: 3, activation: 'softmax' }),
      ],
    }),
    6,
  );
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
  teacher.dispose();
});

const plan = (more = {}) => planFusions(teacher, { tf, calibrationData, latency: quick, ...more });

test('the teacher as it was given is measured beside its simplified form', async () => {
  const given = seedWeights(
    tf.sequential({
      layers: [conv('wide', 8, { inputShape: [8, 8, 2] }), ...['x', 'y'].map((name) => conv(name, 8))],
    }),
    3,
  );
  const planning = await plan({ given });
  expect(planning.given).toEqual({
    latency: expect.any(Number),
    parameters: given.countParams(),
    // 64 positions of 9 pixels: 2 channels to 8, then 8 to 8 twice.
    multiplyAdds: 64 * 9 * (16 + 64 + 64),
    depth: 3,
  });
  expect((await plan()).given).toBeNull();
  given.dispose();
});

test('what is predicted of a span is what fusing it alone gives, with the layers after it refitted', async () => {
  const { candidates } = await plan();
  expect(candidates.map(({ from, to, kernelSize }) => [from, to, kernelSize])).toEqual([
    ['a', 'b', [3, 3]],
    ['a', 'b', [1, 1]],
    ['a', 'd', null],
    ['b', 'd', null],
  ]);
  for (const { from, to, kernelSize, relativeMse, outputRelativeMse, change } of candidates) {
    const { student, report } = await fuse(teacher, {
      tf,
      calibrationData,
      spans: [{ from, to, ...(kernelSize && { kernelSize }) }],
    });
    // Batches of other sizes add up otherwise, in float32.
    expect(relativeMse / report.spans[0]!.heldOutRelativeMse! - 1).toBeCloseTo(0, 4);
    expect(outputRelativeMse / report.outputRelativeMse[0]!.relativeMse - 1).toBeCloseTo(0, 4);
    expect(change.parameters).toBe(student.countParams() - teacher.countParams());
    const { multiplyAdds, depth } = costOf(student);
    expect([change.multiplyAdds, change.depth]).toEqual([
      multiplyAdds - costOf(teacher).multiplyAdds,
      depth - costOf(teacher).depth,
    ]);
    student.dispose();
  }
});

test('layers without activations are predicted to be one exactly', async () => {
  const linear = seedWeights(
    tf.sequential({
      layers: [
        conv('a', 8, { inputShape: [8, 8, 2], activation: 'linear', padding: 'valid' }),
        conv('b', 4, { activation: 'linear', padding: 'valid' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ],
    }),
    6,
  );
  const exact = await planFusions(linear, { tf, calibrationData, latency: quick, maxPatchSize: 60 });
  const [fusion] = exact.candidates;
  expect(fusion!.kernelSize).toEqual([5, 5]);
  // The weights lie in float32.
  expect(fusion!.outputRelativeMse).toBeLessThan(1e-10);
  linear.dispose();
});

test('the last plan of a front is the teacher, and the first has the fewest layers that there can be', async () => {
  const planning = await plan();
  expect(planning.teacher.latency).toBeCloseTo(planning.teacherLatency.median, 10);
  expect(planning.teacher.parameters).toBe(teacher.countParams());
  expect(planning.teacher.depth).toBe(3);
  const front = planning.front('depth');
  expect(front.at(-1)).toMatchObject({ spans: [], outputRelativeMse: 0, costs: { depth: 3 } });
  expect(front[0]!.costs.depth).toBe(1);
});

test('what takes too long or grows the network is left out, with the reason', async () => {
  const { skipped, candidates } = await plan({ maxPatchSize: 49 });
  expect(skipped).toEqual([
    { from: 'a', to: 'b', kernelSize: [5, 5], reason: expect.stringMatching(/50 inputs, more than 49/) },
    { from: 'a', to: 'd', kernelSize: null, reason: expect.stringMatching(/128 inputs/) },
    { from: 'b', to: 'd', kernelSize: null, reason: expect.stringMatching(/192 inputs/) },
  ]);
  expect(candidates.map(({ kernelSize }) => kernelSize)).toEqual([
    [3, 3],
    [1, 1],
  ]);
  expect((await plan()).skipped).toEqual([
    {
      from: 'a',
      to: 'b',
      kernelSize: [5, 5],
      reason: expect.stringMatching(/204 parameters and 12800 multiply-adds in the place of 169 and 10368/),
    },
  ]);
  await expect(plan({ maxPatchSize: 1 })).rejects.toMatchObject({ code: 'SPAN_NOT_FOUND' });
});

test('where trying all would take too long, those are tried that save most for each layer', async () => {
  const all = await plan();
  const few = await plan({ maxWork: 120 * 30_000 });
  expect(few.candidates.length).toBeLessThan(all.candidates.length);
  expect(few.candidates.length).toBeGreaterThan(0);
  const left = few.skipped.filter(({ reason }) => /candidates . are tried/.test(reason));
  expect(left.length + few.candidates.length).toBe(all.candidates.length);
});

test('an abort stops it at any stage', async () => {
  for (const stage of ['time', 'try'] as const) {
    const controller = new AbortController();
    const planned = plan({
      signal: controller.signal,
      onProgress: (progress: { stage: string }) => {
        if (progress.stage === stage) controller.abort();
      },
    });
    await expect(planned, stage).rejects.toMatchObject({ code: 'ABORTED' });
  }
});

test('plans that are tried tell how they are, and how well they were predicted', async () => {
  const { front } = await plan();
  const plans = front('parameters').filter(({ spans }) => spans.length > 0);
  const labels = tf.tidy(() =>
    (teacher.predict(tf.tensor(calibrationData.data, [...calibrationData.shape])) as Tensor)
      .argMax(-1)
      .dataSync(),
  );
  const trials = await tryPlans(teacher, plans, {
    tf,
    calibrationData,
    latency: quick,
    evaluation: { ...calibrationData, labels },
  });
  expect(trials.teacher.score).toEqual({ kind: 'accuracy', value: 1, count: 120 });
  expect(trials.plans.map(({ plan: { spans } }) => spans)).toEqual(plans.map(({ spans }) => spans));
  for (const { score, outputRelativeMse, report } of trials.plans) {
    expect(score!.value).toBeGreaterThan(0.4);
    expect(outputRelativeMse).toBe(report.outputRelativeMse[0]!.relativeMse);
  }
  if (plans.length >= 3) expect(trials.rankCorrelation).not.toBeNull();
  await expect(tryPlans(teacher, [], { tf, calibrationData })).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
  });
});

describe('a model with branches', () => {
  let branching: LayersModel;
  beforeEach(() => {
    const input = tf.input({ shape: [8, 8, 2], name: 'in' });
    const stem = conv('s2', 3).apply(conv('s1', 3).apply(input)) as never;
    const left = conv('l2', 2).apply(conv('l1', 3).apply(stem)) as never;
    const right = conv('r2', 2).apply(conv('r1', 3).apply(stem)) as never;
    const sum = tf.layers.add({ name: 'sum' }).apply([left, right]) as never;
    const output = tf.layers
      .dense({ name: 'd', units: 2 })
      .apply(tf.layers.flatten({ name: 'f' }).apply(sum));
    branching = seedWeights(tf.model({ inputs: input, outputs: output as never }), 8);
    tensorsBefore = tf.memory().numTensors;
  });

  test('is planned with its branches fused apart, together or as a part of more', async () => {
    const { candidates, front } = await planFusions(branching, { tf, calibrationData, latency: quick });
    const spans = candidates.map(({ from, to }) => `${from}:${to}`);
    expect(spans).toEqual(expect.arrayContaining(['s1:s2', 'l1:l2', 'r1:r2', 'l1:sum', 's1:sum', 'l1:d']));
    const plans = front('depth');
    // From the whole as one dense layer to the teacher.
    expect(plans.map(({ costs }) => costs.depth).filter((depth) => depth === 1 || depth === 7)).toEqual([
      1, 7,
    ]);
    for (const plan of plans) {
      const layers = plan.spans.flatMap((span) => span.layers);
      expect(layers).toEqual([...new Set(layers)]);
    }
    branching.dispose();
    tensorsBefore -= branching.weights.length;
  });
});
