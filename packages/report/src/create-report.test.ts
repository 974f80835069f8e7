import { mnist } from '@fuseinit/test-inputs/mnist';
import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReport } from './create-report.js';
import type { FusionReport, SampleImage } from './data/fusion-report.js';
import { bytesOfBase64 } from './measure/sample-input.js';
import { parseReport } from './parse/parse-report.js';
import {
  branchFusion,
  digitFusion,
  disposeFusion,
  seriesFusion,
  tableFusion,
  tf,
} from './testing-support/fusions.test-support.js';

type Tensor = ReturnType<typeof tf.tensor>;

let fusion: Awaited<ReturnType<typeof digitFusion>>;
let report: FusionReport;
let tensorsBefore = 0;
beforeAll(async () => {
  fusion = await digitFusion();
  tensorsBefore = tf.memory().numTensors;
  report = await createReport(fusion);
}, 60_000);
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const outputsOf = (model: typeof fusion.teacher) =>
  tf.tidy(() => {
    const input = tf.tensor(fusion.data.data as Float32Array, [...fusion.data.shape]);
    return (model.predict(input) as Tensor).arraySync() as number[][];
  });
const best = (row: readonly number[]) => row.indexOf(Math.max(...row));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('laws', () => {
  test("channels' errors, weighted by variance, average to the layer's", () => {
    const { channels, relativeMse } = report.spans[0]!.final;
    const weight = channels.reduce((sum, { variance }) => sum + variance, 0);
    const weighted = channels.reduce((sum, channel) => sum + channel.variance * channel.relativeMse, 0);
    expect(channels).toHaveLength(6);
    expect(weighted / weight).toBeCloseTo(relativeMse, 12);
  });

  test("errors by position average to the layer's", () => {
    const { positions, relativeMse } = report.spans[0]!.final;
    expect(positions).toMatchObject({ layerShape: [6, 6], shape: [6, 6] });
    // Both come from sums in float32, taken in another order.
    expect(mean(positions!.relativeMse)).toBeCloseTo(relativeMse, 6);
  });

  test('on all samples that fuse saw, the final error lies between those it reports', async () => {
    const { fused, teacher, student } = fusion;
    const data = { data: mnist('train', 400).images, shape: [400, 28, 28, 1] };
    const { spans } = await createReport({ tf, teacher, student, fused, data });
    const { samples, heldOutSamples, solvedRelativeMse, heldOutRelativeMse, final } = spans[0]!;
    const all = final.relativeMse;
    expect([samples, heldOutSamples]).toEqual([267, 133]);
    // Between the two, which are each over a variance of its own.
    const [low, high] = [solvedRelativeMse, heldOutRelativeMse!].sort((a, b) => a - b);
    expect(all).toBeGreaterThan(low! * 0.98);
    expect(all).toBeLessThan(high! * 1.02);
  });

  test('a student that is its teacher has no error and no disagreement', async () => {
    const [span] = fusion.fused.spans;
    const fused = { ...fusion.fused, spans: [{ ...span!, name: 'conv2' }] };
    const same = await createReport({ ...fusion, student: fusion.teacher, fused });
    expect(same.spans[0]!.final.relativeMse).toBe(0);
    expect(new Set(same.spans[0]!.final.positions!.relativeMse)).toEqual(new Set([0]));
    expect(same.outputs[0]!.relativeMse).toBe(0);
    expect([same.disagreeing, same.disagreements]).toEqual([0, []]);
    expect(same.answers).toMatchObject({
      agreement: 1,
      labelled: { onlyTeacherRight: 0, onlyStudentRight: 0 },
    });
  });

  test('batches of any size give the same, but for rounding', async () => {
    const size = 28 * 28;
    async function* batches() {
      const { data } = fusion.data;
      for (const [start, count] of [
        [0, 1],
        [1, 99],
        [100, 50],
      ] as const) {
        yield {
          data: Array.prototype.slice.call(data, start * size, (start + count) * size),
          shape: [count, 28, 28, 1],
        };
      }
    }
    const streamed = await createReport({ ...fusion, data: batches(), batchSize: 17 });
    expect(streamed.samples).toBe(150);
    expect(streamed.answers).toEqual(report.answers);
    expect(streamed.disagreements.map(({ index }) => index)).toEqual(
      report.disagreements.map(({ index }) => index),
    );
    for (const [index, { variance, relativeMse }] of streamed.spans[0]!.final.channels.entries()) {
      const expected = report.spans[0]!.final.channels[index]!;
      // Sums in float32 of some thousand numbers each.
      expect(variance / expected.variance).toBeCloseTo(1, 5);
      expect(relativeMse / expected.relativeMse).toBeCloseTo(1, 5);
    }
  });

  test('the same again is the same, and comes back from its JSON', async () => {
    const text = JSON.stringify(report);
    expect(JSON.stringify(await createReport(fusion))).toBe(text);
    expect(parseReport(JSON.parse(text))).toEqual(report);
  });
});

describe('answers', () => {
  test('are counted as predict gives them', () => {
    const [teacher, student] = [fusion.teacher, fusion.student].map((model) => outputsOf(model).map(best));
    const rights = [teacher!, student!].map(
      (chosen) => chosen.filter((own, index) => own === fusion.labels[index]).length,
    );
    const agreeing = teacher!.filter((own, index) => own === student![index]).length;
    // It has learned something: chance is a tenth.
    expect(rights[0]! / 150).toBeGreaterThan(0.6);
    expect(report.answers).toMatchObject({
      kind: 'classes',
      agreement: agreeing / 150,
      labelled: { teacherAccuracy: rights[0]! / 150, studentAccuracy: rights[1]! / 150 },
    });
    const labelled = report.answers?.kind === 'classes' ? report.answers.labelled! : undefined;
    const { bothRight, onlyTeacherRight, onlyStudentRight, bothWrong, classes } = labelled!;
    expect(bothRight + onlyTeacherRight + onlyStudentRight + bothWrong).toBe(150);
    expect(classes.reduce((sum, { count }) => sum + count, 0)).toBe(150);
  });

  test('of the teacher as it was given, beside its simplified form', async () => {
    const { student, labels } = fusion;
    // As far apart as two networks are, so that no figure could be that of the other one.
    const { given, answers, teacher } = await createReport({
      ...fusion,
      given: student,
      givenLatency: { first: 2, warm: { median: 1, low: 1, high: 1, count: 3 } },
    });
    const [first, second] = [outputsOf(student), outputsOf(fusion.teacher)];
    const share = (of: readonly boolean[]) => mean(of.map(Number));
    expect(given).toMatchObject({
      accuracy: share(first.map((row, index) => best(row) === labels[index])),
      agreement: share(first.map((row, index) => best(row) === best(second[index]!))),
      cost: { depth: 2 },
      latency: { first: 2 },
      error: null,
    });
    expect(answers?.kind === 'classes' && answers.agreement).toBe(given!.agreement);
    expect(teacher.cost.depth).toBe(3);
    expect(given!.relativeMse[0]).toBeGreaterThan(0.001);
  });

  test('without labels: agreement alone', async () => {
    const { labels: _, ...unlabelled } = fusion;
    const { answers, disagreements, latency } = await createReport(unlabelled);
    expect(answers).toMatchObject({ kind: 'classes', labelled: null });
    expect(disagreements[0]!.label).toBeNull();
    expect(latency).toBeNull();
  });

  test('of one number against labels: errors', async () => {
    const table = await tableFusion();
    const labels = tf.tidy(() =>
      (table.teacher.predict(tf.tensor(table.data.data as Float32Array, [50, 4])) as Tensor)
        .add(0.5)
        .dataSync(),
    );
    const { answers, spans } = await createReport({ ...table, labels });
    expect(answers).toMatchObject({ kind: 'values' });
    if (answers?.kind !== 'values') return;
    // Half off, everywhere, in float32.
    expect(answers.teacher.meanSquareError).toBeCloseTo(0.25, 6);
    expect(answers.teacher.meanAbsoluteError).toBeCloseTo(0.5, 6);
    expect(answers.student.meanSquareError).not.toBeCloseTo(0.25, 6);
    const odd = await refusalOf(() => createReport({ ...table, labels: labels.fill(Number.NaN, 1, 2) }));
    expect(odd).toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(odd.message).toMatch(/labels\[1\] is NaN/);
    expect(spans[0]!.final.positions).toBeNull();
    disposeFusion(table);
  });

  test('of one probability against 0 and 1: two classes', async () => {
    const series = await seriesFusion();
    const labels = Uint8Array.from({ length: 40 }, (_, index) => index % 2);
    const { answers, spans, disagreements } = await createReport({ ...series, labels });
    expect(answers).toMatchObject({ kind: 'classes' });
    expect(answers?.kind === 'classes' && answers.labelled?.classes.map(({ count }) => count)).toEqual([
      20, 20,
    ]);
    expect(spans[0]!.final.positions).toMatchObject({ layerShape: [26], shape: [26] });
    expect(disagreements[0]!.inputs[0]).toMatchObject({ kind: 'values', shape: [30, 2] });
    disposeFusion(series);
  });

  test('of several labels by themselves: binary accuracy and exact matches', async () => {
    const branches = await branchFusion();
    const outputs = [branches.teacher, branches.student].map((model) =>
      tf.tidy(() => {
        const input = tf.tensor(branches.data.data as Float32Array, [30, 8, 8, 3]);
        return ((model.predict(input) as Tensor).arraySync() as number[][]).map((row) =>
          row.map((logit) => Number(logit > 0)),
        );
      }),
    );
    const [teacher, student] = outputs as [number[][], number[][]];
    // The teacher's own answers, the first label of every third sample turned.
    const rows = teacher.map(([first, ...others], index) =>
      index % 3 === 0 ? [1 - first!, ...others] : [first!, ...others],
    );
    const labels = Uint8Array.from(rows.flat());
    const right = (answers: number[][], other = rows) =>
      answers.map((row, index) => row.map((own, column) => Number(own === other[index]![column])));
    const task = 'multiLabel';
    const { answers, ...others } = await createReport({ ...branches, labels, task, batchSize: 7 });
    expect(answers).toMatchObject({
      kind: 'labels',
      agreement: expect.closeTo(mean(right(student, teacher).flat()), 12),
      labelled: {
        teacher: { binaryAccuracy: expect.closeTo(1 - 10 / 90, 12), exactMatch: expect.closeTo(2 / 3, 12) },
        student: {
          binaryAccuracy: expect.closeTo(mean(right(student).flat()), 12),
          exactMatch: expect.closeTo(mean(right(student).map((row) => Math.min(...row))), 12),
        },
      },
    });
    expect(parseReport(JSON.parse(JSON.stringify({ answers, ...others }))).answers).toEqual(answers);
    const odd = await refusalOf(() =>
      createReport({ ...branches, labels: labels.map((one) => 2 * one), task }),
    );
    expect(odd.message).toMatch(/0 or 1 was expected for each of 3 labels/);
    disposeFusion(branches);
  });

  test('of several numbers against rows of them: errors', async () => {
    const branches = await branchFusion();
    const outputs = tf.tidy(() => {
      const input = tf.tensor(branches.data.data as Float32Array, [30, 8, 8, 3]);
      return (branches.teacher.predict(input) as Tensor).arraySync() as number[][];
    });
    // Off by 1 in the first of three numbers, and by 2 in the second.
    const labels = outputs.flatMap(([a, b, c]) => [a! + 1, b! - 2, c!]);
    const { answers, disagreements } = await createReport({ ...branches, labels, batchSize: 7 });
    if (answers?.kind !== 'values') throw new Error('Numbers were expected.');
    // Float32 outputs.
    expect(answers.teacher.meanSquareError).toBeCloseTo(5 / 3, 5);
    expect(answers.teacher.meanAbsoluteError).toBeCloseTo(1, 5);
    const columns = [0, 1, 2].map((column) => labels.filter((_, index) => index % 3 === column));
    const variances = columns.map((values) => mean(values.map((value) => (value - mean(values)) ** 2)));
    expect(answers.labelVariance).toBeCloseTo(mean(variances), 10);
    expect(disagreements[0]!.label).toBeNull();
    disposeFusion(branches);
  });

  test('of one logit: two classes, cut at 0 or as asked', async () => {
    const table = await tableFusion();
    const logits = tf.tidy(() =>
      Array.from(
        (table.teacher.predict(tf.tensor(table.data.data as Float32Array, [50, 4])) as Tensor).dataSync(),
      ),
    );
    const labels = logits.map((logit) => Number(logit > 0));
    // Logits between the two cuts tell them apart.
    expect(logits.some((logit) => logit > 0 && logit <= 0.5)).toBe(true);
    const task = 'classification';
    const { answers } = await createReport({ ...table, labels, task });
    expect(answers).toMatchObject({ kind: 'classes', labelled: { teacherAccuracy: 1 } });
    const cut = await createReport({ ...table, labels, task, threshold: 0.5 });
    const right = logits.filter((logit, index) => Number(logit > 0.5) === labels[index]).length;
    expect(cut.answers).toMatchObject({ labelled: { teacherAccuracy: right / 50 } });
    expect((await refusalOf(() => createReport({ ...table, labels }))).message).toMatch(/Say which task/);
    disposeFusion(table);
  });

  test('of outputs that are neither: none', async () => {
    const branches = await branchFusion();
    const { answers, teacher, disagreements } = await createReport(branches);
    expect(answers).toBeNull();
    expect(teacher.layers.find(({ name }) => name === 'sum')!.readsFrom).toEqual(['left2', 'stem']);
    expect(disagreements[0]!.inputs[0]).toMatchObject({ kind: 'image', channels: 3, range: [-1, 1] });
    disposeFusion(branches);
  });
});

describe('disagreements', () => {
  test('are those whose outputs lie farthest apart', () => {
    const [teacher, student] = [fusion.teacher, fusion.student].map(outputsOf);
    const distances = teacher!.map((row, index) =>
      row.reduce((sum, value, element) => sum + (value - student![index]![element]!) ** 2, 0),
    );
    const expected = [...distances.keys()].sort((a, b) => distances[b]! - distances[a]!).slice(0, 12);
    expect(report.disagreements.map(({ index }) => index)).toEqual(expected);
    const [first] = report.disagreements;
    expect(first!.label).toBe(fusion.labels[expected[0]!]);
    // Six digits are kept.
    expect(first!.outputs[0]!.teacher[3]).toBeCloseTo(teacher![expected[0]!]![3]!, 5);
  });

  test('show the images as they are', () => {
    const { index, inputs } = report.disagreements[0]!;
    const image = inputs[0] as SampleImage;
    expect(image).toMatchObject({ width: 28, height: 28, channels: 1, range: [0, 1] });
    const pixels = Array.prototype.slice.call(fusion.data.data, index * 784, (index + 1) * 784) as number[];
    expect(Array.from(bytesOfBase64(image.pixels))).toEqual(pixels.map((pixel) => Math.round(255 * pixel)));
  });

  test('as many as asked for', async () => {
    expect((await createReport({ ...fusion, disagreements: 2 })).disagreements).toHaveLength(2);
    expect((await createReport({ ...fusion, disagreements: 0 })).disagreements).toEqual([]);
  });
});

test('what the caller knows is passed on', async () => {
  const { name } = fusion.fused.spans[0]!;
  const report = await createReport({
    ...fusion,
    predicted: { [name]: 0.25 },
    command: 'make it',
    settings: { samples: 400, onProgress: () => {} },
    versions: { node: 'v20' },
    createdAt: '2026-11-27T00:00:00Z',
  });
  expect(report.spans[0]!.predictedRelativeMse).toBe(0.25);
  expect(report.reproduction).toEqual({
    command: 'make it',
    settings: { samples: 400 },
    versions: { node: 'v20' },
  });
  expect(report.createdAt).toBe('2026-11-27T00:00:00Z');
});

describe('refuses', () => {
  test.each([
    ['too few labels', () => ({ labels: [1, 2] }), 'SHAPE_MISMATCH', /2 labels for 150 samples/],
    [
      'a label that is no class',
      () => ({ labels: new Array(150).fill(10) }),
      'ARGUMENT_INVALID',
      /labels\[0\] is 10/,
    ],
    [
      'a prediction of no span',
      () => ({ predicted: { other: 1 } }),
      'ARGUMENT_INVALID',
      /"other".*conv1_conv2/,
    ],
    ['no samples', () => ({ data: { data: [], shape: [0, 28, 28, 1] } }), 'SAMPLES_TOO_FEW', /no sample/],
    [
      'another shape',
      () => ({ data: { data: [1], shape: [1, 1] } }),
      'SHAPE_MISMATCH',
      /\[1,1\].*\[batch, 28, 28, 1\]/,
    ],
    [
      'too few numbers',
      () => ({ data: { data: [1], shape: [1, 28, 28, 1] } }),
      'SHAPE_MISMATCH',
      /1 numbers/,
    ],
    ['what is no data', () => ({ data: 'x' as never }), 'ARGUMENT_INVALID', /data must be/],
    [
      'numbers that are none',
      () => ({ data: { data: new Array(784).fill(Number.NaN), shape: [1, 28, 28, 1] } }),
      'VALUE_NOT_FINITE',
      /teacher/,
    ],
    [
      'a student without the fused layer',
      () => ({ student: fusion.teacher }),
      'LAYER_UNKNOWN',
      /conv1_conv2/,
    ],
    ['a call that was stopped', () => ({ signal: AbortSignal.abort() }), 'ABORTED', /report/],
  ] as const)('%s', async (_, changed, code, message) => {
    const error = await refusalOf(() => createReport({ ...fusion, ...changed() }));
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });
});
